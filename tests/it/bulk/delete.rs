//! Runs that are deleted go with all they have; what somebody needs stays, and the result says why. What was spent stays spent.

use super::{carried_out, counts, finished};
use crate::support::app::{TestApp, problem};
use crate::support::database::{TestDatabase, on_both};
use reqwest::{Method, StatusCode};
use runboard::domain::bulk::{BulkAction, BulkRequest, Selection};
use runboard::domain::id::{BulkId, RunId};
use runboard::domain::retention::{DAY_MS, RetentionLimits};
use runboard::domain::run::Trigger;
use runboard::domain::tags::TagChange;
use runboard::server::clock::ManualClock;
use runboard::server::retention::Retention;
use runboard::server::runs::events::EventBus;
use runboard::server::store::error::StoreError;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use serde_json::{Value, json};

on_both!(
    runs_that_are_over_go_with_all_they_have,
    runs_under_way_or_kept_stay_and_say_what_to_do,
    what_was_spent_stays_spent,
    a_chat_goes_as_a_whole_or_stays,
    a_run_that_has_just_been_due_stays,
    a_retry_outlives_what_it_repeats,
    deleting_while_retention_removes_loses_nothing_else,
    what_was_deleted_before_it_was_written_down_is_done,
);

/// Returns a row of counts: what there is of runs.
async fn rows(raw: &DatabaseConnection) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in ["agent_runs", "threads", "thread_messages", "run_steps", "run_inputs", "step_payloads"] {
        let count = format!("SELECT COUNT(*) AS n FROM {table}");
        let row = raw.query_one_raw(Statement::from_string(raw.get_database_backend(), count)).await.unwrap().unwrap();
        counts.push(row.try_get("", "n").unwrap());
    }
    counts
}

fn body(ids: &[i64]) -> Value {
    json!({ "action": "delete", "ids": ids })
}

async fn runs_that_are_over_go_with_all_they_have(database: TestDatabase) {
    let app = TestApp::on(database.clone(), "127.0.0.1:0").await;
    let raw = Database::connect(&database.url).await.unwrap();
    let agent = app.agent("quick").await;
    let before = rows(&raw).await;
    let mut runs = Vec::new();
    for input in ["One", "Two"] {
        let (_, started) = app.post(&format!("/api/agents/{agent}/task"), json!({ "input": input })).await;
        runs.push(app.run_is(started["run_id"].as_i64().unwrap(), "success").await);
    }
    let failed = app.task_is(app.agent("fail").await, "failed").await;
    runs.push(failed);
    let ids: Vec<_> = runs.iter().map(|run| run["id"].as_i64().unwrap()).collect();
    let seq =
        async || app.state.store.live_seqs().await.unwrap().into_iter().find(|(id, _)| id.0 == agent).unwrap().1.1;
    let number = seq().await;
    let (job, results) = carried_out(&app, body(&ids)).await;
    assert_eq!((counts(&job), &job["state"], &job["action"]), ([3, 3, 0, 0, 0], &json!("finished"), &json!("delete")));
    assert!(results.iter().all(|result| result["result"] == "done"), "{results:?}");
    assert_eq!(rows(&raw).await, before, "nothing of them is left");
    assert!(seq().await > number, "watchers are told");
    for run in &runs {
        problem(&app.get(&format!("/api/runs/{}", run["id"])).await, 404);
        problem(&app.get(&format!("/api/threads/{}/messages", run["thread_id"])).await, 404);
    }
    let (_, list) = app.get("/api/runs").await;
    assert_eq!(list["data"], json!([]));
    // Asked for again, there is nothing of that name.
    assert_eq!(app.post("/api/runs/bulk", body(&ids[..1])).await.0, StatusCode::NOT_FOUND);
}

