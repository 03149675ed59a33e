//! Tools of MCP servers: the reference servers, and a small one that does what no server should.

mod at_work;
mod http;
mod many;
mod misbehaves;
mod odd;
mod reference;

use crate::support::eventually;
use runboard::domain::tool::{ToolCatalogue, ToolPick, ToolServer, ToolServerState};
use runboard::server::clock::{Clock, SystemClock};
use runboard::server::work::tools::schema::Dialect;
use runboard::server::work::tools::{Resolved, Tool, Toolbox, ToolsConfig};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Returns the program of a reference server.
pub fn reference_server(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(format!("end2end/node_modules/@modelcontextprotocol/server-{name}/dist/index.js"));
    assert!(path.is_file(), "{} is missing: scripts/setup.sh test installs it", path.display());
    path
}

/// Returns a toolbox that has started, with the servers of `mcp`, a table as in runboard.toml.
async fn toolbox(mcp: Value) -> Toolbox {
    let picks = mcp.as_object().unwrap().keys().map(|server| ToolPick::Server(server.clone())).collect::<Vec<_>>();
    let toolbox = starting(mcp).await;
    toolbox.settled(&picks).await;
    toolbox
}

/// Returns the same, without waiting for any of them.
async fn starting(mcp: Value) -> Toolbox {
    let config: ToolsConfig = serde_json::from_value(json!({ "mcp": mcp })).unwrap();
    let lookup = |name: &str| (name == "SECRET").then(|| "s3cret-from-outside".to_owned());
    let toolbox = Toolbox::new(&config.check(lookup).unwrap(), Arc::new(SystemClock));
    toolbox.start().await;
    toolbox
}

fn resolve(toolbox: &Toolbox, picks: &[&str]) -> Resolved {
    toolbox.resolve(&picks.iter().map(|pick| pick.parse().unwrap()).collect::<Vec<_>>(), Dialect::OpenAi)
}

fn names(resolved: &Resolved) -> Vec<&str> {
    resolved.tools.iter().map(|tool| tool.spec().name.as_str()).collect()
}

/// Returns the one tool of a pick.
#[track_caller]
fn tool(toolbox: &Toolbox, pick: &str) -> Arc<dyn Tool> {
    let mut resolved = resolve(toolbox, &[pick]);
    assert_eq!((resolved.tools.len(), &resolved.missing), (1, &vec![]), "{:?}", toolbox.catalogue());
    resolved.tools.remove(0)
}

async fn call(tool: &Arc<dyn Tool>, arguments: Value) -> Result<String, String> {
    tool.call(arguments).await.map_err(|error| error.message)
}

fn server(toolbox: &Toolbox, name: &str) -> ToolServer {
    let ToolCatalogue { servers, .. } = toolbox.catalogue();
    servers.into_iter().find(|server| server.name == name).unwrap()
}

async fn server_is(toolbox: &Toolbox, name: &str, state: ToolServerState) -> ToolServer {
    eventually(&format!("{name} is {state}"), async || {
        Some(server(toolbox, name)).filter(|server| server.state == state)
    })
    .await
}

/// Waits until a process is gone, or a zombie.
async fn dies(id: &str) {
    eventually(&format!("process {id} ends"), async || {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", id.trim())).unwrap_or_default();
        let state = stat.rsplit(')').next().unwrap_or_default().trim_start();
        (state.is_empty() || state.starts_with('Z')).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_pick_that_leads_nowhere_says_why() {
    let toolbox = toolbox(json!({ "gone": { "command": "/no/such/program" } })).await;
    let picks = ["current_time", "mcp:unknown", "mcp:gone", "mcp:gone/x", "http_request", "current_time"];
    let resolved = resolve(&toolbox, &picks);
    assert_eq!(names(&resolved), ["current_time", "http_request"]);
    let [unknown, all, one] = resolved.missing.as_slice() else { panic!("{:?}", resolved.missing) };
    assert_eq!(unknown.pick, "mcp:unknown");
    assert_eq!(unknown.why, "runboard.toml declares no MCP server \"unknown\"");
    for (missing, pick) in [(all, "mcp:gone"), (one, "mcp:gone/x")] {
        assert_eq!(missing.pick, pick);
        assert!(missing.why.contains("cannot start /no/such/program: no such file"), "{missing:?}");
    }
    let gone = server_is(&toolbox, "gone", ToolServerState::Down).await;
    assert!(gone.next_try.is_some_and(|next| next > SystemClock.now()), "{gone:?}");
    let catalogue = toolbox.catalogue();
    assert_eq!(
        catalogue.built_in.iter().map(|tool| tool.name.as_str()).collect::<Vec<_>>(),
        ["current_time", "http_request"]
    );
    toolbox.shut_down().await;
}

#[tokio::test]
async fn a_server_declared_wrongly_stays_down_and_says_why() {
    let config: ToolsConfig = serde_json::from_value(json!({ "mcp": { "both": {} } })).unwrap();
    let toolbox = Toolbox::new(&config, Arc::new(SystemClock));
    toolbox.start().await;
    toolbox.settled(&[ToolPick::Server("both".to_owned())]).await;
    let both = server(&toolbox, "both");
    assert_eq!((both.state, both.next_try), (ToolServerState::Down, None));
    assert!(both.error.unwrap().contains("needs either a command"));
    toolbox.shut_down().await;
}

#[tokio::test]
async fn a_run_waits_for_the_servers_of_its_picks_alone() {
    // It reads for ever and says nothing.
    let slow = json!({ "command": "sh", "args": ["-c", "cat >/dev/null"] });
    let toolbox = starting(json!({ "a-slow-one": slow, "gone": { "command": "/no/such/program" } })).await;
    let picks = ["current_time", "mcp:gone/x", "mcp:undeclared"].map(|pick| pick.parse().unwrap());
    toolbox.settled(&picks).await;
    let states = ["a-slow-one", "gone"].map(|name| server(&toolbox, name).state);
    assert_ne!(states[1], ToolServerState::Ready);
    assert_eq!(states[0], ToolServerState::Connecting, "it is not waited for");
    assert!(server(&toolbox, "gone").error.is_some(), "this one is");
    toolbox.shut_down().await;
}
