//! Runs that ended while the server was killed are found by the next one.

use crate::support::eventually;
use crate::support::process::{DATA_DIR, Process};
use runboard::server::config::sqlite_url;
use sea_orm::{ConnectionTrait, Database};
use serde_json::json;
use tempfile::TempDir;

#[tokio::test(flavor = "multi_thread")]
async fn what_ended_before_a_kill_is_found_after_it() {
    let dir = TempDir::new().unwrap();
    let server = Process::start(dir.path()).await;
    let body = json!({ "name": "Quick", "model": "demo/quick", "max_concurrent_runs": 10 });
    let agent = server.post("/api/agents", body).await["id"].as_i64().unwrap();
    let mut last = json!(null);
    for nr in 0..40 {
        let input = json!({ "input": format!("Parcel {nr}") });
        last = server.post(&format!("/api/agents/{agent}/task"), input).await["run_id"].clone();
    }
    eventually("some runs are over", async || {
        server.get(&format!("/api/runs/{last}")).await["finished_at"].is_string().then_some(())
    })
    .await;
    server.kill();
    let raw = Database::connect(sqlite_url(&dir.path().join(DATA_DIR))).await.unwrap();
    // As if none of it had been read when the server was killed.
    let due = "DELETE FROM run_documents; INSERT INTO run_documents_due (run_id, owner_id)
               SELECT id, owner_id FROM agent_runs WHERE finished_at IS NOT NULL ON CONFLICT DO NOTHING";
    raw.execute_unprepared(due).await.unwrap();
    raw.close().await.unwrap();
    let server = Process::start(dir.path()).await;
    eventually("all are found", async || {
        let page = server.get("/api/runs?q=parcel&include=totals").await;
        (page["unsearched_runs"] == 0 && page["totals"]["runs"] == 40).then_some(())
    })
    .await;
    let page = server.get("/api/runs?q=%22parcel+39%22").await;
    assert_eq!(page["data"][0]["match"]["in"], "input", "{page}");
}
