//! Claims, leases, fencing and recovery, on SQLite and on PostgreSQL.

use crate::support::database::{TestDatabase, on_both};
use crate::support::stage::{Stage, USAGE};
use crate::support::subject::{Subject, ending, first_step};
use runboard::domain::failure::{Failure, FailureCause, FailureKind};
use runboard::domain::money::NanoDollars;
use runboard::domain::run::{RunStatus, Trigger, Usage};
use runboard::domain::thread::Role;
use runboard::domain::time::Timestamp;
use runboard::server::execution::{Priced, Pricing, StepEnding};
use runboard::server::runs::events::EventBus;
use runboard::server::runs::{Runs, recovery};
use runboard::server::store::endings::{Ending, Verdict};
use runboard::server::store::leases::Claim;
use runboard::server::store::transitions::StopOutcome;
use sea_orm::{ConnectionTrait, Database};
use serde_json::json;
use std::sync::Arc;

on_both!(
    what_a_step_wrote_is_not_kept_beyond_its_end,
    what_a_crash_leaves_counts_in_the_month,
    a_call_that_nobody_reported_on_is_priced_by_its_estimate,
    claims_are_oldest_first_in_turn_and_within_the_limit,
    two_claimers_never_get_the_same_run,
    a_stale_claim_writes_nothing,
    what_was_stored_without_being_confirmed_is_recognised,
    an_expired_queued_lease_is_claimable_again,
    an_expired_running_lease_is_interrupted_once,
    an_expired_run_that_was_asked_to_stop_is_cancelled,
    a_run_that_cannot_be_recovered_holds_up_neither_others_nor_the_start,
    renewal_answers_what_is_held_and_what_is_to_stop,
    a_stop_between_claim_and_start_wins,
    terminal_states_never_change,
    a_released_claim_can_be_claimed_at_once,
    work_in_hand_is_not_claimed_a_second_time,
    a_lease_that_has_expired_before_its_run_began_is_lost,
    a_clock_that_is_set_changes_no_duration,
    a_queued_run_knows_how_many_are_ahead_of_it,
    a_turn_of_a_chat_waits_for_the_earlier_ones,
);

async fn work_in_hand_is_not_claimed_a_second_time(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let runs = s.queue_many(agent, 2).await;
    let late = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
    s.store.expire_all_leases().await.unwrap();
    let claimed = s.store.claim_runs("a", 5, &[late.run]).await.unwrap();
    assert_eq!(claimed.iter().map(|claim| claim.run).collect::<Vec<_>>(), [runs[1]]);
}

/// Its place counts as free from then on: whoever came late would take one more than there are.
async fn a_lease_that_has_expired_before_its_run_began_is_lost(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(1).await;
    let runs = s.queue_many(agent, 2).await;
    let late = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
    s.store.expire_all_leases().await.unwrap();
    assert_eq!(s.store.renew_leases("a", &runs).await.unwrap(), [], "there is nothing left to renew");
    assert!(s.store.mark_running(&late, &first_step()).await.unwrap().is_none());
    s.store.release_claim(&late).await.unwrap();
    let again = s.store.claim_runs("a", 5, &[]).await.unwrap();
    assert_eq!(again.iter().map(|claim| (claim.run, claim.attempt)).collect::<Vec<_>>(), [(runs[0], 2)]);
    assert!(s.store.mark_running(&again[0], &first_step()).await.unwrap().is_some());
}

async fn claims_are_oldest_first_in_turn_and_within_the_limit(database: TestDatabase) {
    let s = Subject::on(database).await;
    let (greedy, modest) = (s.agent(3).await, s.agent(5).await);
    let many = s.queue_many(greedy, 10).await;
    let few = s.queue_many(modest, 2).await;
    let claimed: Vec<_> = s.store.claim_runs("a", 3, &[]).await.unwrap().iter().map(|c| c.run).collect();
    assert_eq!(claimed, [many[0], many[1], few[0]], "the modest agent is not behind the greedy one");
    let claimed: Vec<_> = s.store.claim_runs("a", 32, &[]).await.unwrap().iter().map(|c| c.run).collect();
    assert_eq!(claimed, [many[2], few[1]], "three of the greedy agent's at once");
    assert!(s.store.claim_runs("a", 32, &[]).await.unwrap().is_empty());
}

