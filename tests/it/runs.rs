//! `/api/agents/{id}/runs` and `/api/runs`: a run's life as the wire shows it.

use crate::support::app::{TestApp, problem};
use crate::support::database::{TestDatabase, on_both};
use crate::support::eventually;
use reqwest::StatusCode;
use serde_json::{Value, json};

#[tokio::test]
async fn a_task_run_succeeds_with_usage_cost_and_one_step() {
    let app = TestApp::start().await;
    let agent = app
        .agent_with(
            json!({ "name": "T", "model": "demo/quick", "system_instructions": "S", "task_instructions": "Do it" }),
        )
        .await;
    let (status, started) = app.poke(&format!("/api/agents/{agent}/task")).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    let run = app.run_is(started["run_id"].as_i64().unwrap(), "success").await;
    for (field, value) in [
        ("agent_id", json!(agent)),
        ("thread_id", started["thread_id"].clone()),
        ("trigger", json!("api")),
        ("model", json!("demo/quick")),
        ("prompt_tokens", json!(10)),
        ("cached_tokens", json!(4)),
        ("completion_tokens", json!(5)),
        ("total_tokens", json!(15)),
        ("total_cost_usd", json!(0.0000015)),
        ("error", Value::Null),
        ("failure_kind", Value::Null),
        ("failure_cause", Value::Null),
        ("failure_detail", Value::Null),
        ("failed_calls", json!(0)),
        ("answer_preview", json!("done")),
        ("skip_reason", Value::Null),
        ("scheduled_for", Value::Null),
        ("retry_of", Value::Null),
        ("root_run_id", Value::Null),
        ("cancel_requested_at", Value::Null),
        ("attempt", json!(1)),
    ] {
        assert_eq!(run[field], value, "{field}");
    }
    assert!(run["duration_ms"].as_i64().unwrap() >= 0);
    for field in ["queued_at", "started_at", "finished_at"] {
        assert!(run[field].as_str().unwrap().ends_with('Z'), "{field}");
    }
    let (_, steps) = app.get(&format!("/api/runs/{}/steps", run["id"])).await;
    assert_eq!(steps.as_array().unwrap().len(), 1);
    assert_eq!((&steps[0]["kind"], &steps[0]["total_tokens"]), (&json!("model_call"), &json!(15)));
    let (_, messages) = app.get(&format!("/api/threads/{}/messages", run["thread_id"])).await;
    let said: Vec<_> = messages
        .as_array()
        .unwrap()
        .iter()
        .map(|m| (m["role"].as_str().unwrap(), m["content"].as_str().unwrap()))
        .collect();
    assert_eq!(said, [("system", "S"), ("user", "Do it"), ("assistant", "done")]);
}

#[tokio::test]
async fn the_list_is_newest_first_and_bounded() {
    let app = TestApp::start().await;
    let agent = app.agent("quick").await;
    for _ in 0..25 {
        app.task(agent).await;
    }
    let path = format!("/api/agents/{agent}/runs");
    let ids = |list: Value| list.as_array().unwrap().iter().map(|run| run["id"].as_i64().unwrap()).collect::<Vec<_>>();
    let default = ids(app.get(&path).await.1);
    assert_eq!(default.len(), 20);
    assert!(default.is_sorted_by(|a, b| a > b));
    assert_eq!(ids(app.get(&format!("{path}?limit=3")).await.1), default[..3]);
    assert_eq!(ids(app.get(&format!("{path}?limit=100")).await.1).len(), 25);
    for bad in ["0", "101", "-1", "x", ""] {
        let answer = app.get(&format!("{path}?limit={bad}")).await;
        assert!(problem(&answer, 422).contains("limit"), "{bad}");
        assert_eq!(answer.1["errors"][0]["pointer"], "/limit", "{bad}");
    }
    assert!(problem(&app.get(&format!("{path}?offset=3")).await, 422).contains("offset"));
}

#[tokio::test]
async fn a_run_s_page_knows_what_is_normal_for_its_agent() {
    let app = TestApp::start().await;
    let agent = app.agent("quick").await;
    let first = app.task_is(agent, "success").await["id"].clone();
    let compared = async || app.get(&format!("/ui/run?id={first}")).await.1["normal"]["runs"].clone();
    assert_eq!(compared().await, Value::Null, "one success is no norm");
    for _ in 0..2 {
        app.task_is(agent, "success").await;
    }
    assert_eq!(compared().await, 3);
}

#[tokio::test]
async fn a_failed_run_keeps_the_provider_s_words() {
    let app = TestApp::start().await;
    let agent = app.agent("fail").await;
    let run = app.task_is(agent, "failed").await;
    assert_eq!((&run["failure_kind"], &run["error"]), (&json!("error"), &json!("400 Bad Request: no")));
    assert_eq!((&run["failure_cause"], &run["failure_detail"]), (&json!("provider_status"), &json!("400")));
    let (_, steps) = app.get(&format!("/api/runs/{}/steps", run["id"])).await;
    assert_eq!(steps[0]["error"], "400 Bad Request: no");
}

