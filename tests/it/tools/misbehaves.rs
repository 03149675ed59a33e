//! A server that never responds, dies at once, says too much, or will not end.

use super::{call, dies, resolve, server, tool, toolbox};
use crate::support::{PATIENCE, eventually};
use runboard::domain::tool::ToolServerState;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Speaks the protocol as far as it must, writes down what it hears, and never responds to a call of `hang`. After a call
/// of `stop` it is there, and does nothing.
const PROBE: &str = r#"
const fs = require("node:fs");
const [log, mode] = process.argv.slice(1);
fs.writeFileSync(log + ".id", String(process.pid));
const say = (id, result) => console.log(JSON.stringify({ jsonrpc: "2.0", id, result }));
const tools = ["hang", "long", "die", "stop"].map((name) => ({ name, inputSchema: { type: "object" } }));
require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  fs.appendFileSync(log, JSON.stringify({ method, id: params?.requestId ?? id, name: params?.name }) + "\n");
  if (method === "initialize")
    say(id, { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "p", version: "1" } });
  if (method === "tools/list") say(id, { tools });
  if (method !== "tools/call") return;
  if (params.name === "long") say(id, { content: [{ type: "text", text: "x".repeat(3_000_000) }] });
  if (params.name === "stop") process.kill(process.pid, "SIGSTOP");
  if (params.name === "die") { console.error("cannot go on with", process.env.TOKEN); process.exit(7); }
});
if (mode === "stays") { setInterval(() => {}, 1000); process.on("SIGTERM", () => {}); }
"#;

fn declared(log: &Path, mode: &str) -> Value {
    limited(log, mode, 60)
}

fn limited(log: &Path, mode: &str, time_limit_s: u32) -> Value {
    json!({ "probe": {
        "command": "node", "args": ["-e", PROBE, log, mode], "env": { "TOKEN": "${SECRET}" }, "time_limit_s": time_limit_s,
    } })
}

/// Returns the lines that the probe has written down.
fn heard(log: &Path) -> Vec<Value> {
    let text = fs::read_to_string(log).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

#[tokio::test]
async fn a_call_that_is_dropped_is_cancelled_at_the_server() {
    let dir = TempDir::new().unwrap();
    let log = dir.path().join("log");
    let toolbox = toolbox(declared(&log, "")).await;
    let hang = tool(&toolbox, "mcp:probe/hang");
    assert_eq!(hang.time_limit().as_secs(), 120, "a place and the call");
    let pending = tokio::spawn(async move { call(&hang, json!({})).await });
    let id = eventually("the call has arrived", async || {
        let call = heard(&log).into_iter().find(|line| line["method"] == "tools/call")?;
        Some(call["id"].clone())
    })
    .await;
    pending.abort();
    assert!(pending.await.unwrap_err().is_cancelled());
    eventually("the cancellation has arrived", async || {
        heard(&log).into_iter().find(|line| line["method"] == "notifications/cancelled" && line["id"] == id)
    })
    .await;
    let long = tool(&toolbox, "mcp:probe/long");
    assert!(call(&long, json!({})).await.unwrap().ends_with("x\n[cut off after 1 MiB]"), "the server goes on");
    toolbox.shut_down().await;
}

#[tokio::test]
async fn a_server_that_dies_at_a_call_says_so_without_its_secrets() {
    let dir = TempDir::new().unwrap();
    let toolbox = toolbox(declared(&dir.path().join("log"), "")).await;
    let die = tool(&toolbox, "mcp:probe/die");
    let said = call(&die, json!({})).await.unwrap_err();
    assert!(said.starts_with("the MCP server probe broke off the call"), "{said}");
    let error = eventually("it is known to be down", async || server(&toolbox, "probe").error).await;
    assert_eq!(error, "the program ended with exit code 7; its last words: cannot go on with [key]");
    // Up and down again and again, it is still no reason to give up.
    for _ in 0..2 {
        eventually("it is back, and dies again", async || {
            call(&die, json!({})).await.err().filter(|said| said.contains("broke off the call"))
        })
        .await;
    }
    toolbox.shut_down().await;
}

#[tokio::test]
async fn a_program_that_does_nothing_any_more_is_begun_again() {
    let dir = TempDir::new().unwrap();
    let log = dir.path().join("log");
    let toolbox = toolbox(limited(&log, "", 1)).await;
    let id = fs::read_to_string(dir.path().join("log.id")).unwrap();
    let said = call(&tool(&toolbox, "mcp:probe/stop"), json!({})).await.unwrap_err();
    assert!(said.starts_with("the MCP server probe did not answer within 1 s"), "{said}");
    let error = eventually("it is known to be down", async || server(&toolbox, "probe").error).await;
    assert_eq!(error, "its program said nothing for 5 s after a call had been given up, and is begun again");
    dies(&id).await;
    let long = tool(&toolbox, "mcp:probe/long");
    eventually("another is there", async || call(&long, json!({})).await.ok()).await;
    toolbox.shut_down().await;
}

#[tokio::test]
async fn a_program_that_does_not_read_is_begun_again_and_what_it_was_not_asked_says_so() {
    let dir = TempDir::new().unwrap();
    let log = dir.path().join("log");
    let toolbox = toolbox(limited(&log, "", 6)).await;
    let (stop, long) = (tool(&toolbox, "mcp:probe/stop"), tool(&toolbox, "mcp:probe/long"));
    // More than a pipe holds.
    let much = json!({ "text": "x".repeat(300_000) });
    let stopped = tokio::spawn(async move { call(&stop, json!({})).await });
    eventually("it has stopped", async || heard(&log).into_iter().find(|line| line["name"] == "stop")).await;
    let (one, two) = tokio::join!(call(&long, much.clone()), call(&long, much));
    for said in [one, two] {
        let expected = "the MCP server probe was not asked, so nothing was done: its program does not read what it is \
                        sent, and is begun again";
        assert_eq!(said.unwrap_err(), expected);
    }
    let said = stopped.await.unwrap().unwrap_err();
    assert!(said.contains("may or may not have done what was asked"), "it was read: {said}");
    eventually("another is there", async || call(&long, json!({})).await.ok()).await;
    toolbox.shut_down().await;
}

#[tokio::test]
async fn a_program_that_is_no_server_is_named_with_its_last_words() {
    let script = "echo what is this >&2; echo no JSON; exit 2";
    let toolbox = toolbox(json!({ "odd": { "command": "sh", "args": ["-c", script] } })).await;
    let odd = server(&toolbox, "odd");
    assert_eq!(odd.state, ToolServerState::Down);
    assert_eq!(odd.error.unwrap(), "sh ended with exit code 2; its last words: what is this");
    assert_eq!(resolve(&toolbox, &["mcp:odd"]).missing.len(), 1);
    toolbox.shut_down().await;
}

#[tokio::test]
async fn a_server_that_will_not_end_is_killed_in_time() {
    let dir = TempDir::new().unwrap();
    let log = dir.path().join("log");
    let toolbox = toolbox(declared(&log, "stays")).await;
    let id = fs::read_to_string(dir.path().join("log.id")).unwrap();
    let asked = std::time::Instant::now();
    toolbox.shut_down().await;
    assert!(asked.elapsed() < PATIENCE, "{:?}", asked.elapsed());
    dies(&id).await;
}