async fn runs_under_way_or_kept_stay_and_say_what_to_do(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent("quick").await;
    let over = app.task_is(agent, "success").await["id"].as_i64().unwrap();
    let kept = app.task_is(agent, "success").await["id"].as_i64().unwrap();
    assert_eq!(app.send(app.request(Method::PUT, &format!("/api/runs/{kept}/kept"))).await.0, StatusCode::OK);
    let busy = app.agent_with(json!({ "name": "Busy", "model": "ollama/wait", "max_concurrent_runs": 1 })).await;
    let running = app.task_is(busy, "running").await["id"].as_i64().unwrap();
    let queued = app.task(busy).await;
    let (job, results) = carried_out(&app, body(&[over, kept, running, queued])).await;
    assert_eq!(counts(&job), [4, 1, 3, 0, 0], "{results:?}");
    let says = |run: i64| {
        let result = results.iter().find(|result| result["run_id"] == run).unwrap();
        assert_eq!(result["result"], "unchanged");
        result["detail"].as_str().unwrap().to_owned()
    };
    assert!(says(kept).contains("kept for good: release it"), "{}", says(kept));
    assert!(says(running).contains("stop it"), "{}", says(running));
    assert!(says(queued).contains("stop it"), "{}", says(queued));
    assert_eq!(
        (&app.run(running).await["status"], &app.run(queued).await["status"]),
        (&json!("running"), &json!("queued"))
    );
    assert!(app.run(kept).await["kept_at"].is_string());
}

async fn what_was_spent_stays_spent(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let agent = app.agent("quick").await;
    for _ in 0..2 {
        app.task_is(agent, "success").await;
    }
    let (_, before) = app.get("/api/stats").await;
    let (_, board) = app.get(&format!("/api/agents/{agent}/stats")).await;
    assert_eq!(before["total"]["runs"], 2);
    let (job, _) = carried_out(&app, json!({ "action": "delete", "filter": { "agent": agent } })).await;
    assert_eq!(job["done"], 2);
    assert_eq!(app.get("/api/stats").await.1["total"], before["total"]);
    assert_eq!(app.get(&format!("/api/agents/{agent}/stats")).await.1["total"], board["total"]);
}

async fn a_chat_goes_as_a_whole_or_stays(database: TestDatabase) {
    let clock = ManualClock::at(1_900_000_000_000);
    let app = TestApp::with_clock(database, "127.0.0.1:0", clock.clone()).await;
    let agent = app.agent("quick").await;
    let (_, thread) = app.post(&format!("/api/agents/{agent}/threads"), json!({})).await;
    let thread = thread["id"].as_i64().unwrap();
    let mut runs = Vec::new();
    for words in ["Hello", "Go on"] {
        app.post(&format!("/api/threads/{thread}/messages"), json!({ "role": "user", "content": words })).await;
        let (status, started) = app.poke(&format!("/api/threads/{thread}/run")).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{started}");
        let run = started["run_id"].as_i64().unwrap();
        app.run_is(run, "success").await;
        runs.push(run);
    }
    let says = async |ids: &[i64]| {
        let (job, results) = carried_out(&app, body(ids)).await;
        assert_eq!(job["unchanged"], ids.len(), "{results:?}");
        results[0]["detail"].as_str().unwrap().to_owned()
    };
    let words = says(&runs).await;
    assert!(words.contains("within the last day"), "{words}");
    clock.advance(DAY_MS + 1);
    let words = says(&runs[..1]).await;
    assert!(words.contains("select all of its runs"), "{words}");
    let messages = format!("/api/threads/{thread}/messages");
    app.post(&messages, json!({ "role": "user", "content": "Are you there?" })).await;
    clock.advance(DAY_MS + 1);
    let words = says(&runs).await;
    assert!(words.contains("no answer yet"), "{words}");
    let (_, started) = app.poke(&format!("/api/threads/{thread}/run")).await;
    runs.push(started["run_id"].as_i64().unwrap());
    app.run_is(runs[2], "success").await;
    clock.advance(DAY_MS + 1);
    assert_eq!(app.get(&messages).await.0, StatusCode::OK);
    let (job, results) = carried_out(&app, body(&runs)).await;
    assert_eq!(counts(&job), [3, 3, 0, 0, 0], "{results:?}");
    problem(&app.get(&messages).await, 404);
}

async fn a_run_that_has_just_been_due_stays(database: TestDatabase) {
    let clock = ManualClock::at(1_900_000_000_000);
    let app = TestApp::with_clock(database.clone(), "127.0.0.1:0", clock.clone()).await;
    let run = app.task_is(app.agent("quick").await, "success").await["id"].as_i64().unwrap();
    let raw = Database::connect(&database.url).await.unwrap();
    let due = format!("UPDATE agent_runs SET scheduled_for = 1900000000000 WHERE id = {run}");
    raw.execute_unprepared(&due).await.unwrap();
    let (job, results) = carried_out(&app, body(&[run])).await;
    assert_eq!(job["unchanged"], 1);
    assert!(results[0]["detail"].as_str().unwrap().contains("tomorrow"), "{results:?}");
    clock.advance(DAY_MS + 1);
    assert_eq!(carried_out(&app, body(&[run])).await.0["done"], 1);
}

