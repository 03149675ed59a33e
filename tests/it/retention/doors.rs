//! What REST and webhooks say of retention.

use crate::support::app::{TestApp, problem};
use crate::support::database::TestDatabase;
use reqwest::{Method, StatusCode};
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};

#[tokio::test]
async fn a_run_is_kept_and_no_longer() {
    let app = TestApp::start().await;
    let agent = app.agent("quick").await;
    let run = app.task_is(agent, "success").await["id"].as_i64().unwrap();
    let path = format!("/api/runs/{run}/kept");
    for _ in 0..2 {
        let (status, kept) = app.send(app.request(Method::PUT, &path)).await;
        assert_eq!(status, StatusCode::OK, "{kept}");
        assert!(kept["kept_at"].is_string(), "{kept}");
    }
    let (_, listed) = app.get(&format!("/api/agents/{agent}/runs")).await;
    assert!(listed[0]["kept_at"].is_string(), "{listed}");
    let (_, released) = app.send(app.request(Method::DELETE, &path)).await;
    assert_eq!(released["kept_at"], Value::Null);
    problem(&app.send(app.request(Method::PUT, "/api/runs/999/kept")).await, 404);
}

#[tokio::test]
async fn limits_and_grace_are_said() {
    let app = TestApp::start().await;
    app.state.retention.round().await.unwrap();
    let (status, said) = app.get("/api/retention").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(said["limits"], json!({ "days": null, "runs": null, "payload_days": null }), "{said}");
    assert_eq!((&said["grace"]["reason"], &said["due"]["runs"]), (&json!("new"), &json!(0)), "{said}");
}

#[tokio::test]
async fn a_delivery_that_comes_again_after_its_run_is_gone_is_taken_and_starts_none() {
    let database = TestDatabase::sqlite();
    let url = database.url.clone();
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let raw = Database::connect(url).await.unwrap();
    let agent = app.agent("quick").await;
    let settings = json!({ "name": "In", "verification": "none" });
    let (_, made) = app.post(&format!("/api/agents/{agent}/hooks"), settings).await;
    let path = made["path"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned();
    let deliver = async || {
        let request = app.request(Method::POST, &path).header("Idempotency-Key", "one").json(&json!({ "a": 1 }));
        app.send(request).await
    };
    let (status, first) = deliver().await;
    assert_eq!(status, StatusCode::ACCEPTED, "{first}");
    app.run_is(first["run_id"].as_i64().unwrap(), "success").await;
    raw.execute_unprepared("PRAGMA foreign_keys = ON").await.unwrap();
    raw.execute_unprepared("DELETE FROM threads").await.unwrap();
    let (status, again) = deliver().await;
    assert_eq!((status, &again["run_id"]), (StatusCode::ACCEPTED, &first["run_id"]), "{again}");
    assert_eq!(app.get(&format!("/api/agents/{agent}/runs")).await.1, json!([]));
}

#[tokio::test]
async fn a_request_that_comes_again_after_its_run_is_gone_gets_its_first_answer() {
    let database = TestDatabase::sqlite();
    let url = database.url.clone();
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let raw = Database::connect(url).await.unwrap();
    let agent = app.agent("quick").await;
    let start = async || {
        let path = format!("/api/agents/{agent}/task");
        app.send(app.request(Method::POST, &path).header("Idempotency-Key", "k")).await
    };
    let (_, first) = start().await;
    app.run_is(first["run_id"].as_i64().unwrap(), "success").await;
    raw.execute_unprepared("PRAGMA foreign_keys = ON").await.unwrap();
    raw.execute_unprepared("DELETE FROM threads").await.unwrap();
    assert_eq!(start().await, (StatusCode::ACCEPTED, first));
}
