//! Clients that start runs, post messages and create agents, and remember which of it was confirmed.

use crate::support::process::Process;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

const CLIENTS: u64 = 16;
/// Runs of a client that are not over, before it starts no more: in the end all are to be over soon.
const MAX_OPEN: usize = 8;

/// Everything that was confirmed.
#[derive(Debug, Default)]
pub struct Accepted {
    pub agents: Vec<i64>,
    pub runs: Vec<i64>,
    /// With their length.
    pub messages: Vec<(i64, usize)>,
}

impl Accepted {
    pub fn summary(&self) -> String {
        format!("{} agents, {} runs, {} messages", self.agents.len(), self.runs.len(), self.messages.len())
    }
}

pub struct Clients {
    shared: Arc<Shared>,
    tasks: JoinSet<()>,
}

struct Shared {
    url: String,
    client: Client,
    accepted: Mutex<Accepted>,
    refused: AtomicU64,
    ended: CancellationToken,
}

impl Clients {
    /// Sets them on a server, until it goes away or they are to end.
    pub fn begin(server: &Process, accepted: Accepted) -> Self {
        let shared = Arc::new(Shared {
            url: server.url.clone(),
            client: server.client.clone(),
            accepted: Mutex::new(accepted),
            refused: AtomicU64::new(0),
            ended: CancellationToken::new(),
        });
        let mut tasks = JoinSet::new();
        for number in 0..CLIENTS {
            let shared = Arc::clone(&shared);
            tasks.spawn(async move {
                // Ends with the server: a request without a response was not accepted.
                let _: Option<()> = shared.ended.clone().run_until_cancelled(shared.work(number)).await.flatten();
            });
        }
        Self { shared, tasks }
    }

    /// Returns how often a request was refused because there was no room.
    pub fn refused(&self) -> u64 {
        self.shared.refused.load(Ordering::SeqCst)
    }

    /// Returns how much was accepted so far, in all.
    pub fn accepted(&self) -> u64 {
        let accepted = self.shared.accepted.lock().unwrap();
        (accepted.agents.len() + accepted.runs.len() + accepted.messages.len()) as u64
    }

    /// Returns what was accepted, once no request is under way. A client that has seen what it must not fails the test
    /// here.
    pub async fn end(mut self) -> Accepted {
        self.shared.ended.cancel();
        while let Some(ended) = self.tasks.join_next().await {
            ended.unwrap();
        }
        let shared = Arc::into_inner(self.shared).unwrap();
        shared.accepted.into_inner().unwrap()
    }
}

impl Shared {
    /// `None` when the server has gone.
    async fn work(&self, number: u64) -> Option<()> {
        let agent = self
            .until_accepted(
                "/api/agents",
                &json!({
                    "name": format!("Client {number}"), "model": "demo/quick", "max_concurrent_runs": 3,
                }),
            )
            .await?;
        let agent = agent["id"].as_i64().unwrap();
        let thread = self.until_accepted(&format!("/api/agents/{agent}/threads"), &json!({ "title": "Notes" })).await?;
        let thread = thread["id"].as_i64().unwrap();
        for turn in number.. {
            match turn % 3 {
                0 => self.start(agent).await?,
                1 => self.post(thread, turn).await?,
                _ if turn % 12 == 2 => drop(self.make_agent(turn).await?),
                _ => self.start(agent).await?,
            }
        }
        Some(())
    }

    async fn make_agent(&self, turn: u64) -> Option<Option<i64>> {
        let body =
            json!({ "name": format!("Agent {turn}"), "model": "demo/quick", "task_instructions": "x".repeat(9_000) });
        let made = self.ask("/api/agents", &body).await?;
        let id = made.map(|made| made["id"].as_i64().unwrap());
        self.accepted.lock().unwrap().agents.extend(id);
        Some(id)
    }

    async fn start(&self, agent: i64) -> Option<()> {
        let newest = self.client.get(format!("{}/api/agents/{agent}/runs?limit=20", self.url)).send().await.ok()?;
        let newest: Value = newest.json().await.ok()?;
        let open = newest.as_array().into_iter().flatten().filter(|run| run["finished_at"].is_null()).count();
        if open >= MAX_OPEN {
            return Some(());
        }
        if let Some(started) = self.ask(&format!("/api/agents/{agent}/task"), &json!({})).await? {
            let run = started["run_id"].as_i64().unwrap();
            self.accepted.lock().unwrap().runs.push(run);
            // A run that was confirmed is found at once.
            let read = self.client.get(format!("{}/api/runs/{run}", self.url)).send().await.ok()?;
            assert_ne!(read.status(), StatusCode::NOT_FOUND, "run {run} was accepted");
        }
        Some(())
    }

    async fn post(&self, thread: i64, turn: u64) -> Option<()> {
        let content = "m".repeat(100 + (turn as usize * 7_919) % 60_000);
        let body = json!({ "role": "user", "content": content });
        if let Some(posted) = self.ask(&format!("/api/threads/{thread}/messages"), &body).await? {
            self.accepted.lock().unwrap().messages.push((posted["id"].as_i64().unwrap(), content.len()));
        }
        Some(())
    }

    async fn until_accepted(&self, path: &str, body: &Value) -> Option<Value> {
        loop {
            if let Some(accepted) = self.ask(path, body).await? {
                return Some(accepted);
            }
        }
    }

    /// Returns the response to a request that was accepted, `Some(None)` to one that was properly refused, `None`
    /// without any.
    async fn ask(&self, path: &str, body: &Value) -> Option<Option<Value>> {
        let response = self.client.post(format!("{}{path}", self.url)).json(body).send().await.ok()?;
        let (status, headers) = (response.status(), response.headers().clone());
        let answer: Value = response.json().await.ok()?;
        match status {
            StatusCode::OK | StatusCode::CREATED | StatusCode::ACCEPTED => Some(Some(answer)),
            StatusCode::SERVICE_UNAVAILABLE => {
                let detail = answer["detail"].as_str().unwrap();
                assert!(headers.contains_key("retry-after"), "{answer}");
                assert!(detail.contains("disk") || detail.contains("busy"), "{answer}");
                self.refused.fetch_add(1, Ordering::SeqCst);
                Some(None)
            }
            other => panic!("{path}: {other}: {answer}"),
        }
    }
}
