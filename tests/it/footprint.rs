//! What the running program takes of its machine: ports, and memory.

use crate::support::eventually;
use crate::support::process::{DATA_DIR, Process};
use runboard::server::config::sqlite_url;
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use tempfile::TempDir;

/// State of a socket that listens, in `/proc/net/tcp`.
const LISTENING: &str = "0A";

/// Returns the ports at which a process listens.
fn ports(process: u32) -> Vec<u16> {
    let open = fs::read_dir(format!("/proc/{process}/fd")).unwrap();
    let links = open.filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
    let mine: BTreeSet<String> = links.map(|link| link.to_string_lossy().into_owned()).collect();
    let tables = ["tcp", "tcp6"].map(|table| fs::read_to_string(format!("/proc/{process}/net/{table}")).unwrap());
    let sockets = tables.iter().flat_map(|table| table.lines().skip(1));
    let listening = sockets.filter_map(|line| {
        let fields: Vec<_> = line.split_whitespace().collect();
        let is_mine = fields[3] == LISTENING && mine.contains(&format!("socket:[{}]", fields[9]));
        let (_, port) = fields[1].rsplit_once(':')?;
        is_mine.then(|| u16::from_str_radix(port, 16).unwrap())
    });
    listening.collect()
}

/// Returns the most memory that a process has ever had, in MB.
fn peak(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    peak.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
}

async fn over(server: &Process, run: &Value) -> Value {
    eventually("the run is over", async || {
        let run = server.get(&format!("/api/runs/{run}")).await;
        run["finished_at"].is_string().then_some(run)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_port_is_open_whatever_models_and_tools_do() {
    let dir = TempDir::new().unwrap();
    let server = Process::start(dir.path()).await;
    for model in ["demo/quick", "demo/tools"] {
        let settings = json!({ "name": model, "model": model, "tools": ["current_time"] });
        let agent = server.post("/api/agents", settings).await["id"].clone();
        let run = server.post(&format!("/api/agents/{agent}/task"), json!({})).await["run_id"].clone();
        assert_eq!(over(&server, &run).await["status"], "success");
    }
    let own: u16 = server.url.rsplit_once(':').unwrap().1.parse().unwrap();
    assert_eq!(ports(server.child.id()), [own]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_in_a_chat_of_200_megabytes_takes_a_fraction_of_that() {
    let dir = TempDir::new().unwrap();
    let server = Process::start(dir.path()).await;
    let agent = server.post("/api/agents", json!({ "name": "Long", "model": "demo/quick" })).await["id"].clone();
    let thread = server.post(&format!("/api/agents/{agent}/threads"), json!({})).await["id"].clone();
    let raw = Database::connect(sqlite_url(&dir.path().join(DATA_DIR))).await.unwrap();
    let fill = format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)
         INSERT INTO thread_messages (thread_id, role, content, created_at)
         SELECT {thread}, 'user', hex(randomblob(524288)), 1 FROM n"
    );
    raw.execute_unprepared(&fill).await.unwrap();
    raw.close().await.unwrap();
    let before = peak(server.child.id());
    let said = json!({ "role": "user", "content": "Go on." });
    server.post(&format!("/api/threads/{thread}/messages"), said).await;
    let run = server.post(&format!("/api/threads/{thread}/run"), json!({})).await["run_id"].clone();
    let run = over(&server, &run).await;
    assert_eq!(run["status"], "success", "{run}");
    let taken = peak(server.child.id()) - before;
    assert!(taken < 60, "{taken} MB beyond the {before} MB before");
}
