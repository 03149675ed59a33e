//! Tests of holds under load: nothing begins, nothing is lost and nothing runs twice, over restarts and several servers.

use crate::support::app::TestApp;
use crate::support::database::{TestDatabase, on_both};
use crate::support::eventually;
use crate::support::socket::Socket;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeSet;

on_both!(
    under_load_nothing_begins_and_after_a_restart_nothing_is_lost_or_doubled,
    running_runs_are_stopped_and_waiting_ones_go_on_afterwards,
);

const RUNS_EACH: usize = 40;

async fn hold(app: &TestApp, body: Value) -> Value {
    let (status, hold) = app.post("/api/hold", body).await;
    assert!(status.is_success(), "{hold}");
    hold
}

async fn release(app: &TestApp) {
    assert_eq!(app.send(app.request(Method::DELETE, "/api/hold")).await.0, StatusCode::NO_CONTENT);
}

/// Returns an agent's runs as they are now.
async fn runs(app: &TestApp, agents: &[i64]) -> Vec<Value> {
    let mut runs = Vec::new();
    for agent in agents {
        let (_, list) = app.get(&format!("/api/agents/{agent}/runs?limit=100")).await;
        runs.extend(list.as_array().unwrap().clone());
    }
    runs
}

fn with_status(runs: &[Value], status: &str) -> usize {
    runs.iter().filter(|run| run["status"] == status).count()
}

/// Waits until nothing is running, then returns the ids of what still waits.
async fn waiting_once_idle(app: &TestApp, agents: &[i64]) -> BTreeSet<i64> {
    let runs = eventually("what had begun is over", async || {
        let runs = runs(app, agents).await;
        (with_status(&runs, "running") == 0).then_some(runs)
    })
    .await;
    runs.iter().filter(|run| run["status"] == "queued").map(|run| run["id"].as_i64().unwrap()).collect()
}

async fn start_many(app: &TestApp, agents: &[i64], each: usize) {
    let paths: Vec<_> = agents.iter().map(|agent| format!("/api/agents/{agent}/task")).collect();
    let starts = paths.iter().flat_map(|path| (0..each).map(|_| app.poke(path)));
    for (status, body) in futures::future::join_all(starts).await {
        assert_eq!(status, StatusCode::ACCEPTED, "{body}");
    }
}

async fn under_load_nothing_begins_and_after_a_restart_nothing_is_lost_or_doubled(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let mut agents = Vec::new();
    for _ in 0..4 {
        agents.push(app.agent("quick").await);
    }
    let loaded = async {
        start_many(&app, &agents, RUNS_EACH).await;
    };
    let held = async {
        eventually("some are executed", async || (app.stage.begun() > 5).then_some(())).await;
        hold(&app, json!({ "note": "Under load" })).await;
        // Those that had begun by now are on record as such, or are over.
        let begun: BTreeSet<i64> = runs(&app, &agents)
            .await
            .iter()
            .filter(|run| run["status"] != "queued")
            .map(|run| run["id"].as_i64().unwrap())
            .collect();
        begun
    };
    let ((), begun) = tokio::join!(loaded, held);
    let waiting = waiting_once_idle(&app, &agents).await;
    assert!(begun.is_disjoint(&waiting));
    assert_eq!(begun.len() + waiting.len(), 4 * RUNS_EACH, "nothing has begun since, and nothing is lost");
    let executed = app.stage.begun();
    assert_eq!(executed, begun.len());

    // The next server finds the hold, and accepts more.
    let app = TestApp::on(app.end().await, "127.0.0.1:0").await;
    start_many(&app, &agents, 1).await;
    let (_, state) = app.get("/api/hold").await;
    assert_eq!((&state["hold"]["note"], &state["hold"]["queued"]), (&json!("Under load"), &json!(waiting.len() + 4)));
    assert_eq!(waiting_once_idle(&app, &agents).await.len(), waiting.len() + 4);
    assert_eq!(app.stage.begun(), 0);

    release(&app).await;
    let done = eventually("all are executed", async || {
        let runs = runs(&app, &agents).await;
        (with_status(&runs, "success") == runs.len()).then_some(runs)
    })
    .await;
    assert_eq!(done.len(), 4 * (RUNS_EACH + 1));
    assert_eq!(app.stage.begun(), waiting.len() + 4, "each once");
}

async fn running_runs_are_stopped_and_waiting_ones_go_on_afterwards(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let one = app.agent_with(json!({ "name": "One", "model": "ollama/wait", "max_concurrent_runs": 2 })).await;
    let other = app.agent("wait").await;
    let mut running = Vec::new();
    for agent in [one, one, other] {
        running.push(app.task_is(agent, "running").await["id"].as_i64().unwrap());
    }
    let waiting = app.task(one).await;
    assert_eq!(hold(&app, json!({ "stop_running": true })).await["stopping"], 3);
    for run in running {
        app.run_is(run, "cancelled").await;
    }
    assert_eq!(app.run(waiting).await["status"], "queued");
    assert_eq!(hold(&app, json!({ "stop_running": true })).await["stopping"], 0, "nothing runs any more");
    release(&app).await;
    app.stage.open(1);
    app.run_is(waiting, "success").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_is_for_all_servers_of_a_database() {
    let database = TestDatabase::postgres().await;
    let (one, other) = (TestApp::on(database.clone(), "127.0.0.1:0").await, TestApp::on(database, "127.0.0.1:0").await);
    let busy = one.agent_with(json!({ "name": "Busy", "model": "ollama/wait", "max_concurrent_runs": 9 })).await;
    let mut running = Vec::new();
    for _ in 0..6 {
        running.push(one.task_is(busy, "running").await["id"].as_i64().unwrap());
    }
    let mut socket = Socket::open(&other).await;
    socket.subscribe("hold").await;
    assert!(socket.hear_type("hold_state").await["data"]["hold"].is_null());
    assert_eq!(hold(&one, json!({ "stop_running": true, "note": "Both" })).await["stopping"], 6);
    loop {
        let state = socket.hear_type("hold_state").await;
        if state["data"]["hold"]["note"] == "Both" && state["data"]["hold"]["running"] == 0 {
            break;
        }
    }
    for run in running {
        // Wherever it was executed: the request to stop comes with the next renewal of its lease.
        other.run_is(run, "cancelled").await;
    }
    let begun = one.stage.begun() + other.stage.begun();
    let agent = other.agent("quick").await;
    start_many(&one, &[agent], 10).await;
    start_many(&other, &[agent], 10).await;
    assert_eq!(waiting_once_idle(&other, &[agent]).await.len(), 20);
    assert_eq!(one.stage.begun() + other.stage.begun(), begun);
    release(&other).await;
    eventually("all are executed, by whichever server", async || {
        let runs = runs(&one, &[agent]).await;
        (with_status(&runs, "success") == 20).then_some(())
    })
    .await;
    assert_eq!(one.stage.begun() + other.stage.begun(), begun + 20, "each once");
}
