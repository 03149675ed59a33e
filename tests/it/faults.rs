//! Tests that whatever was accepted is in the database, whatever the disk does meanwhile: writing calls that fail at
//! random points below the driver, a file system that is really full, kills in between.

mod clients;
mod injection;
mod journal;
mod room;

use crate::support::eventually;
use crate::support::process::{DATA_DIR, Process, command, prepared};
use clients::{Accepted, Clients};
use injection::Injection;
use journal::Journal;
use room::Room;
use serde_json::{Value, json};
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Points at which a writing call fails, over all rounds.
const FAULT_POINTS: u64 = 1_000;
const ROUNDS: u64 = 4;
/// How long a round may take; far longer than it does.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn writing_calls_that_fail_at_random_points_lose_nothing_that_was_accepted() {
    let dir = TempDir::new().unwrap();
    let journal = Journal::begin(dir.path()).await;
    let injection = Injection::new(dir.path());
    let mut accepted = Accepted::default();
    for round in 1..=ROUNDS {
        let server = Process::spawn(command(dir.path()).envs(injection.environment()));
        let clients = Clients::begin(&server, accepted);
        injection.set(true);
        let until = Instant::now() + PATIENCE;
        while injection.bursts() < FAULT_POINTS * round / ROUNDS {
            assert!(Instant::now() < until, "{} bursts in round {round}", injection.bursts());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // In the middle of whatever is going on.
        server.kill();
        accepted = clients.end().await;
        injection.set(false);
    }
    println!(
        "{} writing calls failed at {} points; accepted: {}",
        injection.faults(),
        injection.bursts(),
        accepted.summary()
    );
    assert!(injection.bursts() >= FAULT_POINTS);
    let _server = Process::start(dir.path()).await;
    journal.settles().await;
    journal.holds(&accepted).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_lose_nothing_that_was_accepted_while_many_write_at_once() {
    let dir = TempDir::new().unwrap();
    let journal = Journal::begin(dir.path()).await;
    let mut accepted = Accepted::default();
    for round in 1..=ROUNDS {
        let server = Process::spawn(&mut command(dir.path()));
        let clients = Clients::begin(&server, accepted);
        eventually("much is accepted", async || (clients.accepted() > 400 * round).then_some(())).await;
        server.kill();
        accepted = clients.end().await;
    }
    println!("accepted: {}", accepted.summary());
    let _server = Process::start(dir.path()).await;
    journal.settles().await;
    journal.holds(&accepted).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_is_really_full_loses_nothing_that_was_accepted_and_recovers_alone() {
    let dir = TempDir::new().unwrap();
    let room = Room::new(&dir.path().join(DATA_DIR));
    let journal = Journal::begin(dir.path()).await;
    let mut accepted = Accepted::default();
    let mut refused = 0;
    for round in 0..2 {
        let server = Process::spawn(&mut command(dir.path()));
        let clients = Clients::begin(&server, accepted);
        for moment in 0..5 {
            tokio::time::sleep(Duration::from_millis(200 + 37 * (moment + 5 * round))).await;
            room.fill(server.child.id());
            let before = clients.refused();
            eventually("much is refused", async || (clients.refused() > before + 20).then_some(())).await;
            room.free(server.child.id());
            eventually("it is ready", async || (server.status("/readyz").await == 200).then_some(())).await;
        }
        refused += clients.refused();
        server.kill();
        accepted = clients.end().await;
    }
    println!("{room}: refused {refused}, accepted: {}", accepted.summary());
    let _server = Process::start(dir.path()).await;
    journal.settles().await;
    journal.holds(&accepted).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_nothing_can_be_stored_the_server_says_so_and_a_run_under_way_keeps_its_answer() {
    let dir = TempDir::new().unwrap();
    let journal = Journal::begin(dir.path()).await;
    let injection = Injection::new(dir.path());
    injection.without_gaps();
    let server = Process::spawn(command(dir.path()).envs(injection.environment()));
    let agent = server.post("/api/agents", json!({ "name": "Quick", "model": "demo/quick" })).await["id"].clone();
    let thread = server.post(&format!("/api/agents/{agent}/threads"), json!({ "title": "Notes" })).await["id"].clone();
    let run = server.start_slow_run().await;
    assert_eq!(server.status("/readyz").await, 200);

    injection.set(true);
    for (path, body) in [
        (format!("/api/agents/{agent}/task"), json!({})),
        (format!("/api/threads/{thread}/messages"), json!({ "role": "user", "content": "Hello" })),
        ("/api/agents".to_owned(), json!({ "name": "Other", "model": "demo/quick" })),
    ] {
        let response = server.client.post(format!("{}{path}", server.url)).json(&body).send().await.unwrap();
        assert_eq!(response.status(), 503, "{path}");
        assert!(response.headers().contains_key("retry-after"), "{path}");
        let answer: Value = response.json().await.unwrap();
        assert!(answer["detail"].as_str().unwrap().contains("disk"), "{answer}");
    }
    assert_eq!(server.status("/readyz").await, 503);
    assert_eq!(server.status("/healthz").await, 200);
    assert_eq!(server.status(&format!("/api/agents/{agent}")).await, 200, "reading goes on");
    // It comes to its end, which cannot be stored.
    let log = dir.path().join("server.log");
    eventually("the run waits to be stored", async || {
        std::fs::read_to_string(&log).unwrap_or_default().contains("waiting to write down").then_some(())
    })
    .await;
    assert_eq!(server.get(&format!("/api/runs/{run}")).await["status"], "running");

    injection.set(false);
    eventually("it is ready", async || (server.status("/readyz").await == 200).then_some(())).await;
    let over = eventually("the run is over", async || {
        let run = server.get(&format!("/api/runs/{run}")).await;
        run["finished_at"].is_string().then_some(run)
    })
    .await;
    assert_eq!((&over["status"], &over["error"]), (&json!("success"), &Value::Null), "{over}");
    server.kill();
    let _server = Process::start(dir.path()).await;
    journal.settles().await;
    journal.holds(&Accepted::default()).await;
}

/// COMMIT takes a while, and whoever takes the database away meanwhile takes along what was written.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_to_files_that_are_taken_away_during_commit_is_not_accepted() {
    let dir = TempDir::new().unwrap();
    let injection = Injection::new(dir.path());
    let server = Process::spawn(command(dir.path()).envs(injection.environment()));
    let agent = server.post("/api/agents", json!({ "name": "Quick", "model": "demo/quick" })).await["id"].clone();
    injection.slow_syncs(Duration::from_millis(500));
    let start = server.client.post(format!("{}/api/agents/{agent}/task", server.url)).send();
    let start = tokio::spawn(start);
    eventually("COMMIT is under way", async || (injection.syncs() > 0).then_some(())).await;
    for file in ["runboard.db", "runboard.db-wal", "runboard.db-shm"] {
        let path = dir.path().join(DATA_DIR).join(file);
        std::fs::rename(&path, path.with_extension("gone")).unwrap();
    }
    let response = start.await.unwrap().unwrap();
    assert_eq!(response.status(), 503);
    let answer: Value = response.json().await.unwrap();
    // It is in the files that were taken away.
    assert!(answer["detail"].as_str().unwrap().contains("Check whether it was"), "{answer}");
}

/// Nothing is asked of it but whether it is ready, and what it does by itself finds nothing to do.
#[tokio::test(flavor = "multi_thread")]
async fn an_idle_server_notices_too_that_nothing_can_be_stored() {
    let dir = TempDir::new().unwrap();
    let injection = Injection::new(dir.path());
    injection.without_gaps();
    let server = Process::spawn(command(dir.path()).envs(injection.environment()));
    eventually("it is ready", async || (server.status("/readyz").await == 200).then_some(())).await;
    injection.set(true);
    eventually("it is not", async || (server.status("/readyz").await == 503).then_some(())).await;
    injection.set(false);
    eventually("it is again", async || (server.status("/readyz").await == 200).then_some(())).await;
}

/// A server that does not expect the signal would be killed by it.
#[tokio::test(flavor = "multi_thread")]
async fn a_limit_on_the_size_of_files_is_an_error_like_others() {
    let dir = TempDir::new().unwrap();
    let mut limited = Command::new("prlimit");
    // The database with its schema fits, and some agents.
    limited.args(["--fsize=4194304:unlimited", env!("CARGO_BIN_EXE_runboard")]);
    let mut server = Process::spawn(&mut prepared(limited, dir.path()));
    let body = json!({ "name": "Large", "model": "demo/quick", "task_instructions": "x".repeat(60_000) });
    eventually("an agent is refused", async || {
        let response = server.client.post(format!("{}/api/agents", server.url)).json(&body).send().await.unwrap();
        let (status, after) = (response.status(), response.headers().contains_key("retry-after"));
        let answer: Value = response.json().await.unwrap();
        match status.as_u16() {
            201 => None,
            503 if after && answer["detail"].as_str().unwrap().contains("disk") => Some(()),
            _ => panic!("{status}: {answer}"),
        }
    })
    .await;
    assert!(server.child.try_wait().unwrap().is_none(), "it goes on");
}