async fn a_retry_outlives_what_it_repeats(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let first = app.task_is(app.agent("quick").await, "success").await["id"].as_i64().unwrap();
    let (_, again) = app.poke(&format!("/api/runs/{first}/retry")).await;
    let again = again["run_id"].as_i64().unwrap();
    let run = app.run_is(again, "success").await;
    assert_eq!(carried_out(&app, body(&[first])).await.0["done"], 1);
    let after = app.run(again).await;
    assert_eq!((&after["retry_of"], &after["status"]), (&Value::Null, &json!("success")));
    let (_, steps) = app.get(&format!("/api/runs/{again}/steps")).await;
    assert!(!steps.as_array().unwrap().is_empty());
    let messages = format!("/api/threads/{}/messages", run["thread_id"]);
    assert_eq!(app.get(&messages).await.0, StatusCode::OK);
    assert_eq!(carried_out(&app, body(&[again])).await.0["done"], 1);
    problem(&app.get(&messages).await, 404);
}

async fn deleting_while_retention_removes_loses_nothing_else(database: TestDatabase) {
    let clock = ManualClock::at(1_900_000_000_000);
    let app = TestApp::with_clock(database, "127.0.0.1:0", clock.clone()).await;
    let agent = app.agent_with(json!({ "name": "Many", "model": "demo/quick", "max_concurrent_runs": 20 })).await;
    let mut old = Vec::new();
    for _ in 0..30 {
        old.push(app.task(agent).await);
    }
    for run in &old {
        app.run_is(*run, "success").await;
    }
    clock.advance(40 * DAY_MS);
    let young = app.task_is(agent, "success").await["id"].as_i64().unwrap();
    let limits = RetentionLimits { days: Some(30), ..RetentionLimits::NONE };
    let retention = Retention::new(app.state.store.clone(), EventBus::default(), limits);
    let (status, asked) = app.post("/api/runs/bulk", body(&old)).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{asked}");
    let asked = asked["bulk_id"].as_i64().unwrap();
    let (swept, (job, results)) = tokio::join!(retention.sweep(app.state.store.now(), None), finished(&app, asked));
    swept.unwrap();
    let [total, done, unchanged, failed, left] = counts(&job);
    assert_eq!((total, done + unchanged, failed, left), (30, 30, 0, 0), "{results:?}");
    let gone = |result: &&Value| result["result"] == "unchanged";
    assert!(results.iter().filter(gone).all(|result| result["detail"].as_str().unwrap().contains("any more")));
    let (_, list) = app.get("/api/runs").await;
    assert_eq!((list["data"].as_array().unwrap().len(), &list["data"][0]["id"]), (1, &json!(young)));
}

async fn what_was_deleted_before_it_was_written_down_is_done(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let run = app.task_is(app.agent("quick").await, "success").await["id"].as_i64().unwrap();
    let busy = app.task_is(app.agent("wait").await, "running").await["id"].as_i64().unwrap();
    // Nobody takes up the action meanwhile.
    let database = app.end().await;
    let store = database.open_migrated(ManualClock::at(1_900_000_000_000)).await;
    let scope = runboard::server::store::scope::Scope::of(runboard::domain::id::OwnerId::LOCAL);
    let runs = vec![RunId(run), RunId(busy)];
    let selection = Selection::Runs(runs.clone());
    let request = BulkRequest { action: BulkAction::Delete, selection, tags: TagChange::default() };
    let BulkId(job) = store.create_bulk(&scope, &request, &runs, Trigger::Manual).await.unwrap().id;
    assert!(store.delete_run(&scope, BulkId(job), RunId(run)).await.unwrap().is_done);
    let again = store.delete_run(&scope, BulkId(job), RunId(run)).await;
    assert!(matches!(again, Err(StoreError::AlreadyDone(_))), "{again:?}");
    drop(store);
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let (_, results) = finished(&app, job).await;
    assert_eq!((&results[0]["result"], &results[0]["detail"]), (&json!("done"), &Value::Null));
}
