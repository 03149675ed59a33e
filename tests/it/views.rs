//! Saved views: a filter has a name, and the page opens with the one that is the default.

use crate::support::app::{TestApp, problem};
use crate::support::database::{TestDatabase, on_both};
use reqwest::{Method, StatusCode, redirect};
use runboard::domain::saved_view::MAX_VIEWS;
use serde_json::{Value, json};

on_both!(
    a_view_is_saved_renamed_and_deleted,
    names_are_told_apart_without_regard_to_case,
    a_filter_that_cannot_be_read_is_not_saved,
    one_view_is_the_default_and_the_page_opens_with_it,
    there_are_a_hundred_at_most,
);

async fn saved(app: &TestApp, body: Value) -> Value {
    let (status, view) = app.post("/api/views", body).await;
    assert_eq!(status, StatusCode::CREATED, "{view}");
    view
}

async fn put(app: &TestApp, id: &Value, body: Value) -> (StatusCode, Value) {
    app.send(app.request(Method::PUT, &format!("/api/views/{id}")).json(&body)).await
}

async fn listed(app: &TestApp) -> Vec<Value> {
    app.get("/api/views").await.1["data"].as_array().unwrap().clone()
}

async fn a_view_is_saved_renamed_and_deleted(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let view = saved(&app, json!({ "name": " Failed today ", "query": "period=24h&status=failed" })).await;
    assert_eq!((&view["name"], &view["query"]), (&json!("Failed today"), &json!("status=failed&period=24h")));
    assert_eq!(view["is_default"], false);
    let (status, renamed) = put(&app, &view["id"], json!({ "name": "FAILED today", "query": "status=failed" })).await;
    assert_eq!((status, &renamed["name"]), (StatusCode::OK, &json!("FAILED today")));
    assert_eq!((&renamed["created_at"], listed(&app).await), (&view["created_at"], vec![renamed.clone()]));
    let path = format!("/api/views/{}", view["id"]);
    assert_eq!(app.send(app.request(Method::DELETE, &path)).await.0, StatusCode::NO_CONTENT);
    problem(&app.send(app.request(Method::DELETE, &path)).await, 404);
    problem(&put(&app, &view["id"], json!({ "name": "Again" })).await, 404);
    assert_eq!(listed(&app).await, Vec::<Value>::new());
}

async fn names_are_told_apart_without_regard_to_case(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let first = saved(&app, json!({ "name": "Übersicht" })).await;
    let second = saved(&app, json!({ "name": "Other" })).await;
    let again = app.post("/api/views", json!({ "name": "ÜBERSICHT", "query": "status=failed" })).await;
    assert!(problem(&again, 409).contains("choose another name"));
    problem(&put(&app, &second["id"], json!({ "name": "übersicht" })).await, 409);
    assert_eq!(listed(&app).await, [second, first], "by name");
}

async fn a_filter_that_cannot_be_read_is_not_saved(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    for (body, pointer) in [
        (json!({ "name": "x", "query": "status=broken" }), "/query"),
        (json!({ "name": "x", "query": "cursor=abc" }), "/query"),
        (json!({ "name": " " }), "/name"),
        (json!({ "name": "x".repeat(65) }), "/name"),
    ] {
        let answer = app.post("/api/views", body.clone()).await;
        problem(&answer, 422);
        assert_eq!(answer.1["errors"][0]["pointer"], pointer, "{body}: {}", answer.1);
    }
    for body in [json!({ "query": "" }), json!({ "name": "x", "color": "red" })] {
        problem(&app.post("/api/views", body).await, 422);
    }
    assert_eq!(listed(&app).await, Vec::<Value>::new());
}

async fn one_view_is_the_default_and_the_page_opens_with_it(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let client = reqwest::Client::builder().redirect(redirect::Policy::none()).build().unwrap();
    let opened = async |path: &str| {
        let response = client.get(format!("{}{path}", app.url)).header("accept", "text/html").send().await.unwrap();
        let to = response.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
        (to, response.text().await.unwrap())
    };
    let first = saved(&app, json!({ "name": "First", "query": "status=failed", "is_default": true })).await;
    assert_eq!(opened("/runs").await.0.as_deref(), Some("/runs?status=failed"));
    saved(&app, json!({ "name": "Second", "query": "status=running", "is_default": true })).await;
    let defaults: Vec<_> = listed(&app).await.iter().map(|view| view["is_default"].clone()).collect();
    assert_eq!(defaults, [json!(false), json!(true)]);
    assert_eq!(opened("/runs").await.0.as_deref(), Some("/runs?status=running"));
    // There is a way out, and whatever is asked for is what is shown.
    let (to, html) = opened("/runs?view=all").await;
    assert!(to.is_none() && html.contains("href=\"/runs?status=failed\"") && html.contains("Second"), "{html}");
    assert_eq!(opened("/runs?status=queued").await.0, None);
    put(&app, &first["id"], json!({ "name": "First", "query": "", "is_default": true })).await;
    assert_eq!(opened("/runs").await.0, None, "it has all runs");
    put(&app, &first["id"], json!({ "name": "First" })).await;
    assert!(listed(&app).await.iter().all(|view| view["is_default"] == false));
    assert_eq!(opened("/runs").await.0, None);
}

async fn there_are_a_hundred_at_most(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    for n in 0..MAX_VIEWS {
        saved(&app, json!({ "name": format!("View {n}") })).await;
    }
    assert!(problem(&app.post("/api/views", json!({ "name": "One more" })).await, 409).contains("delete one"));
}
