//! Two runs compared: over REST, on their page, and the last good run on the page of one that failed.

mod last_good;
mod offers;

use crate::support::app::{TestApp, problem};
use crate::support::database::{TestDatabase, on_both};
use reqwest::{Method, StatusCode};
use runboard::server::work::demo::DemoPace;
use serde_json::{Value, json};

on_both!(
    a_failed_run_is_compared_with_the_last_good_one,
    runs_of_different_agents_are_compared,
    what_cannot_be_compared_says_what_to_do,
);

async fn put(app: &TestApp, agent: i64, body: Value) {
    let (status, agent) = app.send(app.request(Method::PUT, &format!("/api/agents/{agent}")).json(&body)).await;
    assert_eq!(status, StatusCode::OK, "{agent}");
}

/// Status of a page and what of its HTML is rendered, without the data at its end.
async fn page(app: &TestApp, path: &str) -> (StatusCode, String) {
    let response = app.request(Method::GET, path).send().await.unwrap();
    let status = response.status();
    let html = response.text().await.unwrap();
    (status, html.split_once("id=\"page-data\"").unwrap().0.to_owned())
}

fn fact<'a>(compared: &'a Value, name: &str) -> &'a Value {
    let facts = compared["facts"].as_array().unwrap();
    facts.iter().find(|fact| fact["name"] == name).unwrap_or_else(|| panic!("{name} in {compared}"))
}

async fn compared(app: &TestApp, path: &str) -> Value {
    let (status, compared) = app.get(path).await;
    assert_eq!(status, StatusCode::OK, "{compared}");
    compared
}

