//! `/api/stats`, `/api/agents/{id}/stats`, and the charts that are made of the same figures.

use crate::support::app::TestApp;
use crate::support::database::{TestDatabase, on_both};
use reqwest::{Method, StatusCode};
use runboard::server::work::demo::DemoPace;
use serde_json::{Value, json};

on_both!(
    figures_of_what_has_run_are_there_by_group,
    the_agent_s_page_draws_what_has_run,
    the_page_of_all_agents_has_their_cost_and_failures,
    an_agent_s_page_says_why_its_runs_failed,
    what_a_schedule_would_cost_is_said_before_it_is_saved,
);

impl TestApp {
    async fn page(&self, path: &str) -> String {
        self.get(path).await.1.as_str().unwrap_or_default().to_owned()
    }
}

async fn figures_of_what_has_run_are_there_by_group(database: TestDatabase) {
    let app = TestApp::at_work(database, DemoPace::INSTANT).await;
    let agent = app.agent_with(json!({"name": "One", "model": "demo/quick", "tags": ["a", "b"]})).await;
    let failing = app.agent("fail").await;
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
    let agent = app.agent("quick").await;
    let page = app.page(&format!("/agents/{agent}")).await;
    assert!(page.contains("No run has ended in the last 30 days."), "{page}");
    app.task_is(agent, "success").await;
    let page = app.page(&format!("/agents/{agent}")).await;
    assert!(page.contains("aria-label=\"Today: Succeeded 1, Failed 0\""), "{page}");
    assert!(page.contains(&format!("/agents/{agent}/versions?b=1")), "{page}");
    app.end().await;
}

async fn the_page_of_all_agents_has_their_cost_and_failures(database: TestDatabase) {
    let app = TestApp::at_work(database, DemoPace::INSTANT).await;
    let agent = app.agent_with(json!({"name": "Zebra", "model": "demo/quick", "tags": ["stripes"]})).await;
    let failing = app.agent("fail").await;
    app.task_is(agent, "success").await;
    app.task_is(failing, "failed").await;
    for (query, label, href) in [
        ("", "Zebra", format!("/runs?agent={agent}&amp;period=30d")),
        ("?by=model&period=7d", "demo/fail", "/runs?status=failed&amp;model=demo/fail&amp;period=7d".to_owned()),
        ("?by=tag&period=24h", "stripes", "/runs?agent_tag=stripes&amp;period=24h".to_owned()),
        ("?by=trigger", "API", "/runs?trigger=api&amp;period=30d".to_owned()),
    ] {
        let page = app.page(&format!("/analytics{query}")).await;
        assert!(page.contains(label) && page.contains(&href), "{query}: {page}");
        assert!(page.contains("Succeeded"), "{query}: {page}");
    }
    let (status, page) = app.get("/analytics?period=2d").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.as_str().unwrap().contains("is not one of 1h, 24h, 7d, 30d"), "{page}");
    app.end().await;
}

async fn an_agent_s_page_says_why_its_runs_failed(database: TestDatabase) {
    let app = TestApp::at_work(database, DemoPace::INSTANT).await;
    let agent = app.agent("fail").await;
    app.task_is(agent, "failed").await;
    app.task_is(agent, "failed").await;
    let path = format!("/api/agents/{agent}/errors");
    let (_, errors) = app.get(&path).await;
    let error = &errors["data"][0];
    assert_eq!((&error["runs"], &error["state"]), (&json!(2), &json!("open")), "{errors}");
    assert!(error["message"].as_str().unwrap().contains("always fails"), "{errors}");
    let page = app.page(&format!("/agents/{agent}")).await;
    assert!(page.contains("Why runs failed") && page.contains("2 runs"), "{page}");

    let at = format!("{path}/{}", error["id"]);
    let resolve = app.request(Method::PATCH, &at).json(&json!({"state": "resolved"}));
    assert_eq!(app.send(resolve).await.1["state"], "resolved");
    assert_eq!(app.get(&format!("{path}?state=open")).await.1["data"], json!([]));
    assert!(app.page(&format!("/agents/{agent}")).await.contains("Reopen"));
    let (status, refused) = app.get(&format!("{path}?state=closed")).await;
    assert_eq!((status, &refused["errors"][0]["pointer"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("/state")));
    app.end().await;
}

async fn what_a_schedule_would_cost_is_said_before_it_is_saved(database: TestDatabase) {
    let app = TestApp::at_work(database, DemoPace::INSTANT).await;
    let agent = app.agent("quick").await;
    let estimate = async |schedule: &str| {
        let path = "/ui/agents/estimate?model=demo/quick&time_zone=UTC&budget=5";
        app.get(&format!("{path}&id={agent}&schedule={schedule}")).await.1
    };
    assert!(estimate("@daily").await.as_str().unwrap().contains("after 3 successful runs"));
    let new = app.get("/ui/agents/estimate?model=demo/quick&time_zone=UTC&budget=6&schedule=@daily").await.1;
    let new = new.as_str().unwrap();
    assert!(new.starts_with("30 runs in 30 days.") && new.ends_with("$6.00 is $0.200 for each of them."), "{new}");
    for _ in 0..3 {
        app.task_is(agent, "success").await;
    }
    let said = estimate("@daily").await;
    assert!(said.as_str().unwrap().starts_with("About $0 a month: 30 runs in 30 days at $0 each"), "{said}");
    assert!(said.as_str().unwrap().contains("within the month's budget of $5.00"), "{said}");
    assert_eq!(estimate("whenever").await, Value::Null, "the field says what is wrong with it");
    app.end().await;
}
