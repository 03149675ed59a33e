//! How long the server takes for the dashboard's first HTML, from the request to the last byte, and how long it is.
//! Measurements to read, not tests: run with `make bench`.

mod support;

use reqwest::Client;
use reqwest::header::ACCEPT_ENCODING;
use sea_orm::{ConnectionTrait, Database};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Agents, and how often the page is asked for.
const CASES: [(u32, usize); 2] = [(50, 400), (500, 60)];
/// Runs of each agent, over the last two days; every tenth has failed.
const RUNS: u32 = 40;

/// Agents in the hundreds and their runs, straight into the database.
async fn fill(database_url: &str, agents: u32) {
    let db = Database::connect(database_url).await.expect("the database");
    let numbers = |n: u32| format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {n})");
    let now = "CAST(unixepoch('subsec') * 1000 AS INTEGER)";
    for sql in [
        "DELETE FROM agents".to_owned(),
        format!(
            "INSERT INTO agents (name, description, system_instructions, task_instructions, model, paused,
                                 max_concurrent_runs, timeout_s, live_seq, created_at, updated_at)
             {} SELECT 'Agent number ' || i, 'Labels new tickets and drafts a first reply', '', '', 'demo/quick', FALSE,
                       5, 600, 1, {now}, {now} FROM n",
            numbers(agents)
        ),
        format!(
            "INSERT INTO threads (agent_id, kind, title, created_at, updated_at)
             SELECT id, 'task', name, {now}, {now} FROM agents"
        ),
        format!(
            "INSERT INTO agent_runs (agent_id, thread_id, status, trigger, chat, queued_at, started_at, finished_at,
                                     duration_ms, model, prompt_tokens, cached_tokens, completion_tokens, total_tokens,
                                     total_cost, error, failure_kind, attempt)
             {} SELECT t.agent_id, t.id, CASE i % 10 WHEN 0 THEN 'failed' ELSE 'success' END, 'api', FALSE,
                       {now} - i * 4000000, {now} - i * 4000000, {now} - i * 4000000 + i * 1000, i * 1000,
                       'demo/quick', 1000, 600, 200, 1200, 5000000, CASE i % 10 WHEN 0 THEN 'it broke' END,
                       CASE i % 10 WHEN 0 THEN 'error' END, 1 FROM threads t, n",
            numbers(RUNS)
        ),
        "ANALYZE".to_owned(),
    ] {
        db.execute_unprepared(&sql).await.expect("rows");
    }
    db.close().await.expect("closing");
}

async fn measure(url: &str, encoding: &'static str, times: usize) {
    let client = Client::new();
    let (mut took, mut length) = (Vec::new(), 0);
    for n in 0..times + 10 {
        let begun = Instant::now();
        let response = client.get(url).header(ACCEPT_ENCODING, encoding).send().await.expect("an answer");
        assert!(response.status().is_success());
        length = response.bytes().await.expect("a body").len();
        // The first few fill caches.
        if n >= 10 {
            took.push(begun.elapsed());
        }
    }
    took.sort();
    let at = |percent: usize| -> Duration { took[(took.len() * percent).div_ceil(100) - 1] };
    println!("  {encoding:<9} p50 {:>8.2?}  p95 {:>8.2?}  {length:>8} bytes", at(50), at(95));
}

#[tokio::main]
async fn main() {
    for (agents, times) in CASES {
        let dir = TempDir::new().expect("a directory");
        let (state, url) = support::server(&dir).await;
        fill(&format!("sqlite://{}", dir.path().join(support::DATABASE).display()), agents).await;
        let first = state.store.live_seqs().await.expect("agents").into_keys().min().expect("an agent");
        println!("dashboard: {agents} agents with {RUNS} runs each, one open");
        for encoding in ["identity", "br"] {
            measure(&format!("{url}/?agent={first}"), encoding, times).await;
        }
    }
}