async fn two_claimers_never_get_the_same_run(database: TestDatabase) {
    let s = Subject::on(database).await;
    for _ in 0..4 {
        let agent = s.agent(7).await;
        s.queue_many(agent, 10).await;
    }
    let claim = |owner: &'static str| {
        let store = s.store.clone();
        async move {
            let mut runs = Vec::new();
            for _ in 0..20 {
                runs.extend(store.claim_runs(owner, 3, &[]).await.unwrap().into_iter().map(|c| c.run));
            }
            runs
        }
    };
    let (a, b) = tokio::join!(tokio::spawn(claim("a")), tokio::spawn(claim("b")));
    let mut all = [a.unwrap(), b.unwrap()].concat();
    assert_eq!(all.len(), 28, "four agents, seven at once each");
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 28, "no run twice");
}

async fn a_stale_claim_writes_nothing(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let run = s.queue(agent).await;
    let stale = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
    s.store.expire_all_leases().await.unwrap();
    let fresh = s.store.claim_runs("b", 1, &[]).await.unwrap().remove(0);
    assert_eq!((fresh.run, fresh.attempt), (run, 2));
    assert!(s.store.mark_running(&stale, &first_step()).await.unwrap().is_none());
    assert!(s.store.mark_running(&fresh, &first_step()).await.unwrap().is_some());
    assert!(s.store.end_run(&stale, &ending(Verdict::Success)).await.unwrap().is_none());
    let before = s.store.agent(&s.scope, agent).await.unwrap().1;
    assert!(s.store.end_run(&fresh, &ending(Verdict::Success)).await.unwrap().is_some());
    assert_eq!(s.store.agent(&s.scope, agent).await.unwrap().1, before + 1, "what wrote nothing took no number");
    assert_eq!(s.store.steps(&s.scope, run).await.unwrap().len(), 1);
}

async fn a_queued_run_knows_how_many_are_ahead_of_it(database: TestDatabase) {
    let s = Subject::on(database).await;
    let (one, two, other) = (s.agent(1).await, s.agent(2).await, s.agent(5).await);
    let ahead = async |run| s.store.run_record(&s.scope, run).await.unwrap().ahead;
    s.queue(other).await;
    for (agent, last, while_one_runs) in
        [(one, Some(2), [None, Some(1), Some(2)]), (two, Some(1), [None, Some(0), Some(1)])]
    {
        let runs = s.queue_many(agent, 3).await;
        assert_eq!([ahead(runs[0]).await, ahead(runs[2]).await], [Some(0), last], "other agents' are not in its way");
        let claims = s.store.claim_runs("a", 10, &[]).await.unwrap();
        let claim = claims.iter().find(|claim| claim.run == runs[0]).unwrap();
        s.store.mark_running(claim, &first_step()).await.unwrap().unwrap();
        let now = [ahead(runs[0]).await, ahead(runs[1]).await, ahead(runs[2]).await];
        assert_eq!(now, while_one_runs, "one that runs is ahead of those that it keeps from running");
    }

    let full = s.agent(3).await;
    let runs = s.queue_many(full, 5).await;
    for claim in s.store.claim_runs("a", 10, &[]).await.unwrap().iter().filter(|claim| claim.agent == full) {
        s.store.mark_running(claim, &first_step()).await.unwrap().unwrap();
    }
    let now = [ahead(runs[2]).await, ahead(runs[3]).await, ahead(runs[4]).await];
    assert_eq!(now, [None, Some(1), Some(2)], "any one of the three that run may end first");
}

async fn a_turn_of_a_chat_waits_for_the_earlier_ones(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(2).await;
    let (thread, _) = s.store.create_thread(&s.scope, agent, "Talk").await.unwrap();
    let mut turns = Vec::new();
    for text in ["One", "Two", "Three"] {
        s.store.post_message(&s.scope, thread.id, Role::User, text).await.unwrap();
        turns.push(s.store.create_thread_run(&s.scope, thread.id, Trigger::Api).await.unwrap().run.id);
    }
    let task = s.queue(agent).await;
    let ahead = async |run| s.store.run_record(&s.scope, run).await.unwrap().ahead;
    assert_eq!(
        [ahead(turns[0]).await, ahead(turns[2]).await, ahead(task).await],
        [Some(0), Some(2), Some(0)],
        "turns take one place"
    );
    let claims = s.store.claim_runs("a", 10, &[]).await.unwrap();
    assert_eq!(claims.iter().map(|claim| claim.run).collect::<Vec<_>>(), [turns[0], task]);
    s.store.mark_running(&claims[0], &first_step()).await.unwrap().unwrap();
    assert_eq!([ahead(turns[1]).await, ahead(turns[2]).await], [Some(1), Some(2)], "there is room, but not its turn");
}

