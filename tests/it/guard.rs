//! Tests that foreign hosts and foreign pages are refused until there is sign-in.

use crate::support::app::{TestApp, problem};
use reqwest::{Method, StatusCode, header};
use serde_json::json;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{connect_async, tungstenite};

#[tokio::test]
async fn a_foreign_host_is_refused_everywhere() {
    let app = TestApp::start().await;
    for path in ["/", "/api/agents", "/api/nothing", "/healthz"] {
        let request = app.request(Method::GET, path).header(header::HOST, "evil.example:3000");
        let detail = problem(&app.send(request).await, 403);
        assert!(detail.contains("evil.example"), "{detail}");
    }
}

#[tokio::test]
async fn a_foreign_page_can_change_nothing() {
    let app = TestApp::start().await;
    for origin in ["http://evil.example", "null", "http://127.0.0.1:1"] {
        for path in ["/api/agents", "/ui/agents/create", "/api/runs/1/stop"] {
            let request = app.request(Method::POST, path).header(header::ORIGIN, origin).json(&json!({ "name": "x" }));
            problem(&app.send(request).await, 403);
        }
    }
    let own = app.request(Method::POST, "/api/agents").header(header::ORIGIN, &app.url).json(&json!({ "name": "x" }));
    assert_eq!(app.send(own).await.0, StatusCode::CREATED);
}

#[tokio::test]
async fn a_foreign_page_cannot_listen() {
    let app = TestApp::start().await;
    let mut request = format!("{}/api/ws", app.url.replace("http", "ws")).into_client_request().unwrap();
    request.headers_mut().insert("origin", "http://evil.example".parse().unwrap());
    match connect_async(request).await {
        Err(tungstenite::Error::Http(response)) => assert_eq!(response.status().as_u16(), 403),
        other => panic!("{other:?}"),
    }
}
