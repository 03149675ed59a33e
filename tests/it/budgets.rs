//! Budgets: what is refused when it is set, what ends a run, what keeps one from beginning.

use crate::support::app::{TestApp, problem};
use crate::support::database::{TestDatabase, on_both};
use reqwest::{Method, StatusCode};
use runboard::server::work::demo::DemoPace;
use serde_json::{Value, json};

on_both!(when_the_month_is_spent_runs_are_skipped_and_say_so);

async fn at_work(database: TestDatabase, budgets: Value) -> (TestApp, i64) {
    let app = TestApp::at_work(database, DemoPace::INSTANT).await;
    let mut body = json!({ "name": "Thrifty", "model": "demo/quick" });
    body.as_object_mut().unwrap().extend(budgets.as_object().unwrap().clone());
    let agent = app.agent_with(body).await;
    (app, agent)
}

#[tokio::test]
async fn a_run_over_its_budget_fails_and_keeps_its_answer() {
    let (app, agent) = at_work(TestDatabase::sqlite(), json!({ "run_budget_tokens": 10 })).await;
    let run = app.task_is(agent, "failed").await;
    assert_eq!(run["failure_kind"], "budget");
    assert!(run["error"].as_str().unwrap().contains("more than its budget of 10"), "{run}");
    let (_, messages) = app.get(&format!("/api/threads/{}/messages", run["thread_id"])).await;
    assert_eq!(messages.as_array().unwrap().last().unwrap()["role"], "assistant");
}

async fn when_the_month_is_spent_runs_are_skipped_and_say_so(database: TestDatabase) {
    let (app, agent) = at_work(database, json!({ "month_budget_tokens": 10 })).await;
    app.task_is(agent, "failed").await;
    let run = app.task_is(agent, "skipped").await;
    assert_eq!(run["skip_reason"], "budget");
    assert!(run["error"].as_str().unwrap().contains("its budget is 10"), "{run}");
    assert_eq!((&run["started_at"], &run["total_tokens"]), (&Value::Null, &Value::Null));
    let (status, retried) = app.poke(&format!("/api/runs/{}/retry", run["id"])).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{retried}");
    app.run_is(retried["run_id"].as_i64().unwrap(), "skipped").await;
}

#[tokio::test]
async fn a_dollar_budget_wants_a_model_with_a_price() {
    let app = TestApp::start().await;
    let body = json!({ "name": "Local", "model": "ollama/llama3.2", "month_budget_usd": 5 });
    let said = problem(&app.post("/api/agents", body).await, 422);
    assert!(said.contains("month_budget_usd") && said.contains("ollama/llama3.2 is not known"), "{said}");
    let agent = app.agent_with(json!({ "name": "Known", "model": "demo/quick", "run_budget_usd": 0.5 })).await;
    let (_, kept) = app.get(&format!("/api/agents/{agent}")).await;
    assert_eq!((&kept["run_budget_usd"], &kept["month_budget_usd"]), (&json!(0.5), &Value::Null));
}

#[tokio::test]
async fn a_budget_of_nothing_is_refused() {
    let app = TestApp::start().await;
    for budget in ["run_budget_usd", "run_budget_tokens", "month_budget_usd", "month_budget_tokens"] {
        let said = problem(&app.post("/api/agents", json!({ "name": "None", budget: 0 })).await, 422);
        assert!(said.contains(budget), "{said}");
    }
}

#[tokio::test]
async fn who_has_not_seen_the_last_change_overwrites_nothing() {
    let app = TestApp::start().await;
    let agent = app.agent("quick").await;
    let path = format!("/api/agents/{agent}");
    let (_, seen) = app.get(&path).await;
    let replace = async |name: &str, version: &Value| {
        let body = json!({ "name": name, "version": version });
        app.send(app.request(Method::PUT, &path).json(&body)).await
    };
    assert_eq!(replace("First", &seen["version"]).await.0, StatusCode::OK);
    let said = problem(&replace("Second", &seen["version"]).await, 409);
    assert!(said.contains("Nothing was overwritten"), "{said}");
    let (_, kept) = app.get(&path).await;
    assert_eq!(kept["name"], "First");
    assert_eq!(replace("Third", &kept["version"]).await.0, StatusCode::OK);
    assert_eq!(replace("Anyway", &Value::Null).await.0, StatusCode::OK, "without a version it replaces what is there");
}
