//! An action that is cancelled leaves what it has not come to, whatever becomes of the process; and one that meets a damaged row
//! goes on.

use super::{carried_out, counts, finished};
use crate::support::app::{TestApp, problem};
use crate::support::database::{TestDatabase, on_both};
use crate::support::subject::{Subject, ending, first_step};
use reqwest::{Method, StatusCode};
use runboard::domain::bulk::{BulkAction, BulkItem, BulkRequest, BulkResult, BulkState, Selection};
use runboard::domain::id::RunId;
use runboard::domain::retention::DAY_MS;
use runboard::domain::run::Trigger;
use runboard::domain::tags::TagChange;
use runboard::server::once::{self, Once};
use runboard::server::store::endings::Verdict;
use runboard::server::store::error::StoreError;
use sea_orm::{ConnectionTrait, Database};
use serde_json::json;
use std::sync::Arc;

on_both!(
    what_is_left_when_it_is_cancelled_stays_as_it_is,
    what_was_done_when_it_is_cancelled_has_its_result,
    a_chat_that_has_begun_to_go_goes_whole,
    a_finished_action_stays_finished,
    a_run_that_cannot_be_read_does_not_stop_the_others,
);

fn request(action: BulkAction, runs: &[RunId]) -> BulkRequest {
    BulkRequest { action, selection: Selection::Runs(runs.to_vec()), tags: TagChange::default() }
}

async fn what_is_left_when_it_is_cancelled_stays_as_it_is(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let runs = s.queue_many(agent, 4).await;
    let job = s.store.create_bulk(&s.scope, &request(BulkAction::Stop, &runs), &runs, Trigger::Manual).await.unwrap();
    s.store.claim_bulk("gone").await.unwrap().unwrap();
    let done = BulkItem { run_id: runs[0], result: Some(BulkResult::Done), detail: None, new_run_id: None };
    s.store.record_bulk(job.id, &[done]).await.unwrap();
    let cancelled = s.store.cancel_bulk(&s.scope, job.id).await.unwrap();
    assert_eq!((cancelled.state, cancelled.done, cancelled.cancelled, cancelled.left), (BulkState::Cancelled, 1, 3, 0));
    assert!(cancelled.finished_at.is_some());
    assert_eq!(s.store.cancel_bulk(&s.scope, job.id).await.unwrap(), cancelled, "twice is once");
    // Whoever is at one of its runs at that moment does nothing any more, and its word does not count.
    let once = Arc::new(Once::of_item(job.id, runs[1]));
    let late = once::keep(once, s.store.request_stop(&s.scope, runs[1])).await;
    assert!(matches!(late, Err(StoreError::Conflict(_))));
    let word = BulkItem { run_id: runs[1], result: Some(BulkResult::Done), detail: None, new_run_id: None };
    s.store.record_bulk(job.id, &[word]).await.unwrap();
    assert_eq!(s.store.bulk_job(&s.scope, job.id).await.unwrap(), cancelled);

    let app = TestApp::with_clock(s.database.clone(), "127.0.0.1:0", s.clock.clone()).await;
    let (job, results) = finished(&app, job.id.0).await;
    assert_eq!((&job["state"], counts(&job), &job["cancelled"]), (&json!("cancelled"), [4, 1, 0, 0, 0], &json!(3)));
    assert!(results[1..].iter().all(|result| result["result"] == "cancelled"), "{results:?}");
    for run in &runs[1..] {
        assert_eq!(app.run(run.0).await["cancel_requested_at"], json!(null), "it was left alone");
    }
    let (_, some) = app.get(&format!("/api/bulk/{}?result=cancelled", job["id"])).await;
    assert_eq!(some["data"].as_array().unwrap().len(), 3);
}

