//! `DELETE /api/agents/{id}`.

use crate::support::app::{TestApp, problem};
use crate::support::socket::Socket;
use reqwest::{Method, StatusCode};

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
