//! Many watchers at once: none misses an update, each costs little, and those for whom there is no room are told so.

use crate::support::eventually;
use crate::support::process::{Process, prepared};
use crate::support::socket::Socket;
use futures::future::join_all;
use reqwest::Client;
use runboard::server::file_limit;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::process::Command;
use tempfile::TempDir;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Error;

const WATCHERS: usize = 1_000;
/// Runs that all of them watch. Each has three updates at least: queued, running, success.
const RUNS: usize = 4;
/// Runs before that, so that there is something to a snapshot.
const EARLIER: usize = 20;
/// Memory of a debug build's watcher at most, in bytes. Each once had a buffer of 128 KiB for reading, one as large as its
/// snapshot for writing, and the snapshot itself.
const MEMORY: usize = 24 * 1024;
/// Files of a server whose places are few.
const FILES: u64 = 256;
const WORKERS: usize = 20;
/// Connections it takes: less those of SQLite, one for each worker, those that are refused, and some.
const PLACES: usize = FILES as usize - 30 - WORKERS - 17 - 32;

/// Returns memory of a process that is no file's, in bytes.
fn memory(server: &Process) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.child.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}

/// A socket that watches an agent, with the number of the last update it knows of, and the newest run of its snapshot.
struct Watcher {
    socket: Socket,
    known: i64,
    newest: i64,
}

impl Watcher {
    async fn of(server: &Process, agent: &Value) -> Self {
        let mut socket = Socket::open_at(&server.url).await;
        socket.subscribe(&format!("agent:{agent}")).await;
        let state = socket.hear_type("agent_state").await;
        let newest = state["data"]["runs"][0]["id"].as_i64().unwrap_or_default();
        Self { socket, known: state["seq"].as_i64().unwrap(), newest }
    }
}

async fn watch(server: &Process, agent: &Value, count: usize) -> Vec<Watcher> {
    let mut watchers = Vec::with_capacity(count);
    while watchers.len() < count {
        let some = (0..50.min(count - watchers.len())).map(|_| Watcher::of(server, agent));
        watchers.extend(join_all(some).await);
    }
    watchers
}

/// Listens until all runs have succeeded; returns whether no number was missing.
async fn hears_all(Watcher { socket, known, newest }: &mut Watcher) -> bool {
    let (mut succeeded, mut whole) = (BTreeSet::new(), true);
    while succeeded.len() < RUNS {
        let message = socket.hear().await.expect("closed");
        let seq = message["seq"].as_i64().unwrap();
        match message["type"].as_str().unwrap() {
            "run_update" => {
                whole &= seq == *known + 1;
                if message["data"]["status"] == "success" {
                    succeeded.insert(message["data"]["id"].as_i64().unwrap());
                }
            }
            // It has fallen behind, and continues with what holds now.
            "agent_state" => {
                let runs = message["data"]["runs"].as_array().unwrap();
                let new = runs.iter().filter(|run| run["id"].as_i64().unwrap() > *newest && run["status"] == "success");
                succeeded.extend(new.map(|run| run["id"].as_i64().unwrap()));
            }
            other => panic!("{other}"),
        }
        *known = seq;
    }
    whole
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_watchers_miss_nothing_and_cost_little() {
    file_limit::raise();
    let dir = TempDir::new().unwrap();
    let server = Process::start(dir.path()).await;
    let settings = json!({ "name": "Watched", "model": "demo/quick", "max_concurrent_runs": 10 });
    let agent = server.post("/api/agents", settings).await["id"].clone();
    let path = format!("/api/agents/{agent}/task");
    for _ in 0..EARLIER {
        server.post(&path, json!({})).await;
    }
    eventually("they are over", async || {
        let runs = server.get(&format!("/api/agents/{agent}/runs?limit=100")).await;
        let over = runs.as_array().unwrap().iter().filter(|run| run["status"] == "success").count();
        (over == EARLIER).then_some(())
    })
    .await;
    // Memory that the first watchers need is needed once.
    let mut watchers = watch(&server, &agent, 50).await;
    let before = memory(&server);
    watchers.extend(watch(&server, &agent, WATCHERS).await);
    let each = memory(&server).saturating_sub(before) / WATCHERS;
    assert!(each < MEMORY, "{each} bytes a watcher");

    let (heard, ()) = tokio::join!(join_all(watchers.iter_mut().map(hears_all)), async {
        for _ in 0..RUNS {
            server.post(&path, json!({})).await;
        }
    });
    assert!(heard.iter().all(|whole| *whole), "{} missed updates", heard.iter().filter(|whole| !**whole).count());
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_beyond_the_file_limit_are_refused_with_the_remedy() {
    let dir = TempDir::new().unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("ulimit -n {FILES} && exec {}", env!("CARGO_BIN_EXE_runboard"))]);
    let workers = WORKERS.to_string();
    let server = Process::spawn(prepared(shell, dir.path()).env("RUNBOARD_WORKERS", workers));
    let agent = server.post("/api/agents", json!({ "name": "Full", "model": "demo/quick" })).await["id"].clone();
    let mut watcher = Watcher::of(&server, &agent).await;
    let url = format!("{}/api/ws", server.url.replace("http", "ws"));
    let mut others = Vec::new();
    let refusal = loop {
        assert!(others.len() < PLACES, "all are taken");
        match connect_async(&url).await {
            Ok((socket, _)) => others.push(socket),
            Err(Error::Http(refusal)) => break refusal,
            Err(error) => panic!("{error}"),
        }
    };
    // The watcher has a place too, and the connection with which the agent was created may have one.
    assert!(others.len() >= PLACES - 2, "{} places", others.len());
    assert_eq!((refusal.status().as_u16(), refusal.headers()["retry-after"].to_str().unwrap()), (503, "2"));
    let refused = Client::new().post(format!("{}/api/agents", server.url)).body("x".repeat(100_000)).send().await;
    let refused = refused.expect("a response, not an end");
    assert_eq!(refused.status().as_u16(), 503);
    let problem: Value = refused.json().await.unwrap();
    assert!(problem["detail"].as_str().unwrap().contains("ulimit -n"), "{problem}");

    // Whoever leaves makes room, and the database has had its files all along.
    others.truncate(PLACES / 2);
    eventually("there is room again", async || connect_async(&url).await.ok().map(drop)).await;
    server.post(&format!("/api/agents/{agent}/task"), json!({})).await;
    assert_eq!(watcher.socket.hear_run_through().await.0.last().unwrap(), "success");
    let log = std::fs::read_to_string(dir.path().join("server.log")).unwrap();
    for once in ["LimitNOFILE", "more are refused"] {
        assert_eq!(log.matches(once).count(), 1, "{once}: {log}");
    }
}