async fn a_chat_that_has_begun_to_go_goes_whole(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let (mut thread, mut runs) = (None, Vec::new());
    for words in ["one", "two"] {
        let run = s.store.create_chat_turn(&s.scope, agent, thread, words, Trigger::Manual).await.unwrap().run;
        let claim = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
        s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
        s.store.end_run(&claim, &ending(Verdict::Success)).await.unwrap().unwrap();
        thread = Some(run.thread_id);
        runs.push(run.id);
    }
    runs.push(s.queue(agent).await);
    s.clock.advance(2 * DAY_MS);
    let job = s.store.create_bulk(&s.scope, &request(BulkAction::Delete, &runs), &runs, Trigger::Manual).await.unwrap();
    s.store.claim_bulk("gone").await.unwrap().unwrap();
    let once = Arc::new(Once::of_item(job.id, runs[0]));
    once::keep(once, s.store.delete_run(&s.scope, job.id, runs[0])).await.unwrap();
    let cancelled = s.store.cancel_bulk(&s.scope, job.id).await.unwrap();
    assert_eq!((cancelled.state, cancelled.cancelled, cancelled.left), (BulkState::Cancelled, 1, 2));

    let app = TestApp::with_clock(s.database.clone(), "127.0.0.1:0", s.clock.clone()).await;
    let (job, results) = finished(&app, job.id.0).await;
    assert_eq!((counts(&job), &job["state"]), ([3, 2, 0, 0, 0], &json!("cancelled")), "{results:?}");
    problem(&app.get(&format!("/api/runs/{}", runs[1])).await, 404);
}

async fn what_was_done_when_it_is_cancelled_has_its_result(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let runs = s.queue_many(agent, 3).await;
    s.store.stop_agent_runs(&s.scope, agent).await.unwrap();
    let job = s.store.create_bulk(&s.scope, &request(BulkAction::Retry, &runs), &runs, Trigger::Manual).await.unwrap();
    let once = Arc::new(Once::of_item(job.id, runs[0]));
    let first = once::keep(once, s.store.create_retry(&s.scope, runs[0], Trigger::Manual, None)).await.unwrap();
    let cancelled = s.store.cancel_bulk(&s.scope, job.id).await.unwrap();
    assert_eq!((cancelled.cancelled, cancelled.left, cancelled.finished_at), (2, 1, None));
    let app = TestApp::with_clock(s.database.clone(), "127.0.0.1:0", s.clock.clone()).await;
    let (job, results) = finished(&app, job.id.0).await;
    assert_eq!((counts(&job), &job["state"]), ([3, 1, 0, 0, 0], &json!("cancelled")));
    assert_eq!((&results[0]["result"], &results[0]["new_run_id"]), (&json!("done"), &json!(first.run.id)));
}

async fn a_finished_action_stays_finished(database: TestDatabase) {
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let run = app.task_is(app.agent("quick").await, "success").await["id"].as_i64().unwrap();
    let (job, _) = carried_out(&app, json!({ "action": "tag", "ids": [run], "tags": ["done"] })).await;
    let path = format!("/api/bulk/{}", job["id"]);
    let (status, cancelled) = app.send(app.request(Method::DELETE, &path)).await;
    assert_eq!((status, &cancelled["state"], &cancelled["cancelled"]), (StatusCode::OK, &json!("finished"), &json!(0)));
    assert_eq!(app.run(run).await["tags"], json!(["done"]));
    problem(&app.send(app.request(Method::DELETE, "/api/bulk/999")).await, 404);
}

async fn a_run_that_cannot_be_read_does_not_stop_the_others(database: TestDatabase) {
    let app = TestApp::on(database.clone(), "127.0.0.1:0").await;
    let agent = app.agent("quick").await;
    let mut runs = Vec::new();
    for _ in 0..3 {
        runs.push(app.task_is(agent, "success").await["id"].as_i64().unwrap());
    }
    let raw = Database::connect(&database.url).await.unwrap();
    let damage = format!("UPDATE agent_runs SET tags = 'no list' WHERE id = {}", runs[1]);
    raw.execute_unprepared(&damage).await.unwrap();
    let (job, results) = carried_out(&app, json!({ "action": "tag", "ids": runs, "tags": ["eu"] })).await;
    assert_eq!(counts(&job), [3, 2, 0, 1, 0], "{results:?}");
    assert!(results[1]["detail"].as_str().unwrap().contains("could not be read"), "{}", results[1]);
    assert_eq!(app.run(runs[2]).await["tags"], json!(["eu"]));
}
