//! Tests of runs that are put off: `not_before`.

use crate::support::app::TestApp;
use crate::support::database::{TestDatabase, on_both};
use crate::support::subject::{NOW_MS, Subject, ending, first_step};
use reqwest::StatusCode;
use runboard::domain::agent::AgentSettings;
use runboard::domain::id::{AgentId, RunId};
use runboard::domain::request::RunRequest;
use runboard::domain::run::{RunStatus, Trigger};
use runboard::domain::schedule::Overlap;
use runboard::domain::time::Timestamp;
use runboard::server::clock::ManualClock;
use runboard::server::runs::firing::decide;
use runboard::server::store::endings::Verdict;
use serde_json::json;

const MINUTE_MS: i64 = 60_000;

on_both!(
    a_run_that_is_put_off_begins_when_it_is_due,
    it_blocks_no_other_run_of_its_agent,
    it_counts_neither_as_ahead_nor_as_active,
    it_can_be_stopped_and_its_retry_begins_at_once,
    the_month_s_budget_is_asked_when_it_begins,
);

impl Subject {
    async fn queue_in(&self, agent: AgentId, ms: i64) -> RunId {
        let not_before = Some(Timestamp::from_ms(NOW_MS + ms));
        let request = RunRequest { not_before, ..RunRequest::default() };
        let change = self.store.create_task_run_with(&self.scope, agent, Trigger::Api, &request).await.unwrap();
        assert_eq!(change.run.brief.not_before, not_before);
        change.run.id
    }

    async fn claimed(&self) -> Vec<RunId> {
        self.store.claim_runs("a", 10, &[]).await.unwrap().into_iter().map(|claim| claim.run).collect()
    }
}

async fn a_run_that_is_put_off_begins_when_it_is_due(database: TestDatabase) {
    let clock = ManualClock::at(NOW_MS);
    let app = TestApp::with_clock(database, "127.0.0.1:0", clock.clone()).await;
    let agent = app.agent("quick").await;
    let at = Timestamp::from_ms(NOW_MS + 5 * MINUTE_MS).to_string();
    let (status, started) = app.post(&format!("/api/agents/{agent}/task"), json!({ "not_before": at })).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{started}");
    let id = started["run_id"].as_i64().unwrap();
    // One that came later and may begin shows that the first was passed over.
    app.task_is(agent, "success").await;
    let waiting = app.run(id).await;
    assert_eq!((&waiting["status"], &waiting["not_before"]), (&json!("queued"), &json!(at)));
    clock.advance(5 * MINUTE_MS - 1);
    app.task_is(agent, "success").await;
    assert_eq!(app.run(id).await["status"], "queued");
    clock.advance(1);
    app.run_is(id, "success").await;
}

async fn it_blocks_no_other_run_of_its_agent(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(1).await;
    let later = s.queue_in(agent, MINUTE_MS).await;
    let now = s.queue(agent).await;
    assert_eq!(s.claimed().await, [now]);
    let past = s.queue_in(s.agent(1).await, -MINUTE_MS).await;
    assert_eq!(s.claimed().await, [past], "one that is due already");
    assert!(!s.store.has_claimable().await.unwrap());
    assert_eq!(s.store.next_start().await.unwrap().map(Timestamp::ms), Some(NOW_MS + MINUTE_MS));
    s.clock.advance(MINUTE_MS);
    assert!(s.store.has_claimable().await.unwrap());
    assert_eq!(s.claimed().await, [], "its agent is at its limit");
    s.store.request_stop(&s.scope, now).await.unwrap();
    assert_eq!(s.claimed().await, [later]);
    assert_eq!(s.store.next_start().await.unwrap(), None);
}

async fn it_counts_neither_as_ahead_nor_as_active(database: TestDatabase) {
    let s = Subject::on(database).await;
    let settings = AgentSettings {
        model: "demo/quick".into(),
        max_concurrent_runs: 1,
        schedule: Some("* * * * *".into()),
        overlap: Overlap::Skip,
        ..AgentSettings::named("A")
    };
    let agent = s.store.create_agent(&s.scope, &settings, None).await.unwrap();
    let later = s.queue_in(agent, 90 * MINUTE_MS).await;
    s.clock.advance(MINUTE_MS);
    let fired = s.store.fire_due(10, decide).await.unwrap().changes;
    assert_eq!(fired[0].run.status, RunStatus::Queued, "it does not make the schedule skip");
    let ahead = async |run| s.store.run_record(&s.scope, run).await.unwrap().ahead;
    assert_eq!(ahead(fired[0].run.id).await, Some(0));
    assert_eq!(ahead(later).await, None);
    s.clock.advance(MINUTE_MS);
    let overlapping = s.store.fire_due(10, decide).await.unwrap().changes;
    assert_eq!(overlapping[0].run.status, RunStatus::Skipped);
    s.clock.advance(90 * MINUTE_MS);
    assert_eq!(ahead(later).await, Some(0), "it was queued before the others");
    assert_eq!(ahead(fired[0].run.id).await, Some(1));
}

async fn it_can_be_stopped_and_its_retry_begins_at_once(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let (one, two) = (s.queue_in(agent, MINUTE_MS).await, s.queue_in(agent, MINUTE_MS).await);
    s.store.request_stop(&s.scope, one).await.unwrap();
    assert_eq!(s.store.run(&s.scope, one).await.unwrap().status, RunStatus::Cancelled);
    let retry = s.store.create_retry(&s.scope, one, Trigger::Api, None).await.unwrap().run;
    assert_eq!(retry.brief.not_before, None);
    assert_eq!(s.claimed().await, [retry.id]);
    assert_eq!(s.store.stop_agent_runs(&s.scope, agent).await.unwrap().unwrap().count(), 2);
    assert_eq!(s.store.run(&s.scope, two).await.unwrap().status, RunStatus::Cancelled);
}

async fn the_month_s_budget_is_asked_when_it_begins(database: TestDatabase) {
    let s = Subject::on(database).await;
    let settings =
        AgentSettings { model: "demo/quick".into(), month_budget_tokens: Some(1), ..AgentSettings::named("Thrifty") };
    let agent = s.store.create_agent(&s.scope, &settings, None).await.unwrap();
    let run = s.queue(agent).await;
    let claim = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
    s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
    s.store.end_run(&claim, &ending(Verdict::Success)).await.unwrap().unwrap();
    assert_eq!(claim.run, run);
    let status = async |run| s.store.run(&s.scope, run).await.unwrap().status;
    let now = s.queue(agent).await;
    assert_eq!(status(now).await, RunStatus::Skipped, "the month is spent");
    // Which month it will be in, nobody knows yet.
    let later = s.queue_in(agent, 10 * 24 * 60 * MINUTE_MS).await;
    assert_eq!(status(later).await, RunStatus::Queued);
}
