//! The engine through the API: limits, time-outs, panics, shutdown and restart.

use crate::support::app::TestApp;
use crate::support::database::TestDatabase;
use crate::support::socket::Socket;
use crate::support::{PATIENCE, eventually};
use reqwest::Method;
use runboard::domain::id::{AgentId, OwnerId};
use runboard::server::store::scope::Scope;
use serde_json::json;

#[tokio::test]
async fn an_agent_s_backlog_waits_and_does_not_block_others() {
    let app = TestApp::start().await;
    let busy = app.agent_with(json!({ "name": "Busy", "model": "ollama/wait", "max_concurrent_runs": 2 })).await;
    let mut backlog = Vec::new();
    for _ in 0..40 {
        backlog.push(app.task(busy).await);
    }
    eventually("two are running", async || (app.stage.begun() == 2).then_some(())).await;
    let other = app.agent("quick").await;
    app.task_is(other, "success").await;
    let (_, agent) = app.get(&format!("/api/agents/{busy}")).await;
    assert_eq!(agent["running_count"], 2);
    assert_eq!(app.run(backlog[2]).await["status"], "queued");
    app.stage.open(40);
    for run in backlog {
        app.run_is(run, "success").await;
    }
}

#[tokio::test]
async fn a_run_over_its_time_limit_is_failed_timeout() {
    let app = TestApp::start().await;
    let agent = app.agent_with(json!({ "name": "T", "model": "ollama/wait", "timeout_s": 1 })).await;
    let run = app.task_is(agent, "failed").await;
    assert_eq!(run["failure_kind"], "timeout");
    assert!(run["error"].as_str().unwrap().contains("1 s"), "{run}");
    assert_eq!(run["total_tokens"], 15);
}

#[tokio::test]
async fn an_executor_that_panics_fails_its_run_only() {
    let app = TestApp::start().await;
    let agent = app.agent("panic").await;
    let run = app.task_is(agent, "failed").await;
    assert_eq!(run["failure_kind"], "error");
    let agent = app.agent("quick").await;
    app.task_is(agent, "success").await;
}

#[tokio::test]
async fn ending_cuts_off_what_runs_and_keeps_what_is_queued() {
    let app = TestApp::start().await;
    let agent = app.agent_with(json!({ "name": "T", "model": "ollama/wait", "max_concurrent_runs": 1 })).await;
    let (running, queued) = (app.task(agent).await, app.task(agent).await);
    app.run_is(running, "running").await;
    let started = std::time::Instant::now();
    let database = app.end().await;
    assert!(started.elapsed() < PATIENCE, "it does not wait for what runs");

    let app = TestApp::on(database, "127.0.0.1:0").await;
    let run = app.run(running).await;
    assert_eq!((&run["status"], &run["failure_kind"]), (&json!("failed"), &json!("interrupted")));
    app.stage.open(1);
    app.run_is(queued, "success").await;
}

#[tokio::test]
async fn every_transition_takes_one_sequence_number() {
    let app = TestApp::start().await;
    let agent = app.agent("quick").await;
    let seq = async || app.state.store.agent(&Scope::of(OwnerId::LOCAL), AgentId(agent)).await.unwrap().1;
    let before = seq().await;
    app.task_is(agent, "success").await;
    assert_eq!(seq().await - before, 3, "queued, running, success");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_on_one_postgres_share_the_work_and_the_news() {
    let database = TestDatabase::postgres().await;
    let (one, two) = (TestApp::on(database.clone(), "127.0.0.1:0").await, TestApp::on(database, "127.0.0.1:0").await);
    let agent = one.agent_with(json!({ "name": "T", "model": "demo/quick", "max_concurrent_runs": 3 })).await;
    let mut socket = Socket::open(&two).await;
    socket.subscribe(&format!("agent:{agent}")).await;
    let first = socket.hear_type("agent_state").await["seq"].as_i64().unwrap();
    let mut runs = Vec::new();
    for _ in 0..20 {
        runs.push(one.task(agent).await);
    }
    for run in runs {
        let run = two.run_is(run, "success").await;
        let (_, steps) = two.get(&format!("/api/runs/{}/steps", run["id"])).await;
        assert_eq!((steps.as_array().unwrap().len(), &run["attempt"]), (1, &json!(1)));
    }
    assert_eq!(one.stage.begun() + two.stage.begun(), 20, "none ran twice");
    let mut known = first;
    while known < first + 60 {
        let message = socket.hear().await.unwrap();
        let seq = message["seq"].as_i64().unwrap();
        match message["type"].as_str().unwrap() {
            "run_update" => assert_eq!(seq, known + 1),
            "agent_state" => assert!(seq >= known),
            other => panic!("{other}"),
        }
        known = seq;
    }
    one.send(one.request(Method::DELETE, &format!("/api/agents/{agent}"))).await;
    let mut last = socket.hear().await.unwrap();
    while last["type"] == "agent_state" {
        last = socket.hear().await.unwrap();
    }
    assert_eq!(last["type"], "agent_deleted", "{last}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_reaches_the_server_that_executes_the_run() {
    let database = TestDatabase::postgres().await;
    let one = TestApp::on(database.clone(), "127.0.0.1:0").await;
    let agent = one.agent("wait").await;
    let run = one.task(agent).await;
    one.run_is(run, "running").await;
    eventually("it has begun", async || (one.stage.begun() == 1).then_some(())).await;
    let two = TestApp::on(database, "127.0.0.1:0").await;
    two.poke(&format!("/api/runs/{run}/stop")).await;
    let run = two.run_is(run, "cancelled").await;
    assert_eq!(run["total_tokens"], 15, "what it had used is known");
}
