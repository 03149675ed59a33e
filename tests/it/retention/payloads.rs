//! Inputs and outputs go sooner than runs.

use super::{NONE, World};
use crate::support::app::{TestApp, problem};
use crate::support::database::{TestDatabase, on_both};
use reqwest::StatusCode;
use runboard::domain::retention::RetentionLimits;
use runboard::domain::run::Trigger;
use runboard::server::retention::Retention;
use runboard::server::runs::events::EventBus;
use runboard::server::store::error::StoreError;
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};

on_both!(a_run_without_its_payloads_has_all_the_rest, a_run_whose_input_is_gone_is_repeated_with_another_only,);

async fn a_run_without_its_payloads_has_all_the_rest(database: TestDatabase) {
    let world = World::on(database, RetentionLimits { payload_days: Some(30), ..NONE }).await;
    let run = world.end_one().await;
    let store = &world.s.store;
    let before = store.run(world.scope(), run).await.unwrap();
    let cost = store.steps(world.scope(), run).await.unwrap()[0].usage.total_cost;
    world.pass_days(31);
    assert_eq!(world.sweep().await.payloads, 1);
    assert_eq!(world.sweep().await.payloads, 0, "once");
    assert_eq!(store.run(world.scope(), run).await.unwrap(), before);
    let steps = store.steps(world.scope(), run).await.unwrap();
    assert_eq!((&steps[0].input, &steps[0].said, steps[0].usage.total_cost), (&None, &None, cost));
    assert_eq!(store.run_record(world.scope(), run).await.unwrap().payloads_removed_at, Some(store.now()));
    let thread = store.messages(world.scope(), before.thread_id).await.unwrap();
    assert!(thread.iter().any(|message| message.content == "done"), "the conversation stays: {thread:?}");
    let refused = store.create_retry(world.scope(), run, Trigger::Api, None).await.unwrap_err();
    assert!(matches!(&refused, StoreError::Conflict(text) if text.contains("was removed on")), "{refused}");
    assert!(store.past_inputs(world.scope(), world.agent, None, 5).await.unwrap().is_empty());
}

async fn a_run_whose_input_is_gone_is_repeated_with_another_only(database: TestDatabase) {
    let url = database.url.clone();
    let app = TestApp::on(database, "127.0.0.1:0").await;
    let raw = Database::connect(url).await.unwrap();
    let agent = app.agent("quick").await;
    let (_, started) = app.post(&format!("/api/agents/{agent}/task"), json!({ "input": "Look." })).await;
    let id = started["run_id"].as_i64().unwrap();
    app.run_is(id, "success").await;
    assert_eq!(app.run(id).await["payloads_removed_at"], Value::Null);
    raw.execute_unprepared("UPDATE agent_runs SET queued_at = 1000, finished_at = 1000").await.unwrap();
    let limits = RetentionLimits { payload_days: Some(30), ..NONE };
    let retention = Retention::new(app.state.store.clone(), EventBus::default(), limits);
    assert_eq!(retention.sweep(app.state.store.now(), None).await.unwrap().payloads, 1);
    let run = app.run(id).await;
    assert!(run["payloads_removed_at"].is_string() && run["input"].is_null(), "{run}");
    for body in [json!({}), json!({ "model": "demo/slow" }), json!({ "input": "Other." })] {
        let refused = problem(&app.post(&format!("/api/runs/{id}/retry"), body.clone()).await, 409);
        assert!(refused.contains("variables"), "{body}: {refused}");
    }
    let given = json!({ "input": "Other.", "variables": {} });
    let (status, again) = app.post(&format!("/api/runs/{id}/retry"), given).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{again}");
    assert_eq!(app.run(again["run_id"].as_i64().unwrap()).await["input"], "Other.");
    // Nothing is something too; it is not what was removed.
    let (status, again) = app.post(&format!("/api/runs/{id}/retry"), json!({ "input": null, "variables": {} })).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{again}");
    let again = app.run(again["run_id"].as_i64().unwrap()).await;
    assert_eq!(again["input"], Value::Null);
    assert_ne!(again["thread_id"], run["thread_id"], "the old task has the old input");
}