#[tokio::test]
async fn a_running_run_is_stopped_with_what_it_used() {
    let app = TestApp::start().await;
    let agent = app.agent("wait").await;
    let id = app.task(agent).await;
    app.run_is(id, "running").await;
    let (status, stopping) = app.poke(&format!("/api/runs/{id}/stop")).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    assert!(stopping["cancel_requested_at"].is_string());
    let run = app.run_is(id, "cancelled").await;
    assert_eq!((&run["total_tokens"], &run["error"], &run["failure_kind"]), (&json!(15), &Value::Null, &Value::Null));
    assert_eq!((&run["failure_cause"], &run["answer_preview"]), (&Value::Null, &json!("so far")));
    let detail = problem(&app.poke(&format!("/api/runs/{id}/stop")).await, 409);
    assert!(detail.contains("over"), "{detail}");
}

#[tokio::test]
async fn a_success_that_comes_after_a_stop_is_dropped() {
    let app = TestApp::start().await;
    let agent = app.agent("deaf").await;
    let id = app.task(agent).await;
    app.run_is(id, "running").await;
    app.poke(&format!("/api/runs/{id}/stop")).await;
    let (status, again) = app.poke(&format!("/api/runs/{id}/stop")).await;
    assert_eq!((status, &again["status"]), (StatusCode::ACCEPTED, &json!("running")));
    app.stage.open(1);
    app.run_is(id, "cancelled").await;
}

#[tokio::test]
async fn a_queued_run_is_stopped_at_once() {
    let app = TestApp::start().await;
    let agent = app.agent_with(json!({ "name": "T", "model": "ollama/wait", "max_concurrent_runs": 1 })).await;
    let first = app.task(agent).await;
    app.run_is(first, "running").await;
    let second = app.task(agent).await;
    let (status, stopped) = app.poke(&format!("/api/runs/{second}/stop")).await;
    assert_eq!((status, &stopped["status"]), (StatusCode::ACCEPTED, &json!("cancelled")));
    app.stage.open(1);
    app.run_is(first, "success").await;
    assert_eq!(app.run(second).await["status"], "cancelled");
    assert_eq!(app.stage.begun(), 1);
}

on_both!(all_runs_of_an_agent_are_stopped_at_once);

async fn all_runs_of_an_agent_are_stopped_at_once(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent_with(json!({ "name": "Two", "model": "ollama/wait", "max_concurrent_runs": 1 })).await;
    let other = app.agent("wait").await;
    let (running, queued, others) = (app.task(agent).await, app.task(agent).await, app.task(other).await);
    app.run_is(running, "running").await;
    app.run_is(others, "running").await;
    let stop = async || app.poke(&format!("/api/agents/{agent}/stop")).await;
    assert_eq!(stop().await, (StatusCode::ACCEPTED, json!({ "stopped": 2 })));
    app.run_is(running, "cancelled").await;
    app.run_is(queued, "cancelled").await;
    assert_eq!(stop().await, (StatusCode::ACCEPTED, json!({ "stopped": 0 })));
    assert_eq!(app.get(&format!("/api/runs/{others}")).await.1["status"], "running", "another agent's");
    problem(&app.poke("/api/agents/999/stop").await, 404);
}

#[tokio::test]
async fn a_retry_is_a_new_run_of_the_same_chain() {
    let app = TestApp::start().await;
    let agent = app.agent("fail").await;
    let first = app.task_is(agent, "failed").await;
    let (status, started) = app.poke(&format!("/api/runs/{}/retry", first["id"])).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    let second = app.run_is(started["run_id"].as_i64().unwrap(), "failed").await;
    assert_eq!((&second["retry_of"], &second["root_run_id"]), (&first["id"], &first["id"]));
    assert_eq!(second["thread_id"], first["thread_id"]);
    let (_, started) = app.poke(&format!("/api/runs/{}/retry", second["id"])).await;
    let third = app.run_is(started["run_id"].as_i64().unwrap(), "failed").await;
    assert_eq!((&third["retry_of"], &third["root_run_id"]), (&second["id"], &first["id"]));
}

#[tokio::test]
async fn a_run_that_is_not_over_cannot_be_retried() {
    let app = TestApp::start().await;
    let agent = app.agent("wait").await;
    let id = app.task(agent).await;
    app.run_is(id, "running").await;
    let detail = problem(&app.poke(&format!("/api/runs/{id}/retry")).await, 409);
    assert!(detail.contains("running"), "{detail}");
    app.stage.open(1);
    app.run_is(id, "success").await;
    let (status, _) = app.poke(&format!("/api/runs/{id}/retry")).await;
    assert_eq!(status, StatusCode::ACCEPTED);
    app.stage.open(1);
    eventually("the retry has begun", async || (app.stage.begun() == 2).then_some(())).await;
}
