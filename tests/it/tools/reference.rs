//! The reference servers "everything" and "filesystem" over standard input and output.

use super::{call, dies, names, reference_server, resolve, server, server_is, tool, toolbox};
use crate::support::eventually;
use runboard::domain::tool::ToolServerState;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// Returns a server of `name` that writes its process's id to `id` each time it starts.
fn declared(name: &str, id: &Path, args: &[&Path]) -> Value {
    let mut all = vec![json!("-c"), json!("echo $$ > \"$0\"; exec node \"$@\""), json!(id)];
    all.push(json!(reference_server(name)));
    all.extend(args.iter().map(|arg| json!(arg)));
    json!({ "command": "sh", "args": all })
}

#[tokio::test]
async fn everything_answers() {
    let dir = TempDir::new().unwrap();
    let id = dir.path().join("id");
    let mut everything = declared("everything", &id, &[]);
    everything["env"] = json!({ "GIVEN": "yes", "TOKEN": "${SECRET}" });
    let toolbox = toolbox(json!({ "all": everything })).await;
    assert_eq!(server(&toolbox, "all").state, ToolServerState::Ready, "{:?}", server(&toolbox, "all"));

    let resolved = resolve(&toolbox, &["mcp:all/echo", "mcp:all", "mcp:all/get-sum"]);
    assert_eq!(resolved.missing, []);
    assert_eq!(names(&resolved).iter().filter(|name| **name == "all__echo").count(), 1, "{:?}", names(&resolved));
    assert!(names(&resolved).contains(&"all__get-sum"));
    let echo = tool(&toolbox, "mcp:all/echo");
    assert_eq!(echo.spec().parameters["properties"]["message"]["type"], "string", "{:?}", echo.spec());
    assert!(!echo.spec().description.is_empty());
    assert_eq!(echo.time_limit().as_secs(), 120, "a place and the call");

    assert_eq!(call(&echo, json!({ "message": "hello" })).await.unwrap(), "Echo: hello");
    let said = call(&echo, json!({ "message": 5 })).await.unwrap_err();
    assert!(said.contains("message"), "{said}");
    assert_eq!(call(&echo, json!("x")).await.unwrap_err(), "the arguments must be an object, not a string");

    let image = call(&tool(&toolbox, "mcp:all/get-tiny-image"), json!({})).await.unwrap();
    assert!(image.contains("\n[image, image/png, ") && image.contains(" kB]\n"), "{image}");
    let weather = tool(&toolbox, "mcp:all/get-structured-content");
    assert!(call(&weather, json!({ "location": "Chicago" })).await.unwrap().contains("\"temperature\":36"));

    let env = call(&tool(&toolbox, "mcp:all/get-env"), Value::Null).await.unwrap();
    assert!(env.contains("\"GIVEN\": \"yes\"") && env.contains("\"PATH\""), "{env}");
    assert!(env.contains("\"TOKEN\": \"[key]\"") && !env.contains("s3cret"), "it was given, and is not shown: {env}");
    assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some() && !env.contains("CARGO"), "not passed on: {env}");

    let missing = resolve(&toolbox, &["mcp:all/no-such"]).missing.remove(0);
    let expected = ("mcp:all/no-such", "the MCP server all has no tool \"no-such\"");
    assert_eq!((missing.pick.as_str(), missing.why.as_str()), expected);

    let id = fs::read_to_string(id).unwrap();
    toolbox.shut_down().await;
    dies(&id).await;
    let said = call(&echo, json!({ "message": "hello" })).await.unwrap_err();
    assert_eq!(said, "the MCP server all is down: Runboard is ending");
}

#[tokio::test]
async fn filesystem_reads_what_it_may() {
    let dir = TempDir::new().unwrap();
    let reports = dir.path().join("reports");
    fs::create_dir(&reports).unwrap();
    fs::write(reports.join("one.txt"), "first report").unwrap();
    fs::write(dir.path().join("outside.txt"), "not yours").unwrap();
    let toolbox = toolbox(json!({ "files": declared("filesystem", &dir.path().join("id"), &[&reports]) })).await;
    let read = tool(&toolbox, "mcp:files/read_text_file");
    assert_eq!(read.spec().name, "files__read_text_file");
    assert_eq!(call(&read, json!({ "path": reports.join("one.txt") })).await.unwrap(), "first report");
    for path in [dir.path().join("outside.txt"), reports.join("none.txt")] {
        let said = call(&read, json!({ "path": path })).await.unwrap_err();
        assert!(!said.is_empty() && !said.contains("not yours"), "{said}");
    }
    let list = tool(&toolbox, "mcp:files/list_directory");
    assert_eq!(call(&list, json!({ "path": reports })).await.unwrap(), "[FILE] one.txt");
    toolbox.shut_down().await;
}

#[tokio::test]
async fn a_server_that_dies_comes_back() {
    let dir = TempDir::new().unwrap();
    let id = dir.path().join("id");
    let toolbox = toolbox(json!({ "all": declared("everything", &id, &[]) })).await;
    let echo = tool(&toolbox, "mcp:all/echo");
    let slow = tool(&toolbox, "mcp:all/trigger-long-running-operation");
    let pending = tokio::spawn(async move { call(&slow, json!({ "duration": 600, "steps": 600 })).await });
    assert_eq!(call(&echo, json!({ "message": "1" })).await.unwrap(), "Echo: 1");

    let first = fs::read_to_string(&id).unwrap();
    assert!(Command::new("kill").args(["-KILL", first.trim()]).status().unwrap().success());
    let said = pending.await.unwrap().unwrap_err();
    assert!(said.starts_with("the MCP server all broke off the call, and may or may not have done"), "{said}");

    let down = server_is(&toolbox, "all", ToolServerState::Down).await;
    assert!(down.error.as_deref().unwrap().starts_with("the program was ended by signal 9"), "{down:?}");
    assert!(down.next_try.is_some() && !down.tools.is_empty(), "what it offered stays known: {down:?}");
    // Picked while it is down, its tools say so; they are not left out.
    let said = call(&tool(&toolbox, "mcp:all/echo"), json!({ "message": "2" })).await;
    assert!(said.as_ref().is_err_and(|said| said.contains("the MCP server all is ")), "{said:?}");

    server_is(&toolbox, "all", ToolServerState::Ready).await;
    assert_ne!(fs::read_to_string(&id).unwrap(), first);
    assert_eq!(call(&echo, json!({ "message": "3" })).await.unwrap(), "Echo: 3", "the same tool as before");
    toolbox.shut_down().await;
}

#[tokio::test]
async fn a_toolbox_that_is_dropped_takes_its_servers_with_it() {
    let dir = TempDir::new().unwrap();
    let id = dir.path().join("id");
    let toolbox = toolbox(json!({ "all": declared("everything", &id, &[]) })).await;
    let id = fs::read_to_string(id).unwrap();
    drop(toolbox);
    dies(&id).await;
}

#[tokio::test]
async fn what_a_server_s_tools_become_is_noticed() {
    let dir = TempDir::new().unwrap();
    let toolbox = toolbox(json!({ "all": declared("everything", &dir.path().join("id"), &[]) })).await;
    // The server adds some once it knows its client, and says so.
    eventually("the tool that was added", async || resolve(&toolbox, &["mcp:all/simulate-research-query"]).tools.pop())
        .await;
    toolbox.shut_down().await;
}
