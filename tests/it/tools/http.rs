//! The reference server "everything" over streamable HTTP.

use super::{call, reference_server, resolve, server, server_is, tool, toolbox};
use crate::support::eventually;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, post};
use runboard::domain::tool::ToolServerState;
use serde_json::{Value, json};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Notify;

/// The server as a process of its own; killed when dropped.
struct Everything(Child);

impl Everything {
    fn start(port: u16) -> Self {
        let child = Command::new("node")
            .arg(reference_server("everything"))
            .arg("streamableHttp")
            .env("PORT", port.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Self(child.expect("node is needed"))
    }
}

impl Drop for Everything {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Returns a port that is free, or was a moment ago.
fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

#[tokio::test]
async fn everything_answers_over_http_and_comes_back() {
    let port = free_port();
    let url = format!("http://127.0.0.1:{port}/mcp");
    // Declared before it is there: it is waited for.
    let toolbox = toolbox(json!({ "web": { "url": url } })).await;
    let missing = resolve(&toolbox, &["mcp:web/echo"]).missing.remove(0);
    assert_eq!(missing.pick, "mcp:web/echo");
    assert!(missing.why.starts_with("the MCP server web is ") && missing.why.contains("refused"), "{missing:?}");

    let everything = Everything::start(port);
    server_is(&toolbox, "web", ToolServerState::Ready).await;
    let echo = tool(&toolbox, "mcp:web/echo");
    assert_eq!(call(&echo, json!({ "message": "hello" })).await.unwrap(), "Echo: hello");

    drop(everything);
    let said = call(&echo, json!({ "message": "hello" })).await.unwrap_err();
    assert!(said.starts_with("the MCP server web "), "{said}");
    let down = server_is(&toolbox, "web", ToolServerState::Down).await;
    assert!(down.error.is_some_and(|error| !error.is_empty()));

    let _everything = Everything::start(port);
    eventually("it answers again", async || call(&echo, json!({ "message": "again" })).await.ok()).await;
    toolbox.shut_down().await;
}

#[tokio::test]
async fn headers_are_sent_and_never_shown() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    // A server that repeats what it was given, as some do.
    let refuse = async |headers: HeaderMap| {
        let given = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or("nothing").to_owned();
        (StatusCode::FORBIDDEN, format!("no access with {given}"))
    };
    let router = axum::Router::new().route("/mcp", any(refuse));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let toolbox = toolbox(json!({ "web": { "url": url, "headers": { "Authorization": "Bearer ${SECRET}" } } })).await;
    let error = server(&toolbox, "web").error.unwrap();
    assert!(error.contains("403") && error.contains("no access with [key]"), "{error}");
    toolbox.shut_down().await;
}

#[tokio::test]
async fn a_redirect_does_not_carry_the_headers_elsewhere() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    let router = axum::Router::new()
        .route("/mcp", any(async || (StatusCode::TEMPORARY_REDIRECT, [("location", "/elsewhere")])))
        .route("/elsewhere", any(async || (StatusCode::FORBIDDEN, "was followed")));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let toolbox = toolbox(json!({ "web": { "url": url, "headers": { "X-Key": "${SECRET}" } } })).await;
    let error = server(&toolbox, "web").error.unwrap();
    assert!(error.contains("307"), "{error}");
    toolbox.shut_down().await;
}

/// Serves one session, which has a number, and says of others as servers do that they are none.
async fn of_session(State(session): State<Arc<AtomicUsize>>, headers: HeaderMap, Json(asked): Json<Value>) -> Response {
    let (id, method) = (&asked["id"], asked["method"].as_str().unwrap_or_default());
    let number = session.load(Ordering::SeqCst).to_string();
    let is_known = headers.get("mcp-session-id").is_some_and(|given| *given == *number);
    let result = match method {
        "initialize" => json!({
            "protocolVersion": "2025-06-18", "capabilities": { "tools": {} }, "serverInfo": { "name": "s", "version": "1" },
        }),
        _ if !is_known => {
            let error = json!({ "code": -32000, "message": "Bad Request: No valid session ID provided" });
            return (StatusCode::BAD_REQUEST, Json(json!({ "jsonrpc": "2.0", "error": error, "id": null })))
                .into_response();
        }
        _ if id.is_null() => return StatusCode::ACCEPTED.into_response(),
        "tools/list" => json!({ "tools": [{ "name": "hello", "inputSchema": { "type": "object" } }] }),
        _ => json!({ "content": "hello" }),
    };
    ([("mcp-session-id", number)], Json(json!({ "jsonrpc": "2.0", "id": id, "result": result }))).into_response()
}

#[tokio::test]
async fn a_server_that_has_lost_the_session_is_reached_again() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    let session = Arc::new(AtomicUsize::new(1));
    let router = axum::Router::new().route("/mcp", post(of_session)).with_state(Arc::clone(&session));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let toolbox = toolbox(json!({ "web": { "url": url } })).await;
    let hello = tool(&toolbox, "mcp:web/hello");
    assert_eq!(call(&hello, json!({})).await.unwrap(), "hello");
    session.store(2, Ordering::SeqCst);
    let said = call(&hello, json!({})).await.unwrap_err();
    assert!(said.contains("HTTP 400") && said.contains("No valid session ID"), "at once: {said}");
    eventually("there is another session", async || call(&hello, json!({})).await.ok()).await;
    toolbox.shut_down().await;
}

/// A server that lets one call wait until it is told, and has no room for any other, nor for pings.
#[derive(Clone, Default)]
struct Full {
    go_on: Arc<Notify>,
    pings: Arc<AtomicUsize>,
}

async fn of_full(State(full): State<Full>, Json(asked): Json<Value>) -> Response {
    let (id, method) = (&asked["id"], asked["method"].as_str().unwrap_or_default());
    let no_room = || (StatusCode::SERVICE_UNAVAILABLE, "<h1>No room</h1>").into_response();
    let tool = |name: &str| json!({ "name": name, "inputSchema": { "type": "object" } });
    let result = match method {
        "initialize" => json!({
            "protocolVersion": "2025-06-18", "capabilities": { "tools": {} }, "serverInfo": { "name": "s", "version": "1" },
        }),
        _ if id.is_null() => return StatusCode::ACCEPTED.into_response(),
        "tools/list" => json!({ "tools": [tool("long"), tool("other")] }),
        "tools/call" if asked["params"]["name"] == "long" => {
            full.go_on.notified().await;
            json!({ "content": "done" })
        }
        "ping" => {
            full.pings.fetch_add(1, Ordering::SeqCst);
            return no_room();
        }
        _ => return no_room(),
    };
    Json(json!({ "jsonrpc": "2.0", "id": id, "result": result })).into_response()
}

#[tokio::test]
async fn a_server_without_room_for_pings_goes_on_with_its_calls() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    let full = Full::default();
    let router = axum::Router::new().route("/mcp", post(of_full)).with_state(full.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let toolbox = toolbox(json!({ "web": { "url": url } })).await;
    let (long, other) = (tool(&toolbox, "mcp:web/long"), tool(&toolbox, "mcp:web/other"));
    let refused = async {
        for pings in 1..=4 {
            let said = call(&other, json!({})).await.unwrap_err();
            assert!(said.contains("HTTP 503"), "{said}");
            eventually("it is pinged", async || (full.pings.load(Ordering::SeqCst) >= pings).then_some(())).await;
        }
        full.go_on.notify_one();
    };
    let (done, ()) = tokio::join!(call(&long, json!({})), refused);
    assert_eq!(done.unwrap(), "done");
    toolbox.shut_down().await;
}
