//! Many calls of one server at once.

use super::{call, tool, toolbox};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use futures::future::join_all;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::Barrier;

/// As many as one answer of a model may ask for.
const TOGETHER: usize = 128;

/// Serves a tool that returns once all are called, each call as one JSON document.
async fn answer(State(all): State<Arc<Barrier>>, Json(asked): Json<Value>) -> Response {
    let Some(id) = asked.get("id") else { return StatusCode::ACCEPTED.into_response() };
    let result = match asked["method"].as_str().unwrap_or_default() {
        "initialize" => json!({
            "protocolVersion": "2025-06-18", "capabilities": { "tools": {} }, "serverInfo": { "name": "m", "version": "1" },
        }),
        "tools/list" => json!({ "tools": [{ "name": "meet", "inputSchema": { "type": "object" } }] }),
        "tools/call" => {
            all.wait().await;
            json!({ "content": "all were there" })
        }
        _ => json!({}),
    };
    Json(json!({ "jsonrpc": "2.0", "id": id, "result": result })).into_response()
}

#[tokio::test]
async fn all_calls_of_an_answer_are_under_way_at_once() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    let router = Router::new().route("/mcp", post(answer)).with_state(Arc::new(Barrier::new(TOGETHER)));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let toolbox = toolbox(json!({ "web": { "url": url } })).await;
    let meet = tool(&toolbox, "mcp:web/meet");
    for said in join_all((0..TOGETHER).map(|_| call(&meet, json!({})))).await {
        assert_eq!(said.as_deref(), Ok("all were there"));
    }
    toolbox.shut_down().await;
}

/// Shakes hands, lists its tool, and never responds to a call.
const SILENT: &str = r#"
const say = (id, result) => console.log(JSON.stringify({ jsonrpc: "2.0", id, result }));
require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === "initialize")
    say(id, { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "s", version: "1" } });
  if (method === "tools/list") say(id, { tools: [{ name: "silent", inputSchema: { type: "object" } }] });
});
"#;

#[tokio::test]
async fn a_call_that_was_never_sent_says_so() {
    let toolbox = toolbox(json!({ "slow": { "command": "node", "args": ["-e", SILENT], "time_limit_s": 1 } })).await;
    let silent = tool(&toolbox, "mcp:slow/silent");
    // The first have their places, the next get them when those are given up, and the rest gets none in time.
    let said = join_all((0..800).map(|_| call(&silent, json!({})))).await;
    let (sent, unsent): (Vec<_>, Vec<_>) = said
        .into_iter()
        .map(Result::unwrap_err)
        .partition(|said| said.starts_with("the MCP server slow did not answer within 1 s"));
    assert!(sent.len() >= 256 && !unsent.is_empty(), "{} were sent", sent.len());
    for said in unsent {
        assert!(said.ends_with("this one within 1 s: it was not sent, so nothing was done"), "{said}");
    }
    toolbox.shut_down().await;
}