async fn a_failed_run_is_compared_with_the_last_good_one(database: TestDatabase) {
    let app = TestApp::at_work(database, DemoPace::INSTANT).await;
    let settings = json!({ "name": "Test", "model": "demo/tools", "system_instructions": "One" });
    let agent = app.agent_with(settings).await;
    let good = app.task_is(agent, "success").await["id"].as_i64().unwrap();
    let settings = json!({ "name": "Test", "model": "demo/fail", "system_instructions": "Two", "tools": [] });
    put(&app, agent, settings).await;
    let bad = app.task_is(agent, "failed").await["id"].as_i64().unwrap();

    let diff = compared(&app, &format!("/api/runs/{bad}/diff/last_good")).await;
    assert_eq!((&diff["a"]["id"], &diff["b"]["id"]), (&json!(bad), &json!(good)));
    let version = fact(&diff, "version");
    assert_eq!((&version["differs"], &version["a"], &version["b"]), (&json!(true), &json!("2"), &json!("1")));
    assert_eq!(version["note"], "Model demo/fail, 1 line of system instructions, 1 tool removed");
    assert_eq!((&fact(&diff, "input")["differs"], &fact(&diff, "trigger")["differs"]), (&json!(false), &json!(false)));
    assert_eq!(diff["tools"]["removed"], json!(["current_time"]), "{diff}");
    assert_eq!(fact(&diff, "tools")["note"], "gone: current_time");
    let settings: Vec<&str> =
        diff["settings"].as_array().unwrap().iter().map(|s| s["name"].as_str().unwrap()).collect();
    assert_eq!(settings, ["model", "system_instructions", "tools"]);
    let steps = diff["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 3, "{diff}");
    assert_eq!((&steps[0]["a"]["position"], &steps[0]["b"]["position"]), (&json!(1), &json!(1)));
    assert_eq!(steps[0]["differs"], "status");
    assert!(steps[0]["a"]["error"].is_string() && steps[0]["delta"]["duration_ms"].is_number(), "{diff}");
    assert_eq!((&steps[1]["name"], &steps[1]["differs"]), (&json!("current_time"), &json!("only_b")));
    assert_eq!((&diff["forks_at"], &diff["left_out"]), (&json!(0), &json!(0)));
    assert!(diff["answers"]["removed"].as_i64().unwrap() > 0, "{diff}");
    let named = compared(&app, &format!("/api/runs/{bad}/diff/{good}")).await;
    assert_eq!((&named["facts"], &named["steps"]), (&diff["facts"], &diff["steps"]));

    let (status, html) = page(&app, &format!("/runs/compare?a={bad}&b=last_good")).await;
    assert_eq!(status, StatusCode::OK);
    let lead = format!("href=\"/runs/{bad}#step-1\"");
    for says in ["Compare with the last good run", "What differs", "current_time", "From here the runs differ", &lead] {
        assert!(html.contains(says), "{says} in {html}");
    }

    let lead = format!("href=\"/runs/compare?a={bad}&amp;b=last_good\"");
    let (_, html) = page(&app, &format!("/runs/{bad}")).await;
    for says in ["What changed since it last worked", "version 1 → 2 (Model demo/fail", "1 offered → 0 offered", &lead]
    {
        assert!(html.contains(says), "{says} in {html}");
    }
    let (_, html) = page(&app, &format!("/runs/{good}")).await;
    assert!(!html.contains("last worked"), "a run that went well has nothing to explain");
    let again = app.task_is(agent, "failed").await["id"].as_i64().unwrap();
    let diff = compared(&app, &format!("/api/runs/{again}/diff/{bad}")).await;
    assert!(diff["facts"].as_array().unwrap().iter().all(|fact| fact["differs"] != true), "{diff}");
    assert_eq!(diff["forks_at"], Value::Null);
}

async fn runs_of_different_agents_are_compared(database: TestDatabase) {
    let app = TestApp::at_work(database, DemoPace::INSTANT).await;
    let (one, other) =
        (app.agent("quick").await, app.agent_with(json!({ "name": "Other", "model": "demo/quick" })).await);
    let start = async |agent: i64, input: &str, who: &str| {
        let body = json!({ "input": input, "variables": { "who": who } });
        let (status, started) = app.post(&format!("/api/agents/{agent}/task"), body).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{started}");
        app.run_is(started["run_id"].as_i64().unwrap(), "success").await["id"].as_i64().unwrap()
    };
    let (a, b) =
        (start(one, "Deliveries arrive late", "Ann").await, start(other, "Deliveries arrive early", "Bo").await);
    let diff = compared(&app, &format!("/api/runs/{a}/diff/{b}")).await;
    let agent = fact(&diff, "agent");
    assert_eq!((&agent["a"], &agent["b"], &agent["differs"]), (&json!("Test"), &json!("Other"), &json!(true)));
    assert_eq!(diff["settings"][0]["name"], "name");
    let changed = json!([{ "text": "Deliveries arrive ", "changed": false }, { "text": "late", "changed": true }]);
    assert_eq!((&diff["input"]["a"], &diff["input"]["same_percent"]), (&changed, &json!(66)));
    assert_eq!(diff["variables"], json!([{ "name": "who", "a": "Ann", "b": "Bo" }]));
    let (status, html) = page(&app, &format!("/runs/compare?a={a}&b={b}")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(html.contains("<del>early") && html.contains("<ins>late"), "{html}");
}

async fn what_cannot_be_compared_says_what_to_do(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent("quick").await;
    let run = app.task_is(agent, "success").await["id"].as_i64().unwrap();
    for (path, says) in [
        (format!("{run}/diff/last_good"), "no earlier successful run of its agent"),
        (format!("{run}/diff/4711"), "There is no run #4711."),
        (format!("4711/diff/{run}"), "There is no run #4711."),
        (format!("{run}/diff/newest"), "the second may be last_good"),
        (format!("last_good/diff/{run}"), "ids are whole numbers"),
    ] {
        let detail = problem(&app.get(&format!("/api/runs/{path}")).await, 404);
        assert!(detail.contains(says), "{path}: {detail}");
    }
    for (query, status, says) in [
        (String::new(), StatusCode::BAD_REQUEST, "Name two runs by their numbers"),
        (format!("?a={run}"), StatusCode::BAD_REQUEST, "Name two runs by their numbers"),
        ("?a=x&b=last_good".to_owned(), StatusCode::BAD_REQUEST, "Name two runs by their numbers"),
        (format!("?a=4711&b={run}"), StatusCode::NOT_FOUND, "There is no run #4711."),
        (format!("?a={run}&b=last_good"), StatusCode::NOT_FOUND, "no earlier successful run"),
    ] {
        let (found, html) = page(&app, &format!("/runs/compare{query}")).await;
        assert_eq!(found, status, "{query}");
        assert!(html.contains(says) && html.contains("name=\"a\""), "{query}: {html}");
    }
}
