//! Errors of runs, counted together where they say the same, on SQLite and on PostgreSQL.

use crate::support::database::{TestDatabase, on_both};
use crate::support::subject::{NOW_MS, Subject, ending, first_step};
use runboard::domain::error_group::{ErrorGroup, ErrorState, MOST_GROUPS};
use runboard::domain::failure::{Failure, FailureCause};
use runboard::domain::id::{AgentId, ErrorGroupId, RunId};
use runboard::domain::run_filter::Choice;
use runboard::domain::time::Timestamp;
use runboard::server::store::Moment;
use runboard::server::store::endings::{Ending, Verdict};
use runboard::server::store::error::StoreError;
use sea_orm::{ConnectionTrait, Database};

on_both!(
    errors_that_say_the_same_are_counted_together,
    what_was_resolved_is_open_again_when_it_comes_again,
    a_failure_that_is_stored_late_turns_nothing_back,
    of_too_many_groups_those_seen_longest_ago_go,
    a_run_that_was_lost_is_counted_too,
);

impl Subject {
    async fn fails(&self, agent: AgentId, error: &str) -> RunId {
        self.fails_at(agent, error, None).await
    }

    async fn fails_at(&self, agent: AgentId, error: &str, ended: Option<Moment>) -> RunId {
        let run = self.queue(agent).await;
        let claim = self.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
        self.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
        self.clock.advance(1_000);
        let failed = Verdict::Failed(Failure::new(FailureCause::Other, error));
        self.store.end_run(&claim, &Ending { ended, ..ending(failed) }).await.unwrap().unwrap();
        run
    }

    async fn errors(&self, agent: AgentId) -> Vec<ErrorGroup> {
        self.store.error_groups(&self.scope, agent, None).await.unwrap()
    }
}

async fn errors_that_say_the_same_are_counted_together(database: TestDatabase) {
    let s = Subject::on(database).await;
    let (agent, other) = (s.agent(9).await, s.agent(9).await);
    s.fails(agent, "upstream timed out after 25 s").await;
    s.fails(agent, "529 overloaded").await;
    let last = s.fails(agent, "upstream timed out after 7 s").await;
    s.fails(other, "upstream timed out after 9 s").await;

    let groups = s.errors(agent).await;
    let said: Vec<_> = groups.iter().map(|group| (group.message.as_str(), group.runs)).collect();
    assert_eq!(said, [("upstream timed out after … s", 2), ("529 overloaded", 1)]);
    let first = &groups[0];
    assert_eq!((first.sample.as_str(), first.last_run_id), ("upstream timed out after 7 s", last));
    assert_eq!((first.first_seen.ms(), first.last_seen.ms()), (NOW_MS + 1_000, NOW_MS + 3_000));
    assert_eq!(s.errors(other).await.len(), 1);
    let missing = s.store.error_groups(&s.scope, AgentId(4711), None).await.unwrap_err();
    assert!(matches!(missing, StoreError::NoAgent(_)), "{missing}");
}

async fn what_was_resolved_is_open_again_when_it_comes_again(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(9).await;
    s.fails(agent, "no such row 1").await;
    s.fails(agent, "out of paper").await;
    let ids: Vec<ErrorGroupId> = s.errors(agent).await.iter().map(|group| group.id).collect();
    for (id, state) in ids.iter().zip([ErrorState::Ignored, ErrorState::Resolved]) {
        let decided = s.store.decide_error(&s.scope, agent, *id, state).await.unwrap();
        assert_eq!((decided.state, decided.state_changed_at), (state, s.store.now()));
    }
    let of = async |state| {
        let groups = s.store.error_groups(&s.scope, agent, Some(&Choice::of([state]))).await.unwrap();
        groups.into_iter().map(|group| (group.message, group.runs)).collect::<Vec<_>>()
    };
    assert_eq!(of(ErrorState::Open).await, []);
    s.fails(agent, "no such row 2").await;
    s.fails(agent, "out of paper").await;
    assert_eq!(of(ErrorState::Open).await, [("no such row …".to_owned(), 2)]);
    assert_eq!(of(ErrorState::Ignored).await, [("out of paper".to_owned(), 2)], "it stays as it was decided");

    let missing = s.store.decide_error(&s.scope, agent, ErrorGroupId(4711), ErrorState::Open).await.unwrap_err();
    assert!(matches!(missing, StoreError::NoErrorGroup(..)), "{missing}");
    let other = s.agent(1).await;
    let missing = s.store.decide_error(&s.scope, other, ids[0], ErrorState::Open).await.unwrap_err();
    assert!(matches!(missing, StoreError::NoErrorGroup(..)), "it is another agent's: {missing}");
}

async fn a_failure_that_is_stored_late_turns_nothing_back(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(9).await;
    let last = s.fails(agent, "no such row 1").await;
    let first = s.errors(agent).await.remove(0);
    // Ended while nothing could be stored, before the one that is known.
    let earlier = Moment { at: Timestamp::from_ms(first.last_seen.ms() - 500), ..s.store.moment() };
    s.store.decide_error(&s.scope, agent, first.id, ErrorState::Resolved).await.unwrap();
    s.fails_at(agent, "no such row 2", Some(earlier)).await;
    let group = s.errors(agent).await.remove(0);
    assert_eq!((group.state, group.runs, group.last_run_id), (ErrorState::Resolved, 2, last));
    assert_eq!(
        (group.sample.as_str(), group.last_seen, group.first_seen),
        ("no such row 1", first.last_seen, earlier.at)
    );
}

async fn of_too_many_groups_those_seen_longest_ago_go(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(9).await;
    s.fails(agent, "the oldest").await;
    let raw = Database::connect(&s.database.url).await.unwrap();
    for n in 0..MOST_GROUPS {
        let sql = format!(
            "INSERT INTO error_groups (agent_id, fingerprint, failure_kind, message, sample, runs, first_seen, last_seen,
                                       last_run_id, state, state_changed_at)
             VALUES ({agent}, 'f{n}', 'error', 'm', 's', 1, 1, {}, 1, 'open', 1)",
            NOW_MS + 2_000 + n as i64
        );
        raw.execute_unprepared(&sql).await.unwrap();
    }
    s.clock.advance(60_000);
    s.fails(agent, "the newest").await;
    let groups = s.errors(agent).await;
    assert_eq!((groups.len(), groups[0].message.as_str()), (MOST_GROUPS, "the newest"));
    assert!(groups.iter().all(|group| group.message != "the oldest"));
}

async fn a_run_that_was_lost_is_counted_too(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(9).await;
    s.queue(agent).await;
    let claim = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
    s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
    s.store.expire_all_leases().await.unwrap();
    s.store.interrupt_expired(claim.agent, claim.run).await.unwrap().unwrap();
    assert_eq!(s.errors(agent).await.len(), 1);
}
