//! Servers whose lists, schemas and results are not what the protocol says: everything else of theirs works on.

use super::{call, names, resolve, server, tool, toolbox};
use axum::Json;
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use runboard::domain::tool::ToolServerState;
use runboard::server::work::tools::Toolbox;
use serde_json::{Value, json};

/// Lists `pages` in turn, the last again and again, and responds to a call of a tool with the bytes that `results` has
/// for it, one byte a character.
const ODD: &str = r#"
const { pages, results } = JSON.parse(process.argv[1]);
const raw = (id, result) =>
  process.stdout.write(Buffer.from('{"jsonrpc":"2.0","id":' + id + ',"result":' + result + "}\n", "latin1"));
let listed = 0;
process.stdout.write("starting up\n{\"level\":\"info\"}\n");
require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === "initialize")
    raw(id, JSON.stringify({ protocolVersion: params.protocolVersion, capabilities: { tools: true }, serverInfo: null }));
  if (method === "tools/list") raw(id, JSON.stringify(pages[Math.min(listed++, pages.length - 1)]));
  if (method === "tools/call" && results[params.name] !== undefined) raw(id, results[params.name]);
});
"#;

async fn odd(pages: Value, results: Value) -> Toolbox {
    let what = json!({ "pages": pages, "results": results }).to_string();
    let declared = json!({ "command": "node", "args": ["-e", ODD, what.replace("${", "$${")], "time_limit_s": 1 });
    toolbox(json!({ "odd": declared })).await
}

fn plain(name: &str) -> Value {
    json!({ "name": name, "inputSchema": { "type": "object" } })
}

#[tokio::test]
async fn a_list_without_end_ends() {
    let page = json!({ "tools": [plain("a"), plain("b")], "nextCursor": "same" });
    let endless = odd(json!([page]), json!({})).await;
    let known = server(&endless, "odd");
    assert_eq!((known.state, known.tools.len(), known.left_out.len()), (ToolServerState::Ready, 2, 0), "{known:?}");
    endless.shut_down().await;
    let pages: Vec<Value> =
        (0..200).map(|n| json!({ "tools": [plain(&format!("t{n}"))], "nextCursor": n.to_string() })).collect();
    let long = odd(json!(pages), json!({})).await;
    let known = server(&long, "odd");
    assert_eq!((known.state, known.tools.len()), (ToolServerState::Ready, 100), "{:?}", known.error);
    assert_eq!(known.left_out[0].reason, "the list goes on after 100 tools, and is not read further");
    long.shut_down().await;
}

#[tokio::test]
async fn one_odd_tool_costs_no_other_and_is_named() {
    let union = json!({ "name": "union", "inputSchema": { "oneOf": [
        { "type": "object", "properties": { "a": { "type": "string" } }, "required": ["a"] },
        { "type": "object", "properties": { "b": { "type": "string" } }, "required": ["b"] },
    ] } });
    let tools =
        json!([plain("good"), { "name": "broken" }, union, { "name": "text", "inputSchema": { "type": "string" } }]);
    let toolbox = odd(json!([{ "tools": tools }]), json!({})).await;
    let known = server(&toolbox, "odd");
    let left: Vec<_> = known.left_out.iter().map(|tool| (tool.name.as_str(), tool.reason.as_str())).collect();
    let expected =
        [("broken", "it has no inputSchema"), ("text", "its schema takes no object, and arguments always are one")];
    assert_eq!(left, expected);

    let resolved = resolve(&toolbox, &["mcp:odd"]);
    assert_eq!(names(&resolved), ["odd__good", "odd__union"]);
    let properties = &resolved.specs[1].parameters["properties"];
    assert!(properties["a"].is_object() && properties["b"].is_object(), "{:?}", resolved.specs[1]);
    let missing: Vec<_> = resolved.missing.iter().map(|missing| missing.pick.as_str()).collect();
    assert_eq!(missing, ["mcp:odd/broken", "mcp:odd/text"]);
    let one = resolve(&toolbox, &["mcp:odd/broken"]).missing.remove(0);
    assert_eq!(one.why, "the MCP server odd offers it, but it has no inputSchema");
    toolbox.shut_down().await;
}

#[tokio::test]
async fn odd_results_arrive() {
    let results = json!({
        "video": r#"{"content":[{"type":"text","text":"known"},{"type":"video","url":"v://1"}]}"#,
        "bare": r#"{"content":"just a text"}"#,
        "old": r#"{"toolResult":"of an early protocol"}"#,
        "null": r#"{"content":[{"type":"text","text":null},{"type":"text","text":"two"}]}"#,
        "half": r#"{"content":[{"type":"text","text":"lone \ud83d half"}]}"#,
        "bytes": "{\"content\":[{\"type\":\"text\",\"text\":\"not \u{ff} UTF-8\"}]}",
        "control": "{\"content\":[{\"type\":\"text\",\"text\":\"a\u{1b}[0m\\u0000b\"}]}",
        "nan": r#"{"structuredContent":{"mean":NaN}}"#,
    });
    let listed: Vec<Value> = results.as_object().unwrap().keys().map(|name| plain(name)).collect();
    let toolbox = odd(json!([{ "tools": listed }]), results).await;
    for (name, expected) in [
        ("video", "known\n[content of an unknown kind, video]\n{\"type\":\"video\",\"url\":\"v://1\"}"),
        ("bare", "just a text"),
        ("old", "of an early protocol"),
        ("null", "two"),
        ("half", "lone \u{fffd} half"),
        ("bytes", "not \u{fffd} UTF-8"),
        ("control", "a\u{1b}[0m\u{fffd}b"),
        ("nan", "{\"mean\":null}"),
    ] {
        let said = call(&tool(&toolbox, &format!("mcp:odd/{name}")), json!({})).await;
        assert_eq!(said.as_deref(), Ok(expected), "{name}");
    }
    toolbox.shut_down().await;
}