/// When the confirmation of a COMMIT is lost, the same is written again.
async fn what_was_stored_without_being_confirmed_is_recognised(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let run = s.queue(agent).await;
    let claim = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
    let other = Claim { owner: "b".to_owned(), ..claim.clone() };
    let (begun, first) = s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
    let (again, step) = s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
    assert_eq!((again.run, step), (begun.run, first));
    assert!(s.store.mark_running(&other, &first_step()).await.unwrap().is_none());

    let second = s.store.begin_step(&claim, 2, &first_step()).await.unwrap().unwrap();
    assert_eq!(s.store.begin_step(&claim, 2, &first_step()).await.unwrap(), Some(second));
    assert_eq!(s.store.begin_step(&other, 2, &first_step()).await.unwrap(), None);
    let step_ending = StepEnding { position: 2, output: Some("seen".to_owned()), ..StepEnding::default() };
    let (_, ended) = s.store.end_step(&claim, &step_ending, &USAGE).await.unwrap().unwrap();
    let (_, again) = s.store.end_step(&claim, &step_ending, &USAGE).await.unwrap().unwrap();
    assert_eq!(again, ended);
    assert!(s.store.end_step(&other, &step_ending, &USAGE).await.unwrap().is_none());
    s.store.append_output(&claim, 1, 0, "one ").await.unwrap();
    s.store.append_output(&claim, 1, 4, "two").await.unwrap();
    s.store.append_output(&claim, 1, 4, "two three").await.unwrap();
    assert_eq!(s.store.kept_output(run).await.unwrap(), Some((1, "one two three".to_owned())));

    let (over, _) = s.store.end_run(&claim, &ending(Verdict::Success)).await.unwrap().unwrap();
    let (again, steps) = s.store.end_run(&claim, &ending(Verdict::Success)).await.unwrap().unwrap();
    assert_eq!((again.run.status, again.run), (RunStatus::Success, over.run));
    assert_eq!(steps, s.store.steps(&s.scope, run).await.unwrap());
    assert!(s.store.end_run(&other, &ending(Verdict::Success)).await.unwrap().is_none());
    let answers = s.store.transcript(&s.scope, run, |_| i64::MAX).await.unwrap();
    assert_eq!(answers.iter().filter(|message| message.run_id == Some(run)).count(), 1, "one answer: {answers:?}");
}

async fn an_expired_queued_lease_is_claimable_again(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(1).await;
    let run = s.queue(agent).await;
    s.store.claim_runs("a", 1, &[]).await.unwrap();
    assert!(s.store.claim_runs("b", 1, &[]).await.unwrap().is_empty());
    s.store.expire_all_leases().await.unwrap();
    assert_eq!(s.store.claim_runs("b", 1, &[]).await.unwrap()[0].run, run);
}

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

async fn renewal_answers_what_is_held_and_what_is_to_stop(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let runs = s.queue_many(agent, 3).await;
    let claims = s.store.claim_runs("a", 3, &[]).await.unwrap();
    for claim in &claims {
        s.store.mark_running(claim, &first_step()).await.unwrap().unwrap();
    }
    s.store.request_stop(&s.scope, runs[1]).await.unwrap();
    s.store.end_run(&claims[2], &ending(Verdict::Success)).await.unwrap().unwrap();
    let mut held = s.store.renew_leases("a", &runs).await.unwrap();
    held.sort_by_key(|held| held.run);
    let held: Vec<_> = held.iter().map(|held| (held.run, held.stop_requested)).collect();
    assert_eq!(held, [(runs[0], false), (runs[1], true)]);
    assert!(s.store.renew_leases("b", &runs).await.unwrap().is_empty());
    assert!(s.store.renew_leases("a", &[]).await.unwrap().is_empty());
}

