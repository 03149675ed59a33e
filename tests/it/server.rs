//! Health, headers and pages.

use crate::support::app::{TestApp, problem};
use crate::support::database::TestDatabase;
use crate::support::eventually;
use reqwest::{Method, StatusCode};

#[tokio::test]
async fn health_and_readiness_answer() {
    let app = TestApp::start().await;
    assert_eq!(app.get("/healthz").await.0, StatusCode::OK);
    let (status, body) = app.get("/readyz").await;
    assert_eq!((status, &body["status"]), (StatusCode::OK, &"ready".into()));
    let names: Vec<_> = body["tasks"].as_array().unwrap().iter().map(|task| task["name"].as_str().unwrap()).collect();
    for task in [
        "database upkeep",
        "dispatcher",
        "leases",
        "live progress",
        "live updates",
        "old echoes",
        "recovery",
        "schedules",
    ] {
        assert!(names.contains(&task), "{task} is not among {names:?}");
    }
}

#[tokio::test]
async fn a_server_part_of_which_is_not_at_work_is_not_ready() {
    let app = TestApp::start().await;
    app.state.tasks.keep("test", || async { panic!("a fault of the test") });
    let not_ready = eventually("it is not ready", async || {
        let answer = app.get("/readyz").await;
        (answer.0 != StatusCode::OK).then_some(answer)
    })
    .await;
    assert!(problem(&not_ready, 503).contains("test (a fault of the test)"), "{not_ready:?}");
}

#[tokio::test]
async fn pages_are_html_and_carry_safe_headers() {
    let app = TestApp::on(TestDatabase::sqlite(), "127.0.0.1:0").await;
    let response = app.request(Method::GET, "/").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    for (name, value) in [("x-content-type-options", "nosniff"), ("x-frame-options", "DENY")] {
        assert_eq!(response.headers()[name], value);
    }
    let html = response.text().await.unwrap();
    assert!(html.contains("Morning brief"), "the first HTML lists the agents");
}

#[tokio::test]
async fn the_first_html_shows_an_open_row_s_runs_and_a_run_s_page() {
    let app = TestApp::start().await;
    let agent = app.agent("fail").await;
    let run = app.task_is(agent, "failed").await;
    let open = app.request(Method::GET, &format!("/?agent={agent}")).send().await.unwrap().text().await.unwrap();
    let row = format!("data-run=\"{}\"", run["id"]);
    assert!(open.contains(&row), "the run is in the first HTML");
    let closed = app.request(Method::GET, "/").send().await.unwrap().text().await.unwrap();
    assert!(!closed.contains(&row));
    let says_why = |html: &str| html.matches("400 Bad Request: no").count();
    assert!(
        says_why(&closed) > 0 && says_why(&open) > says_why(&closed),
        "the agent's row says why, and the run's too"
    );
    let page = app.request(Method::GET, &format!("/runs/{}", run["id"])).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    assert!(page.text().await.unwrap().contains("400 Bad Request: no"));
}

#[tokio::test]
async fn a_page_that_is_not_there_is_404() {
    let app = TestApp::start().await;
    for path in ["/nowhere", "/runs/999999", "/runs/x"] {
        let response = app.request(Method::GET, path).header("accept", "text/html").send().await.unwrap();
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert!(response.text().await.unwrap().contains("<title>Not found"), "{path}");
    }
    let response = app.request(Method::GET, "/nothing.js").send().await.unwrap();
    assert_eq!(
        (response.status(), response.text().await.unwrap()),
        (StatusCode::NOT_FOUND, "There is nothing at /nothing.js.".into())
    );
    // The list is there, only the row is not.
    assert_eq!(app.get("/?agent=999999").await.0, StatusCode::OK);
    assert_eq!(app.get("/ui/agent?id=999999").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_live_address_without_an_upgrade_says_so() {
    let app = TestApp::start().await;
    problem(&app.get("/api/ws").await, 400);
}

#[tokio::test]
async fn a_server_function_takes_no_endless_body() {
    let app = TestApp::start().await;
    let body = serde_json::json!({ "input": { "name": "x".repeat(5 << 20) } });
    let (status, answer) = app.post("/ui/agents/create", body).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE, "{answer}");
    let (status, answer) = app.post("/ui/agents/create", serde_json::json!({ "input": 7 })).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
}
