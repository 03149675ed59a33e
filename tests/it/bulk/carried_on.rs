//! An action outlives its process, and nothing is done twice: not after a crash, not by two servers.

use super::finished;
use crate::support::app::TestApp;
use crate::support::database::{TestDatabase, on_both};
use crate::support::eventually;
use crate::support::process::Process;
use crate::support::subject::Subject;
use runboard::domain::bulk::{BulkAction, BulkRequest, Selection};
use runboard::domain::id::RunId;
use runboard::domain::run::Trigger;
use runboard::domain::tags::TagChange;
use runboard::server::once::{self, Once};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use tempfile::TempDir;

on_both!(what_was_done_before_it_was_written_down_is_not_done_again, a_server_that_ends_leaves_the_rest_to_the_next);

/// Asserts that each of these runs was retried once, as its result says.
fn assert_each_was_retried_once(runs: &[i64], all: &[Value], results: &[Value]) {
    for run in runs {
        let repeats: Vec<_> = all.iter().filter(|other| other["retry_of"] == *run).map(|other| &other["id"]).collect();
        let result = results.iter().find(|result| result["run_id"] == *run).unwrap();
        assert_eq!((repeats, &result["result"]), (vec![&result["new_run_id"]], &json!("done")), "{result}");
    }
}

async fn what_was_done_before_it_was_written_down_is_not_done_again(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let runs = s.queue_many(agent, 3).await;
    s.store.stop_agent_runs(&s.scope, agent).await.unwrap();
    let request =
        BulkRequest { action: BulkAction::Retry, selection: Selection::Runs(runs.clone()), tags: TagChange::default() };
    let job = s.store.create_bulk(&s.scope, &request, &runs, Trigger::Manual).await.unwrap();
    // A process takes it up, acts on the first run, and is gone before it says so.
    let claim = s.store.claim_bulk("gone").await.unwrap().unwrap();
    assert_eq!((claim.job, claim.action), (job.id, BulkAction::Retry));
    assert_eq!(s.store.bulk_piece(claim.job, 2).await.unwrap(), runs[..2]);
    let once = Arc::new(Once::of_item(job.id, runs[0]));
    let first = once::keep(once, s.store.create_retry(&s.scope, runs[0], Trigger::Manual, None)).await.unwrap();
    s.store.release_bulk("gone").await.unwrap();
    // Longer than the keys of requests are kept.
    s.clock.advance(26 * 60 * 60 * 1_000);
    s.store.drop_old_request_keys().await.unwrap();

    let app = TestApp::with_clock(s.database.clone(), "127.0.0.1:0", s.clock.clone()).await;
    let (_, results) = finished(&app, job.id.0).await;
    assert_eq!(results[0]["new_run_id"], json!(first.run.id));
    let (_, all) = app.get(&format!("/api/agents/{agent}/runs?limit=100")).await;
    assert_eq!(all.as_array().unwrap().len(), 6);
    assert_each_was_retried_once(
        &runs.iter().map(|RunId(id)| *id).collect::<Vec<_>>(),
        all.as_array().unwrap(),
        &results,
    );
}

async fn a_server_that_ends_leaves_the_rest_to_the_next(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent_with(json!({ "name": "Many", "model": "demo/quick", "max_concurrent_runs": 20 })).await;
    let mut runs = Vec::new();
    for _ in 0..45 {
        runs.push(app.task(agent).await);
    }
    for run in &runs {
        app.run_is(*run, "success").await;
    }
    let (_, asked) = app.post("/api/runs/bulk", json!({ "action": "retry", "ids": runs })).await;
    let id = asked["bulk_id"].as_i64().unwrap();
    let app = TestApp::on(app.end().await, "127.0.0.1:0").await;
    let (job, results) = finished(&app, id).await;
    assert_eq!((&job["done"], results.len()), (&json!(45), 45));
    let (_, all) = app.get(&format!("/api/agents/{agent}/runs?limit=100")).await;
    assert_eq!(all.as_array().unwrap().len(), 90);
    assert_each_was_retried_once(&runs, all.as_array().unwrap(), &results);
}

/// Both look for what is left; one at a time is at it.
#[tokio::test(flavor = "multi_thread")]
async fn two_servers_do_nothing_twice() {
    let database = TestDatabase::postgres().await;
    let app = TestApp::on(database.clone(), "127.0.0.1:0").await;
    let other = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent_with(json!({ "name": "Many", "model": "demo/quick", "max_concurrent_runs": 20 })).await;
    let mut runs = Vec::new();
    for _ in 0..45 {
        runs.push(app.task(agent).await);
    }
    for run in &runs {
        app.run_is(*run, "success").await;
    }
    let halves = [(&app, &runs[..22]), (&other, &runs[22..])];
    let mut found = Vec::new();
    for (app, half) in halves {
        let (_, asked) = app.post("/api/runs/bulk", json!({ "action": "retry", "ids": half })).await;
        found.push(asked["bulk_id"].as_i64().unwrap());
    }
    let (mut results, (_, others)) = (finished(&other, found[0]).await.1, finished(&app, found[1]).await);
    results.extend(others);
    let (_, all) = app.get(&format!("/api/agents/{agent}/runs?limit=100")).await;
    assert_each_was_retried_once(&runs, all.as_array().unwrap(), &results);
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_in_the_middle_is_carried_on_and_nothing_is_done_twice() {
    let dir = TempDir::new().unwrap();
    let mut server = Process::start(dir.path()).await;
    let body = json!({ "name": "Many", "model": "demo/quick", "max_concurrent_runs": 20 });
    let agent = server.post("/api/agents", body).await["id"].clone();
    let mut runs = BTreeSet::new();
    for _ in 0..150 {
        let started = server.post(&format!("/api/agents/{agent}/task"), json!({})).await;
        runs.insert(started["run_id"].as_i64().unwrap());
    }
    let over = format!("/api/runs?agent={agent}&status=!queued,running&limit=1&include=totals");
    eventually("they are over", async || (server.get(&over).await["totals"]["runs"] == runs.len()).then_some(())).await;
    let asked = server.post("/api/runs/bulk", json!({ "action": "retry", "filter": { "agent": agent } })).await;
    let path = format!("/api/bulk/{}", asked["bulk_id"]);
    for _ in 0..2 {
        let before = server.get(&path).await["left"].clone();
        eventually("some are done", async || (server.get(&path).await["left"] != before).then_some(())).await;
        server.signal("-KILL");
        server.child.wait().unwrap();
        drop(server);
        server = Process::start(dir.path()).await;
        if server.get(&path).await["finished_at"].is_string() {
            break;
        }
    }
    let job = eventually("it is finished", async || {
        let job = server.get(&path).await;
        job["finished_at"].is_string().then_some(job)
    })
    .await;
    assert_eq!((&job["total"], &job["done"]), (&json!(150), &json!(150)));
    let all = server.get(&format!("/api/runs?agent={agent}&limit=1&include=totals")).await;
    assert_eq!(all["totals"]["runs"], 300, "each was retried once");
    let retried = server.get(&format!("/api/runs?agent={agent}&retried=true&limit=1&include=totals")).await;
    assert_eq!(retried["totals"]["runs"], 150);
}
