//! Runs whose server went away while they were executed: how they end, and what they have cost.

use crate::support::database::{TestDatabase, on_both};
use crate::support::stage::{Stage, USAGE};
use crate::support::subject::{Subject, ending, first_step};
use runboard::domain::failure::{Failure, FailureCause, FailureKind};
use runboard::domain::money::NanoDollars;
use runboard::domain::run::{RunStatus, Usage};
use runboard::domain::time::Timestamp;
use runboard::server::execution::{Priced, Pricing, StepEnding};
use runboard::server::runs::events::EventBus;
use runboard::server::runs::{Runs, recovery};
use runboard::server::store::endings::{Ending, Verdict};
use sea_orm::{ConnectionTrait, Database};
use serde_json::json;
use std::sync::Arc;

on_both!(
    an_expired_running_lease_is_interrupted_once,
    an_expired_run_that_was_asked_to_stop_is_cancelled,
    a_run_that_cannot_be_recovered_holds_up_neither_others_nor_the_start,
    what_a_crash_leaves_counts_in_the_month,
    a_call_that_nobody_reported_on_is_priced_by_its_estimate,
);

async fn an_expired_running_lease_is_interrupted_once(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let run = s.queue(agent).await;
    let claim = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
    s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
    assert!(s.store.expired_running().await.unwrap().is_empty());
    assert!(s.store.interrupt_expired(agent, run).await.unwrap().is_none(), "its lease is alive");
    s.store.expire_all_leases().await.unwrap();
    s.clock.advance(4_000);
    assert_eq!(s.store.expired_running().await.unwrap(), [(agent, run)]);
    let (change, _) = s.store.interrupt_expired(agent, run).await.unwrap().unwrap();
    assert_eq!((change.run.status, change.run.failure_kind), (RunStatus::Failed, Some(FailureKind::Interrupted)));
    assert_eq!(change.run.failure_cause, Some(FailureCause::Interrupted));
    assert_eq!(change.run.duration_ms, Some(4_000));
    let step = s.store.steps(&s.scope, run).await.unwrap().remove(0);
    assert!(step.finished_at.is_some() && step.error.is_some());
    assert!(s.store.interrupt_expired(agent, run).await.unwrap().is_none());
    assert!(s.store.claim_runs("b", 5, &[]).await.unwrap().is_empty(), "it is not executed again");
    assert!(s.store.end_run(&claim, &ending(Verdict::Success)).await.unwrap().is_none(), "a late success is dropped");
}

async fn an_expired_run_that_was_asked_to_stop_is_cancelled(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let run = s.queue(agent).await;
    let claim = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
    s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
    s.store.request_stop(&s.scope, run).await.unwrap();
    s.store.expire_all_leases().await.unwrap();
    let (change, _) = s.store.interrupt_expired(agent, run).await.unwrap().unwrap();
    assert_eq!((change.run.status, change.run.failure_kind), (RunStatus::Cancelled, None));
}

async fn a_run_that_cannot_be_recovered_holds_up_neither_others_nor_the_start(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let [broken, whole] = [s.queue(agent).await, s.queue(agent).await];
    for claim in s.store.claim_runs("gone", 2, &[]).await.unwrap() {
        s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
    }
    let raw = Database::connect(&s.database.url).await.unwrap();
    let change = async |tries: &str| {
        let update = format!("UPDATE run_steps SET tries = '{tries}' WHERE run_id = {broken}");
        raw.execute_unprepared(&update).await.unwrap();
    };
    change("nonsense").await;
    s.store.expire_all_leases().await.unwrap();
    let runs = Runs::new(s.store.clone(), Arc::new(Stage::default()), EventBus::default(), "next".to_owned(), 1);
    recovery::at_start(&runs).await.expect("the server starts");
    let status = async |run| s.store.run(&s.scope, run).await.unwrap().status;
    assert_eq!([status(broken).await, status(whole).await], [RunStatus::Running, RunStatus::Failed]);
    assert!(recovery::round(&runs).await.is_err(), "the task's report says so");
    change("[]").await;
    recovery::round(&runs).await.unwrap();
    assert_eq!(status(broken).await, RunStatus::Failed, "tried again");
}

async fn what_a_crash_leaves_counts_in_the_month(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let run = s.queue(agent).await;
    let claim = s.store.claim_runs("me", 1, &[]).await.unwrap().remove(0);
    s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
    let first = StepEnding { position: 1, usage: USAGE, ..StepEnding::default() };
    s.store.end_step(&claim, &first, &USAGE).await.unwrap().unwrap();
    s.store.begin_step(&claim, 2, &first_step()).await.unwrap().unwrap();
    s.store.expire_all_leases().await.unwrap();
    let (change, steps) = s.store.interrupt_expired(agent, run).await.unwrap().unwrap();
    assert_eq!((change.run.usage.total_cost, change.run.usage.usage_estimated), (None, true));
    assert_eq!(change.run.usage.total_tokens, Some(15 + 3), "with what the call under way was sent");
    assert_eq!(steps.len(), 1);
    let spent = s.store.spent_this_month(agent, None).await.unwrap();
    assert_eq!((spent.cost, spent.tokens, spent.has_unknown_cost), (NanoDollars(1_500), 18, true));
}

/// A cent for each token.
struct Cents;

impl Pricing for Cents {
    fn estimate(&self, model: &str, usage: &Usage, _: Timestamp) -> Option<Priced> {
        assert_eq!(model, "demo/quick");
        Some(Priced { cost: NanoDollars(usage.total_tokens? * 10_000_000), rates: json!({ "source": "a test" }) })
    }
}

async fn a_call_that_nobody_reported_on_is_priced_by_its_estimate(database: TestDatabase) {
    let s = Subject::on(database).await;
    let store = s.store.clone().with_pricing(Arc::new(Cents));
    let agent = s.agent(5).await;
    for is_lost in [true, false] {
        let run = s.queue(agent).await;
        let claim = store.claim_runs("me", 1, &[]).await.unwrap().remove(0);
        store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
        let first = StepEnding { position: 1, usage: USAGE, ..StepEnding::default() };
        store.end_step(&claim, &first, &USAGE).await.unwrap().unwrap();
        store.begin_step(&claim, 2, &first_step()).await.unwrap().unwrap();
        let (change, steps) = match is_lost {
            true => {
                store.append_output(&claim, 2, 0, "eight ch").await.unwrap();
                store.expire_all_leases().await.unwrap();
                store.interrupt_expired(agent, run).await.unwrap().unwrap()
            }
            false => {
                let verdict = Verdict::Failed(Failure::new(FailureCause::TimeLimit, "too slow"));
                let dropped = Ending { text: "eight ch".into(), usage: None, open: vec![], ..ending(verdict) };
                store.end_run(&claim, &dropped).await.unwrap().unwrap()
            }
        };
        // Three that were sent, and two written.
        assert_eq!(steps[0].usage.total_cost, Some(NanoDollars(50_000_000)));
        assert_eq!(store.steps(&s.scope, run).await.unwrap()[1], steps[0], "as it is stored");
        assert_eq!(
            (change.run.usage.total_cost, change.run.usage.usage_estimated),
            (Some(NanoDollars(50_001_500)), true)
        );
    }
    let spent = store.spent_this_month(agent, None).await.unwrap();
    assert_eq!((spent.cost, spent.has_unknown_cost), (NanoDollars(100_003_000), false));
}
