//! Claims, leases and fencing, on SQLite and on PostgreSQL.

mod ahead;
mod interrupted;
mod records;

use crate::support::database::{TestDatabase, on_both};
use crate::support::subject::{Subject, ending, first_step};
use runboard::domain::failure::{Failure, FailureCause};
use runboard::domain::run::RunStatus;
use runboard::server::store::endings::Verdict;
use runboard::server::store::transitions::StopOutcome;

on_both!(
    claims_are_oldest_first_in_turn_and_within_the_limit,
    two_claimers_never_get_the_same_run,
    a_stale_claim_writes_nothing,
    an_expired_queued_lease_is_claimable_again,
    renewal_answers_what_is_held_and_what_is_to_stop,
    a_stop_between_claim_and_start_wins,
    terminal_states_never_change,
    a_released_claim_can_be_claimed_at_once,
    work_in_hand_is_not_claimed_a_second_time,
    a_lease_that_has_expired_before_its_run_began_is_lost,
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

async fn an_expired_queued_lease_is_claimable_again(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(1).await;
    let run = s.queue(agent).await;
    s.store.claim_runs("a", 1, &[]).await.unwrap();
    assert!(s.store.claim_runs("b", 1, &[]).await.unwrap().is_empty());
    s.store.expire_all_leases().await.unwrap();
    assert_eq!(s.store.claim_runs("b", 1, &[]).await.unwrap()[0].run, run);
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