#[tokio::test]
async fn a_call_that_takes_too_long_names_the_limit() {
    let toolbox =
        odd(json!([{ "tools": [plain("silent"), plain("quick")] }]), json!({ "quick": "{\"content\":\"yes\"}" })).await;
    let said = call(&tool(&toolbox, "mcp:odd/silent"), json!({})).await.unwrap_err();
    assert!(
        said.starts_with("the MCP server odd did not answer within 1 s, its time_limit_s in runboard.toml"),
        "{said}"
    );
    assert_eq!(call(&tool(&toolbox, "mcp:odd/quick"), json!({})).await.unwrap(), "yes", "the server goes on");
    toolbox.shut_down().await;
}

/// Serves tools over HTTP: responds to calls of `json` with JSON and of `events` with events, with bytes that are no
/// text; to others with a batch of messages, as either.
async fn answer(Json(asked): Json<Value>) -> Response {
    let Some(id) = asked.get("id") else { return StatusCode::ACCEPTED.into_response() };
    let body =
        |result: &[u8]| [format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\":").as_bytes(), result, b"}"].concat();
    let odd = b"{\"content\":[{\"type\":\"text\",\"text\":\"\xc3\xa9 \xff \\ud83d\"},{\"type\":\"video\"}]}";
    let (kind, body) = match (asked["method"].as_str().unwrap_or_default(), asked["params"]["name"].as_str()) {
        ("initialize", _) => {
            let result = json!({
                "protocolVersion": "2025-06-18", "capabilities": { "tools": {} }, "serverInfo": { "name": "o", "version": "1" },
            });
            ("application/json", body(result.to_string().as_bytes()))
        }
        ("tools/list", _) => {
            let tools = json!({ "tools": [plain("json"), { "name": "broken" }, plain("events"),
                plain("batch"), plain("batched_event"), plain("nameless"), plain("broken_off")] });
            ("application/json; charset=utf-8", body(tools.to_string().as_bytes()))
        }
        ("tools/call", Some(name @ ("batch" | "batched_event"))) => {
            let response = body(br#"{"content":"one of several"}"#);
            let batch =
                [br#"[{"method":"notifications/message"},"#.as_slice(), response.as_slice(), br#",{"method":"x/y"}]"#]
                    .concat();
            match name {
                "batch" => ("application/json", batch),
                _ => ("text/event-stream", [b"event: batch\ndata: ", batch.as_slice(), b"\n\n"].concat()),
            }
        }
        ("tools/call", Some("nameless")) => {
            ("application/json", br#"{"error":{"code":-32600,"message":"cannot be done"},"id":null}"#.to_vec())
        }
        // The connection breaks before the response, which comes when it is asked for.
        ("tools/call", Some("broken_off")) => {
            ("text/event-stream", format!("id: {id}\nretry: 1\ndata: {{\"method\":\"x/y\"}}\n\n").into_bytes())
        }
        ("tools/call", Some("events")) => {
            ("text/event-stream", [b": hello\r\n\r\ndata: ", body(odd).as_slice(), b"\r\n\r\n"].concat())
        }
        _ => ("application/json", body(odd)),
    };
    Response::builder().header(CONTENT_TYPE, kind).body(Body::from(body)).unwrap()
}

/// Goes on after the event of the call of `broken_off`, whose id is the call's.
async fn go_on(headers: HeaderMap) -> Response {
    let Some(id) = headers.get("last-event-id").and_then(|id| id.to_str().ok()) else {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    };
    let rest = [
        b"event: rest\ndata: [{\"method\":\"x/y\"},{\"id\":\"".as_slice(),
        id.as_bytes(),
        b"\",\"result\":{\"content\":\"not \xff \\ud83d text\"}}]\n\n",
    ];
    Response::builder().header(CONTENT_TYPE, "text/event-stream").body(Body::from(rest.concat())).unwrap()
}

#[tokio::test]
async fn odd_answers_arrive_over_http() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    let router = axum::Router::new().route("/mcp", post(answer).get(go_on));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let toolbox = toolbox(json!({ "web": { "url": url } })).await;
    let known = server(&toolbox, "web");
    assert_eq!((known.tools.len(), known.left_out.len()), (6, 1), "{known:?}");
    for name in ["json", "events"] {
        let said = call(&tool(&toolbox, &format!("mcp:web/{name}")), json!({})).await.unwrap();
        let expected = "é \u{fffd} \u{fffd}\n[content of an unknown kind, video]\n{\"type\":\"video\"}";
        assert_eq!(said, expected, "{name}");
    }
    for name in ["batch", "batched_event"] {
        let said = call(&tool(&toolbox, &format!("mcp:web/{name}")), json!({})).await;
        assert_eq!(said.as_deref(), Ok("one of several"), "{name}");
    }
    let said = call(&tool(&toolbox, "mcp:web/nameless"), json!({})).await;
    assert_eq!(said.unwrap_err(), "cannot be done");
    let said = call(&tool(&toolbox, "mcp:web/broken_off"), json!({})).await;
    assert_eq!(said.unwrap(), "not \u{fffd} \u{fffd} text", "it is read alike, wherever it comes");
    toolbox.shut_down().await;
}
