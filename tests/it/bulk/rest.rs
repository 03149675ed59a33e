//! `/api/runs/bulk` and `/api/bulk` for programs: what is wrong is named, lists have pages.

use super::{carried_out, finished};
use crate::support::app::{TestApp, problem};
use crate::support::database::{TestDatabase, on_both};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

on_both!(
    what_is_wrong_with_a_request_is_named,
    runs_that_are_not_there_are_named_and_nothing_is_done,
    results_and_actions_have_pages,
);

async fn what_is_wrong_with_a_request_is_named(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let run = app.task_is(app.agent("quick").await, "success").await["id"].as_i64().unwrap();
    for (body, pointer) in [
        (json!({ "action": "stop", "filter": { "status": "broken" } }), "/filter/status"),
        (json!({ "action": "stop", "filter": { "cursor": "x" } }), "/filter/cursor"),
        (json!({ "action": "stop", "filter": { "period": "24h", "to": "2026-11-27T00:00:00Z" } }), "/filter/period"),
        (json!({ "action": "stop", "ids": [run], "filter": {} }), "/filter"),
        (json!({ "action": "stop" }), "/ids"),
        (json!({ "action": "stop", "ids": [] }), "/ids"),
        (json!({ "action": "stop", "ids": [run], "tags": ["a"] }), "/tags"),
        (json!({ "action": "tag", "ids": [run] }), "/tags"),
        (json!({ "action": "tag", "ids": [run], "tags": ["a,b"] }), "/tags/0"),
        (json!({ "action": "explode", "ids": [run] }), "/action"),
    ] {
        let answer = app.post("/api/runs/bulk", body.clone()).await;
        problem(&answer, 422);
        assert_eq!(answer.1["errors"][0]["pointer"], pointer, "{body}: {}", answer.1);
    }
    let (job, _) = carried_out(&app, json!({ "action": "stop", "ids": [run] })).await;
    for query in ["cursor=12", "limit=0", "result=odd"] {
        let answer = app.get(&format!("/api/bulk/{}?{query}", job["id"])).await;
        assert!(problem(&answer, 422).starts_with(query.split('=').next().unwrap()), "{query}: {}", answer.1);
    }
    assert!(problem(&app.get("/api/bulk?cursor=12").await, 422).contains("cursor"));
    problem(&app.get("/api/bulk/999").await, 404);
}

async fn runs_that_are_not_there_are_named_and_nothing_is_done(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let run = app.task_is(app.agent("wait").await, "running").await["id"].as_i64().unwrap();
    let one = app.post("/api/runs/bulk", json!({ "action": "stop", "ids": [run, 900] })).await;
    assert_eq!(problem(&one, 404), "There is no run #900.");
    let some = app.post("/api/runs/bulk", json!({ "action": "stop", "ids": [run, 902, 901] })).await;
    assert_eq!(problem(&some, 404), "There are no runs #901, #902.");
    assert_eq!(app.run(run).await["cancel_requested_at"], Value::Null);
}

async fn results_and_actions_have_pages(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent("quick").await;
    let mut runs = Vec::new();
    for _ in 0..3 {
        runs.push(app.task_is(agent, "success").await["id"].as_i64().unwrap());
    }
    let asked = app.request(Method::POST, "/api/runs/bulk").json(&json!({ "action": "stop", "ids": runs }));
    let asked = asked.send().await.unwrap();
    assert_eq!(asked.status(), StatusCode::ACCEPTED);
    let location = asked.headers()["location"].to_str().unwrap().to_owned();
    let asked: Value = asked.json().await.unwrap();
    assert_eq!(location, format!("/api/bulk/{}", asked["bulk_id"]));
    finished(&app, asked["bulk_id"].as_i64().unwrap()).await;
    let first = app.request(Method::GET, &format!("{location}?limit=2")).send().await.unwrap();
    let link = first.headers()["link"].to_str().unwrap().to_owned();
    let first: Value = first.json().await.unwrap();
    assert_eq!((&first["data"][0]["run_id"], &first["total"]), (&json!(runs[2]), &json!(3)));
    let next = link.strip_prefix('<').and_then(|rest| rest.strip_suffix(">; rel=\"next\"")).unwrap();
    let (_, second) = app.get(next).await;
    assert_eq!(second["data"].as_array().unwrap().len(), 1);
    assert_eq!((&second["data"][0]["run_id"], &second["next_cursor"]), (&json!(runs[0]), &Value::Null));
    let (_, again) = app.get(&format!("{location}?limit=2&cursor={}", second["prev_cursor"].as_str().unwrap())).await;
    assert_eq!(again["data"], first["data"]);

    let (later, _) = carried_out(&app, json!({ "action": "stop", "ids": runs[..1] })).await;
    let (_, newest) = app.get("/api/bulk?limit=1").await;
    assert_eq!(newest["data"][0]["id"], later["id"]);
    let (_, older) = app.get(&format!("/api/bulk?cursor={}", newest["next_cursor"].as_str().unwrap())).await;
    assert_eq!((older["data"].as_array().unwrap().len(), &older["data"][0]["id"]), (1, &asked["bulk_id"]));
}
