//! `DELETE /api/agents/{id}`.

use crate::support::app::{TestApp, problem};
use crate::support::database::{TestDatabase, on_both};
use crate::support::eventually;
use crate::support::socket::Socket;
use reqwest::{Method, StatusCode};
use runboard::domain::id::{AgentId, OwnerId};
use runboard::server::store::scope::Scope;
use sea_orm::{ConnectionTrait, Database};
use serde_json::json;
use std::time::{Duration, Instant};

#[tokio::test]
async fn deleting_stops_what_runs_and_takes_everything_along() {
    let app = TestApp::start().await;
    let agent = app.agent("wait").await;
    let run = app.task(agent).await;
    let started = app.run_is(run, "running").await;
    let mut socket = Socket::open(&app).await;
    socket.subscribe(&format!("agent:{agent}")).await;
    socket.hear_type("agent_state").await;

    let (status, _) = app.send(app.request(Method::DELETE, &format!("/api/agents/{agent}"))).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    for path in [
        format!("/api/agents/{agent}"),
        format!("/api/agents/{agent}/runs"),
        format!("/api/runs/{run}"),
        format!("/api/threads/{}/messages", started["thread_id"]),
    ] {
        problem(&app.get(&path).await, 404);
    }
    let mut last = socket.hear().await.unwrap();
    while last["type"] == "run_update" {
        last = socket.hear().await.unwrap();
    }
    assert_eq!((last["type"].as_str(), last["data"]["id"].as_i64()), (Some("agent_deleted"), Some(agent)));
    problem(&app.send(app.request(Method::DELETE, &format!("/api/agents/{agent}"))).await, 404);
}

/// From the moment that nobody finds the agent any more it is deleted for whoever asked, however long the rest takes.
#[tokio::test]
async fn a_deletion_that_cannot_be_finished_at_once_is_finished_later() {
    let database = TestDatabase::sqlite();
    let url = database.url.clone();
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let raw = Database::connect(url).await.unwrap();
    let agent = app.agent("quick").await;
    app.task_is(agent, "success").await;
    let refuse = "CREATE TRIGGER refuse BEFORE DELETE ON agents BEGIN SELECT RAISE(ABORT, 'not now'); END";
    raw.execute_unprepared(refuse).await.unwrap();
    let (status, _) = app.send(app.request(Method::DELETE, &format!("/api/agents/{agent}"))).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    problem(&app.get(&format!("/api/agents/{agent}")).await, 404);
    raw.execute_unprepared("DROP TRIGGER refuse").await.unwrap();
    raw.close().await.unwrap();
    let app = TestApp::on(app.end().await, "127.0.0.1:0").await;
    assert!(app.state.store.agents_being_deleted(0).await.unwrap().is_empty(), "the next server has finished it");
}

#[tokio::test]
async fn a_deletion_goes_on_when_nobody_waits_for_it() {
    let app = TestApp::start().await;
    let agent = app.agent_with(json!({ "name": "T", "model": "ollama/wait", "max_concurrent_runs": 2 })).await;
    let mut runs = Vec::new();
    for _ in 0..30 {
        runs.push(app.task(agent).await);
    }
    let request = app.request(Method::DELETE, &format!("/api/agents/{agent}")).timeout(Duration::from_millis(1));
    assert!(request.send().await.is_err(), "it was to be given up");
    // The request may not even have arrived; then there is nothing to go on with.
    let (status, _) = app.get(&format!("/api/agents/{agent}")).await;
    if status == StatusCode::OK {
        app.send(app.request(Method::DELETE, &format!("/api/agents/{agent}"))).await;
    }
    for run in runs {
        eventually("its runs are gone", async || {
            (app.get(&format!("/api/runs/{run}")).await.0 == StatusCode::NOT_FOUND).then_some(())
        })
        .await;
    }
}

on_both!(two_thousand_waiting_runs_are_deleted_in_a_moment);

async fn two_thousand_waiting_runs_are_deleted_in_a_moment(database: TestDatabase) {
    let url = database.url.clone();
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent_with(json!({ "name": "T", "model": "ollama/wait", "max_concurrent_runs": 2 })).await;
    let other = app.agent("wait").await;
    let kept = app.task(other).await;
    let running = app.task(agent).await;
    app.run_is(running, "running").await;
    let raw = Database::connect(&url).await.unwrap();
    raw.execute_unprepared(&format!(
        "INSERT INTO agent_runs (owner_id, agent_id, thread_id, status, trigger, chat, queued_at, model)
         SELECT owner_id, agent_id, thread_id, 'queued', 'api', FALSE, 0, model
         FROM agent_runs CROSS JOIN (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
                                     SELECT i FROM n) AS many
         WHERE id = {running}"
    ))
    .await
    .unwrap();
    raw.close().await.unwrap();
    app.run_is(kept, "running").await;
    let mut socket = Socket::open(&app).await;
    socket.subscribe(&format!("agent:{agent}")).await;
    socket.hear_type("agent_state").await;

    let began = Instant::now();
    let (status, _) = app.send(app.request(Method::DELETE, &format!("/api/agents/{agent}"))).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    // One by one it took more than twenty seconds.
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    socket.hear_next("agent_deleted").await;
    problem(&app.get(&format!("/api/runs/{running}")).await, 404);
    let (_, left) = app.get(&format!("/api/agents/{other}")).await;
    assert_eq!((&left["running_count"], app.run(kept).await["status"].as_str()), (&json!(1), Some("running")));
    app.stage.open(1);
    app.run_is(kept, "success").await;
}

#[tokio::test]
async fn an_abandoned_deletion_is_taken_up_again() {
    let app = TestApp::start().await;
    let agent = app.agent("quick").await;
    let scope = Scope::of(OwnerId::LOCAL);
    app.state.store.begin_agent_deletion(&scope, AgentId(agent)).await.unwrap();
    let app = TestApp::on(app.end().await, "127.0.0.1:0").await;
    assert!(app.state.store.agents_being_deleted(0).await.unwrap().is_empty());
    problem(&app.get(&format!("/api/agents/{agent}/runs")).await, 404);
}

#[tokio::test]
async fn an_agent_being_deleted_takes_no_new_runs() {
    let app = TestApp::start().await;
    let agent = app.agent("deaf").await;
    let run = app.task(agent).await;
    app.run_is(run, "running").await;
    let delete = app.request(Method::DELETE, &format!("/api/agents/{agent}")).send();
    let refused = async {
        crate::support::eventually("new runs are refused", async || {
            let answer = app.poke(&format!("/api/agents/{agent}/task")).await;
            (answer.0 != StatusCode::ACCEPTED).then_some(answer)
        })
        .await
    };
    let (deleted, refused) = tokio::join!(delete, refused);
    problem(&refused, 409);
    assert_eq!(deleted.unwrap().status(), StatusCode::NO_CONTENT);
}
