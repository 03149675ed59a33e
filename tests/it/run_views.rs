//! What a run's page makes of its steps, and the run as one document.

use crate::support::app::TestApp;
use crate::support::database::{TestDatabase, on_both};
use reqwest::{Method, StatusCode};
use runboard::server::work::demo::DemoPace;
use serde_json::{Value, json};

on_both!(a_run_s_page_has_its_steps_over_time, a_run_is_one_document_to_be_saved, what_is_not_there_has_neither,);

/// Status of a page and what of its HTML is rendered, without the data at its end.
async fn page(app: &TestApp, path: &str) -> (StatusCode, String) {
    let response = app.request(Method::GET, path).send().await.unwrap();
    let status = response.status();
    let html = response.text().await.unwrap();
    (status, html.split_once("id=\"page-data\"").unwrap().0.to_owned())
}

/// Returns a run of three steps, a tool's among them, that is over.
async fn run_with_tools(app: &TestApp) -> i64 {
    let agent = app.agent_with(json!({ "name": "Timed", "model": "demo/tools" })).await;
    app.task_is(agent, "success").await["id"].as_i64().unwrap()
}

async fn a_run_s_page_has_its_steps_over_time(database: TestDatabase) {
    let app = TestApp::at_work(database, DemoPace::INSTANT).await;
    let run = run_with_tools(&app).await;
    let (status, html) = page(&app, &format!("/runs/{run}")).await;
    assert_eq!(status, StatusCode::OK);
    for shown in ["Model call 1", "current_time", "Model call 2", "href=\"#step-2\"", "Tokens and cost"] {
        assert!(html.contains(shown), "{shown}: {html}");
    }
    let (status, charts) = app.get(&format!("/ui/run/charts?id={run}")).await;
    assert_eq!(status, StatusCode::OK, "{charts}");
    assert!(charts.as_str().unwrap().contains("class=\"waterfall"), "{charts}");
}

async fn a_run_is_one_document_to_be_saved(database: TestDatabase) {
    let app = TestApp::at_work(database, DemoPace::INSTANT).await;
    let run = run_with_tools(&app).await;
    let response = app.request(Method::GET, &format!("/api/runs/{run}/raw")).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let disposition = response.headers()["content-disposition"].to_str().unwrap();
    assert_eq!(disposition, format!("attachment; filename=\"run-{run}.json\""));
    let document: Value = response.json().await.unwrap();
    let (_, whole) = app.get(&format!("/api/runs/{run}")).await;
    for (name, value) in whole.as_object().unwrap() {
        assert_eq!(&document[name], value, "{name}");
    }
    let kinds: Vec<&Value> = document["steps"].as_array().unwrap().iter().map(|step| &step["kind"]).collect();
    assert_eq!(kinds, ["model_call", "tool_call", "model_call"]);
    assert!(!document["messages"].as_array().unwrap().is_empty(), "{document}");

    let (status, html) = page(&app, &format!("/runs/{run}/raw")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(html.contains(&format!("href=\"/api/runs/{run}/raw\"")), "{html}");
    assert!(html.contains("current_time") && html.contains("payloads_removed_at"), "{html}");
}

async fn what_is_not_there_has_neither(database: TestDatabase) {
    let app = TestApp::at_work(database, DemoPace::INSTANT).await;
    for path in ["/api/runs/99/raw", "/ui/run/charts?id=99"] {
        assert_eq!(app.get(path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    let (status, html) = page(&app, "/runs/99/raw").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(html.contains("There is no run #99."), "{html}");
}
