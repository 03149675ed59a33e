//! How many runs a second go through the engine with a model that answers at once, and how many list requests a second
//! the API serves. Measurements to read, not tests: run with `make bench`.

mod support;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use reqwest::Client;
use runboard::domain::agent::{AgentSettings, Draft};
use runboard::domain::id::{AgentId, OwnerId};
use runboard::domain::run::{RunStatus, Trigger};
use runboard::server::state::AppState;
use runboard::server::store::scope::Scope;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const RUNS: u64 = 2_000;
/// Each has a thousand runs in the end.
const AGENTS: u64 = 2;
const REQUESTS: u32 = 20_000;
const CONNECTIONS: u32 = 32;

async fn agents(state: &AppState) -> Vec<AgentId> {
    let mut ids = Vec::new();
    for n in 0..AGENTS {
        let settings = AgentSettings { max_concurrent_runs: 100, ..AgentSettings::named(format!("Bench {n}")) };
        let draft = Draft::new(settings, None, Vec::new());
        let agent = state.agents.create(&Scope::of(OwnerId::LOCAL), draft).await.expect("an agent");
        ids.push(agent.id);
    }
    ids
}

/// Accepts all runs, then waits until the last has ended; returns how long each of the two took.
async fn engine(state: &AppState, agents: &[AgentId]) -> (Duration, Duration) {
    let scope = Scope::of(OwnerId::LOCAL);
    let begun = Instant::now();
    for n in 0..RUNS {
        let agent = agents[(n % AGENTS) as usize];
        state.runs.accept_task_run(&scope, agent, Trigger::Api).await.expect("a run");
    }
    let accepted = begun.elapsed();
    loop {
        let mut over = 0;
        for agent in agents {
            let counts = state.store.run_counts(&scope, *agent).await.expect("counts");
            over += counts.get(&RunStatus::Success).copied().unwrap_or(0);
        }
        if over as u64 == RUNS {
            return (accepted, begun.elapsed());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn list(url: &str) -> Duration {
    let client = Client::new();
    let begun = Instant::now();
    let mut connections: FuturesUnordered<_> = (0..CONNECTIONS)
        .map(|_| {
            let (client, url) = (client.clone(), url.to_owned());
            tokio::spawn(async move {
                for _ in 0..REQUESTS / CONNECTIONS {
                    let response = client.get(&url).send().await.expect("an answer");
                    assert!(response.status().is_success());
                    response.bytes().await.expect("a body");
                }
            })
        })
        .collect();
    while let Some(done) = connections.next().await {
        done.expect("no panic");
    }
    begun.elapsed()
}

#[tokio::main]
async fn main() {
    let dir = TempDir::new().expect("a directory");
    let (state, url) = support::server(&dir).await;
    let agents = agents(&state).await;

    let (accepted, over) = engine(&state, &agents).await;
    let rate = |count: f64, took: Duration| count / took.as_secs_f64();
    println!("engine: {RUNS} runs accepted in {accepted:.2?} ({:.0}/s)", rate(RUNS as f64, accepted));
    println!("engine: {RUNS} runs over in {over:.2?} ({:.0}/s)", rate(RUNS as f64, over));

    let listed = list(&format!("{url}/api/agents/{}/runs?limit=20", agents[0])).await;
    println!(
        "list: {REQUESTS} × GET /api/agents/{{id}}/runs?limit=20 with {} runs, {CONNECTIONS} connections, client on the \
         same machine: {listed:.2?} ({:.0}/s)",
        RUNS / AGENTS,
        rate(f64::from(REQUESTS), listed)
    );
}
