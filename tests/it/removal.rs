//! `DELETE /api/agents/{id}`.

use crate::support::app::{TestApp, problem};
use crate::support::eventually;
use crate::support::socket::Socket;
use reqwest::{Method, StatusCode};
use runboard::domain::id::AgentId;
use runboard::server::store::scope::Scope;
use serde_json::json;
use std::time::Duration;

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

#[tokio::test]
async fn a_deletion_goes_on_when_nobody_waits_for_it() {
    let app = TestApp::start().await;
    let agent = app.agent_with(json!({ "name": "T", "model": "demo/wait", "max_concurrent_runs": 2 })).await;
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

#[tokio::test]
async fn an_abandoned_deletion_is_taken_up_again() {
    let app = TestApp::start().await;
    let agent = app.agent("quick").await;
    let scope = Scope::local_owner();
    app.state.store.mark_agent_deleting(&scope, AgentId(agent)).await.unwrap();
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
