//! Copies of agents.

use crate::support::app::{TestApp, problem};
use crate::support::database::{TestDatabase, on_both};
use reqwest::header::LOCATION;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

on_both!(a_copy_has_all_settings_and_waits, copies_are_called_after_their_original);

async fn a_copy_has_all_settings_and_waits(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let settings = json!({
        "name": "Inbox", "description": "Sorts mail", "tags": ["mail", "eu"], "model": "demo/slow", "schedule": "@daily",
        "time_zone": "Europe/Berlin", "task_instructions": "Sort.", "max_steps": 7, "month_budget_usd": 2.5,
        "tools": ["http_request"],
    });
    let original = app.agent_with(settings).await;
    let response = app.request(Method::POST, &format!("/api/agents/{original}/duplicate")).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);
    let location = response.headers()[LOCATION].to_str().unwrap().to_owned();
    let copy: Value = response.json().await.unwrap();
    assert_eq!(location, format!("/api/agents/{}", copy["id"]));
    let (_, before) = app.get(&format!("/api/agents/{original}")).await;
    let figures = ["id", "name", "paused", "next_due_at", "created_at", "updated_at", "status"];
    let rest = |agent: &Value| {
        let mut agent = agent.as_object().unwrap().clone();
        agent.retain(|name, _| !figures.contains(&name.as_str()));
        agent
    };
    assert_eq!(rest(&copy), rest(&before));
    let own = figures[1..4].iter().map(|name| copy[*name].clone()).collect::<Vec<_>>();
    assert_eq!(own, [json!("Inbox copy"), json!(true), Value::Null], "nothing fires twice unseen");
    assert_eq!((&before["paused"], before["next_due_at"].is_string()), (&json!(false), true));
    let (_, version) = app.get(&format!("{location}/versions/1")).await;
    assert_eq!((&version["note"], &version["changes"]), (&json!("Copy of Inbox, version 1"), &json!("Created")));
}

async fn copies_are_called_after_their_original(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let original = app.agent_with(json!({ "name": "Inbox" })).await;
    let path = format!("/api/agents/{original}/duplicate");
    let mut ids = Vec::new();
    for name in ["Inbox copy", "Inbox copy 2", "Inbox copy 3"] {
        let (status, copy) = app.poke(&path).await;
        assert_eq!((status, &copy["name"]), (StatusCode::CREATED, &json!(name)));
        ids.push(copy["id"].clone());
    }
    assert_eq!(app.poke(&format!("/api/agents/{}/duplicate", ids[1])).await.1["name"], "Inbox copy 4");
    assert_eq!(app.post(&path, json!({ "name": " Mail\n" })).await.1["name"], "Mail");
    for (body, pointer) in [(json!({ "name": "" }), "/name"), (json!({ "name": "n".repeat(101) }), "/name")] {
        let refused = app.post(&path, body).await;
        problem(&refused, 422);
        assert_eq!(refused.1["errors"][0]["pointer"], pointer);
    }
    problem(&app.post(&path, json!({ "title": "x" })).await, 422);
    problem(&app.poke("/api/agents/999/duplicate").await, 404);
}
