//! `/api/stats`, `/api/agents/{id}/stats`, and the charts that are made of the same figures.

use crate::support::app::TestApp;
use crate::support::database::{TestDatabase, on_both};
use runboard::server::work::demo::DemoPace;
use reqwest::StatusCode;
use serde_json::{Value, json};

on_both!(figures_of_what_has_run_are_there_by_group, the_agent_s_page_draws_what_has_run,);

impl TestApp {
    async fn page(&self, path: &str) -> String {
        self.get(path).await.1.as_str().unwrap_or_default().to_owned()
    }
}

async fn figures_of_what_has_run_are_there_by_group(database: TestDatabase) {
    let app = TestApp::at_work(database, DemoPace::INSTANT).await;
    let agent = app.agent_with(json!({"name": "One", "model": "demo/quick", "tags": ["a", "b"]})).await;
    let failing = app.agent("demo/fail").await;
    app.task_is(agent, "success").await;
    app.task_is(agent, "success").await;
    app.task_is(failing, "failed").await;

    let (status, stats) = app.get("/api/stats?by=agent&bucket=day&period=7d&tz=Europe/Berlin").await;
    assert_eq!(status, StatusCode::OK, "{stats}");
    assert_eq!(stats["data"][0]["agent_name"], "One");
    assert_eq!(stats["data"][0]["succeeded"], 2);
    assert_eq!(stats["data"][0]["buckets"].as_array().unwrap().len(), 7);
    assert_eq!(stats["data"][0]["buckets"][6]["succeeded"], 2);
    assert_eq!(stats["data"][1]["failed_by_kind"]["error"], 1);
    assert_eq!(stats["total"]["runs"], 3);
    let applied = &stats["applied_filters"];
    assert_eq!((&applied["period"], &applied["tz"]), (&json!("7d"), &json!("Europe/Berlin")));
    assert!(applied["from"].as_str().unwrap().ends_with(":00:00.000Z"), "{applied}");

    let tags = app.get("/api/stats?by=tag").await.1;
    let names: Vec<&Value> = tags["data"].as_array().unwrap().iter().map(|group| &group["tag"]).collect();
    assert_eq!(names, [&json!("a"), &json!("b"), &Value::Null]);
    assert_eq!((&tags["total"], tags["notes"].as_array().unwrap().len()), (&Value::Null, 1));
    assert_eq!(tags["applied_filters"]["period"], "30d", "the default is said");

    let versions = app.get(&format!("/api/agents/{agent}/stats?by=version")).await.1;
    assert_eq!((&versions["data"][0]["version"], &versions["total"]["runs"]), (&json!(1), &json!(2)));

    for (path, pointer) in [
        ("/api/stats?by=owner", "/by"),
        ("/api/stats?bucket=hour&from=2020-01-01T00:00:00Z", "/bucket"),
        ("/api/stats?status=failed", "/status"),
        ("/api/agents/1/stats?by=tag", "/by"),
    ] {
        let (status, refused) = app.get(path).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{path}: {refused}");
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{path}");
    }
    assert_eq!(app.get("/api/agents/4711/stats").await.0, StatusCode::NOT_FOUND);
    app.end().await;
}

async fn the_agent_s_page_draws_what_has_run(database: TestDatabase) {
    let app = TestApp::at_work(database, DemoPace::INSTANT).await;
    let agent = app.agent("demo/quick").await;
    let page = app.page(&format!("/agents/{agent}")).await;
    assert!(page.contains("No run has ended in the last 30 days.") && page.contains("/charts.css"), "{page}");
    app.task_is(agent, "success").await;
    let page = app.page(&format!("/agents/{agent}")).await;
    assert!(page.contains("aria-label=\"Today: Succeeded 1, Failed 0\""), "{page}");
    assert!(page.contains(&format!("/agents/{agent}/versions?b=1")), "{page}");
    assert!(!app.page("/").await.contains("/charts.css"), "only where there are charts");
    app.end().await;
}