async fn a_stop_between_claim_and_start_wins(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let run = s.queue(agent).await;
    let claim = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
    assert!(matches!(s.store.request_stop(&s.scope, run).await.unwrap(), StopOutcome::Cancelled(_)));
    assert!(s.store.mark_running(&claim, &first_step()).await.unwrap().is_none());
    assert!(s.store.steps(&s.scope, run).await.unwrap().is_empty());
}

async fn terminal_states_never_change(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let failure = Failure { detail: Some("4\u{0}0".into()), ..Failure::new(FailureCause::ProviderStatus, "no\0thing") };
    for verdict in [Verdict::Success, Verdict::Cancelled, Verdict::Failed(failure)] {
        let run = s.queue(agent).await;
        let claim = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
        s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
        s.store.end_run(&claim, &ending(verdict)).await.unwrap().unwrap();
        let over = s.store.run(&s.scope, run).await.unwrap();
        assert!(over.status.is_terminal() && RunStatus::Running.can_become(over.status));
        assert!(s.store.mark_running(&claim, &first_step()).await.unwrap().is_none());
        let (again, _) = s.store.end_run(&claim, &ending(Verdict::Success)).await.unwrap().expect("its own ending");
        assert_eq!(again.run, over, "the first stands");
        assert!(s.store.request_stop(&s.scope, run).await.is_err());
        assert_eq!(s.store.run(&s.scope, run).await.unwrap(), over);
    }
}

async fn a_released_claim_can_be_claimed_at_once(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let run = s.queue(agent).await;
    let claim = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
    s.store.release_claim(&claim).await.unwrap();
    assert_eq!(s.store.claim_runs("b", 1, &[]).await.unwrap()[0].run, run);
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

async fn what_a_step_wrote_is_not_kept_beyond_its_end(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let run = s.queue(agent).await;
    let claim = s.store.claim_runs("me", 1, &[]).await.unwrap().remove(0);
    s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
    s.store.append_output(&claim, 1, 0, "Let me ").await.unwrap();
    s.store.append_output(&claim, 1, 7, "see.").await.unwrap();
    assert_eq!(s.store.kept_output(run).await.unwrap(), Some((1, "Let me see.".to_owned())));
    let first = StepEnding { position: 1, output: Some("Let me see.".to_owned()), ..StepEnding::default() };
    s.store.end_step(&claim, &first, &USAGE).await.unwrap().unwrap();
    s.store.append_output(&claim, 1, 7, "see.").await.unwrap();
    assert_eq!(s.store.kept_output(run).await.unwrap(), None);
    s.store.expire_all_leases().await.unwrap();
    let (_, steps) = s.store.interrupt_expired(agent, run).await.unwrap().unwrap();
    assert_eq!(steps, [], "it was over");
    let steps = s.store.steps(&s.scope, run).await.unwrap();
    assert_eq!(steps[0].said.as_deref(), Some("Let me see."));
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

async fn a_clock_that_is_set_changes_no_duration(database: TestDatabase) {
    const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
    for jump in [DAY_MS, -DAY_MS] {
        let s = Subject::on(database.clone()).await;
        let agent = s.agent(5).await;
        let run = s.queue(agent).await;
        let claim = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
        s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
        s.clock.advance(3_000);
        let first = StepEnding { position: 1, usage: USAGE, ..StepEnding::default() };
        s.store.end_step(&claim, &first, &USAGE).await.unwrap().unwrap();
        s.store.begin_step(&claim, 2, &first_step()).await.unwrap().unwrap();
        s.clock.jump(jump);
        s.clock.advance(4_000);
        let last = StepEnding { position: 2, usage: USAGE, ..StepEnding::default() };
        let ending = Ending { open: vec![last], ..ending(Verdict::Success) };
        let (change, _) = s.store.end_run(&claim, &ending).await.unwrap().unwrap();
        assert_eq!(change.run.duration_ms, Some(7_000), "{jump}");
        let steps: Vec<_> = s.store.steps(&s.scope, run).await.unwrap().iter().map(|step| step.duration_ms).collect();
        assert_eq!(steps, [Some(3_000), Some(4_000)], "{jump}");
    }
}
