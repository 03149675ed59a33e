//! Roll-ups after a server was killed in the middle of its work, and from the command line.

use super::rows;
use crate::support::eventually;
use crate::support::process::{DATA_DIR, Process, command};
use runboard::server::config::sqlite_url;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;

async fn raw(dir: &Path) -> DatabaseConnection {
    Database::connect(sqlite_url(&dir.join(DATA_DIR))).await.unwrap()
}

/// Starts runs, one after the other, for as long as the server is there; returns how many it took.
async fn press(server: &Process, agent: i64) -> usize {
    let mut taken = 0;
    let task = format!("{}/api/agents/{agent}/task", server.url);
    while server.client.post(&task).send().await.is_ok_and(|answer| answer.status().is_success()) {
        taken += 1;
    }
    taken
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_leaves_roll_ups_that_equal_the_rows() {
    let dir = TempDir::new().unwrap();
    let mut agents = Vec::new();
    for round in 1..=3 {
        let server = Process::start(dir.path()).await;
        let body = json!({ "name": "Quick", "model": "demo/quick", "max_concurrent_runs": 10 });
        agents.push(server.post("/api/agents", body).await["id"].as_i64().unwrap());
        let pressed = async {
            let presses = agents.iter().map(|agent| press(&server, *agent));
            futures::future::join_all(presses).await.iter().sum::<usize>()
        };
        let killed = async {
            // In the middle of the work: requests go on until nobody responds.
            eventually("some runs are over", async || {
                let agent = server.get(&format!("/api/agents/{}/details?include=stats", agents[0])).await;
                (agent["stats"]["runs"]["success"].as_i64().unwrap() >= 20 * round).then_some(())
            })
            .await;
            server.signal("-KILL");
        };
        let (taken, ()) = tokio::join!(pressed, killed);
        assert!(taken > 0);
        drop(server);
        // As it was left.
        let raw = raw(dir.path()).await;
        let found = rows::read(&raw).await;
        assert!(found.iter().any(|row| row.finished_at.is_some()));
        assert_eq!(rows::rolled_up(&raw).await, rows::by_hour(&found), "round {round}");
        raw.close().await.unwrap();
    }
    let server = Process::start(dir.path()).await;
    eventually("what was cut off is over", async || {
        let agents = server.get("/api/agents").await;
        let idle = |agent: &Value| {
            let last = &agent["last_run"];
            agent["running_count"] == 0 && (last.is_null() || last["finished_at"].is_string())
        };
        agents.as_array().unwrap().iter().all(idle).then_some(())
    })
    .await;
    drop(server);
    let raw = raw(dir.path()).await;
    assert_eq!(rows::rolled_up(&raw).await, rows::by_hour(&rows::read(&raw).await));
}

#[tokio::test(flavor = "multi_thread")]
async fn statistics_can_be_rebuilt_by_hand() {
    let dir = TempDir::new().unwrap();
    let rebuild = || {
        let output = command(dir.path()).args(["stats", "rebuild"]).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.success(), text(&output.stdout), text(&output.stderr))
    };
    let (is_done, _, said) = rebuild();
    assert!(!is_done && said.contains("there is no database"), "{said}");
    assert!(!dir.path().join(DATA_DIR).exists(), "nothing was made");

    let server = Process::start(dir.path()).await;
    let agent = server.post("/api/agents", json!({ "name": "Quick", "model": "demo/quick" })).await["id"].clone();
    let run = server.post(&format!("/api/agents/{agent}/task"), json!({})).await["run_id"].clone();
    eventually("it is over", async || {
        server.get(&format!("/api/runs/{run}")).await["finished_at"].is_string().then_some(())
    })
    .await;
    let (is_done, _, said) = rebuild();
    assert!(!is_done && said.contains("another Runboard"), "{said}");
    server.kill();

    let db = raw(dir.path()).await;
    db.execute_unprepared("UPDATE run_hours SET success = 7, durations = x'80'").await.unwrap();
    let (is_done, said, errors) = rebuild();
    assert!(is_done, "{errors}");
    assert!(said.contains("hours counted again: 1\n"), "{said}");
    assert_eq!(rows::rolled_up(&db).await, rows::by_hour(&rows::read(&db).await));
    db.close().await.unwrap();

    assert!(command(dir.path()).args(["migrate", "down"]).output().unwrap().status.success());
    let (is_done, _, said) = rebuild();
    assert!(!is_done && said.contains("migrate up"), "{said}");
}
