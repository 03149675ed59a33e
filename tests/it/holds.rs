//! Tests of holds in the store: what does not begin, and what becomes of due times.

mod at_work;
mod rest;

use crate::support::database::{TestDatabase, on_both};
use crate::support::subject::{NOW_MS, Subject, first_step};
use futures::future::join_all;
use runboard::domain::agent::AgentSettings;
use runboard::domain::hold::HoldRequest;
use runboard::domain::id::{AgentId, OwnerId, RunId};
use runboard::domain::request::RunRequest;
use runboard::domain::run::{AgentRun, RunStatus, SkipReason, Trigger};
use runboard::server::runs::firing::decide;
use runboard::server::store::holds::Holding;
use runboard::server::store::scope::Scope;
use std::collections::BTreeSet;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

on_both!(
    while_on_hold_nothing_is_claimed_and_nothing_begins,
    nothing_begins_once_the_hold_is_confirmed,
    due_times_wait_and_are_then_as_after_a_downtime,
    a_hold_is_to_blame_only_for_what_it_kept_from_happening,
    the_reason_is_kept_with_the_run,
    a_hold_is_one_owner_s,
    what_runs_is_asked_to_stop_and_what_waits_is_not,
);

impl Subject {
    async fn hold(&self) -> Holding {
        self.store.hold(&self.scope, Trigger::Api, &HoldRequest::default()).await.unwrap()
    }

    async fn release(&self) {
        assert!(self.store.release(&self.scope).await.unwrap());
    }

    async fn scheduled(&self, schedule: &str, catch_up: bool) -> AgentId {
        let (model, schedule) = ("demo/quick".into(), Some(schedule.into()));
        let settings = AgentSettings { model, schedule, catch_up, ..AgentSettings::named("Scheduled") };
        self.store.create_agent(&self.scope, &settings, None).await.unwrap()
    }

    async fn fire_all(&self) -> Vec<AgentRun> {
        self.store.fire_due(100, decide).await.unwrap().changes.into_iter().map(|change| change.run).collect()
    }

    async fn statuses(&self, runs: &[RunId]) -> Vec<RunStatus> {
        let mut statuses = Vec::new();
        for run in runs {
            statuses.push(self.store.run(&self.scope, *run).await.unwrap().status);
        }
        statuses
    }
}

fn why(run: &AgentRun) -> (RunStatus, Option<SkipReason>) {
    (run.status, run.skip_reason)
}

async fn while_on_hold_nothing_is_claimed_and_nothing_begins(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let early = s.queue(agent).await;
    let claim = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
    let started = s.hold().await.started;
    assert!(started.is_new && started.hold.held_at.ms() == NOW_MS, "{started:?}");

    let late = s.queue(agent).await;
    assert!(!s.store.has_claimable().await.unwrap());
    assert!(s.store.claim_runs("b", 9, &[]).await.unwrap().is_empty());
    assert!(s.store.mark_running(&claim, &first_step()).await.unwrap().is_none(), "it was claimed before");
    s.store.release_claim(&claim).await.unwrap();
    assert_eq!(s.statuses(&[early, late]).await, [RunStatus::Queued; 2]);
    let status = s.store.hold_status(&s.scope).await.unwrap().hold.unwrap();
    assert_eq!((&status.hold, status.queued, status.running), (&started.hold, 2, 0));

    s.release().await;
    assert!(!s.store.release(&s.scope).await.unwrap(), "it is released already");
    assert_eq!(s.store.hold_status(&s.scope).await.unwrap().hold, None);
    assert!(s.store.has_claimable().await.unwrap());
    let claimed: Vec<_> = s.store.claim_runs("b", 9, &[]).await.unwrap().into_iter().map(|claim| claim.run).collect();
    assert_eq!(claimed, [early, late]);
    assert!(s.hold().await.started.is_new, "another one");
}

/// Twenty claimed runs are marked running while the hold comes into force: each has begun by then, or does not begin.
async fn nothing_begins_once_the_hold_is_confirmed(database: TestDatabase) {
    let s = Subject::on(database).await;
    let mut runs = Vec::new();
    for _ in 0..10 {
        let agent = s.agent(5).await;
        runs.extend(s.queue_many(agent, 2).await);
    }
    let claims = s.store.claim_runs("a", 100, &[]).await.unwrap();
    assert_eq!(claims.len(), 20);
    let step = first_step();
    let beginning = join_all(claims.iter().map(|claim| s.store.mark_running(claim, &step)));
    let holding = async {
        s.hold().await;
        s.statuses(&runs).await
    };
    let (begun, then) = tokio::join!(beginning, holding);
    let now = s.statuses(&runs).await;
    assert_eq!(now, then);
    let running = |statuses: &[RunStatus]| statuses.iter().filter(|status| **status == RunStatus::Running).count();
    assert_eq!(begun.into_iter().filter(|begun| begun.as_ref().unwrap().is_some()).count(), running(&now));
}

async fn due_times_wait_and_are_then_as_after_a_downtime(database: TestDatabase) {
    let s = Subject::on(database).await;
    let (skips, catches_up) = (s.scheduled("0 * * * *", false).await, s.scheduled("0 * * * *", true).await);
    let daily = s.scheduled("0 3 * * *", false).await;
    let due = s.store.next_due().await.unwrap();
    assert!(due.is_some());
    s.hold().await;
    assert_eq!(s.store.next_due().await.unwrap(), None, "nobody waits for what does not come");
    s.clock.advance(3 * HOUR_MS);
    assert!(s.fire_all().await.is_empty());
    let reach = s.store.hold_reach(&s.scope).await.unwrap();
    assert_eq!((reach.scheduled, reach.catching_up, reach.skipping), (3, 1, 1));
    assert!(reach.next_due_at.is_some_and(|at| at.ms() > NOW_MS + 3 * HOUR_MS));

    s.release().await;
    assert_eq!(s.store.next_due().await.unwrap(), due);
    let runs = s.fire_all().await;
    let of = |agent| runs.iter().find(|run| run.agent_id == agent);
    let skipped = of(skips).unwrap();
    assert_eq!(why(skipped), (RunStatus::Skipped, Some(SkipReason::Held)));
    assert_eq!(
        skipped.error.as_deref(),
        Some("3 due times from 2026-11-23 15:00:00 to 2026-11-23 17:00:00 UTC came while everything was on hold.")
    );
    assert_eq!(why(of(catches_up).unwrap()), (RunStatus::Queued, None));
    assert!(of(daily).is_none() && s.fire_all().await.is_empty());

    // A hold that is over within the minute costs nothing.
    s.clock.advance(HOUR_MS / 2 - MINUTE_MS / 2);
    s.hold().await;
    s.clock.advance(MINUTE_MS);
    s.release().await;
    let runs = s.fire_all().await;
    assert_eq!(runs.iter().find(|run| run.agent_id == skips).map(why), Some((RunStatus::Queued, None)));
}

async fn a_hold_is_to_blame_only_for_what_it_kept_from_happening(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.scheduled("0 * * * *", false).await;
    // Over before the time came; then nobody was there.
    s.hold().await;
    s.clock.advance(HOUR_MS / 4);
    s.release().await;
    s.clock.advance(HOUR_MS);
    assert_eq!(
        s.fire_all().await.iter().map(why).collect::<Vec<_>>(),
        [(RunStatus::Skipped, Some(SkipReason::Missed))]
    );
    // Nobody was there when the time came, nor when the hold would have begun to matter.
    s.clock.advance(HOUR_MS);
    s.hold().await;
    s.clock.advance(2 * HOUR_MS);
    s.release().await;
    let skipped = s.fire_all().await.remove(0);
    assert_eq!((skipped.agent_id, why(&skipped)), (agent, (RunStatus::Skipped, Some(SkipReason::Missed))));
    // The hold comes first; when it is released, the server is down.
    s.hold().await;
    s.clock.advance(HOUR_MS);
    s.release().await;
    s.clock.advance(HOUR_MS);
    assert_eq!(why(&s.fire_all().await[0]), (RunStatus::Skipped, Some(SkipReason::Held)));
}

async fn the_reason_is_kept_with_the_run(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.scheduled("0 * * * *", false).await;
    s.hold().await;
    s.clock.advance(2 * HOUR_MS);
    s.release().await;
    let run = s.fire_all().await.remove(0);
    assert_eq!(s.store.run(&s.scope, run.id).await.unwrap(), run);
    assert_eq!(s.store.list_runs(&s.scope, agent, 5).await.unwrap(), std::slice::from_ref(&run));
    // To a version that knows no holds it was missed.
    let status = s.store.migration_status().await.unwrap();
    let since = status.iter().position(|(name, _)| name.ends_with("_hold")).unwrap();
    s.store.migrate_down(Some((status.len() - since) as u32)).await.unwrap();
    s.store.migrate().await.unwrap();
    let then = s.store.run(&s.scope, run.id).await.unwrap();
    assert_eq!((why(&then), then.error), ((RunStatus::Skipped, Some(SkipReason::Missed)), run.error));
}

async fn a_hold_is_one_owner_s(database: TestDatabase) {
    let s = Subject::on(database).await;
    let other = Scope::of(OwnerId(2));
    let agent = s.agent(5).await;
    let (model, schedule) = ("demo/quick".into(), Some("0 * * * *".into()));
    let settings = AgentSettings { model, schedule, ..AgentSettings::named("Theirs") };
    let theirs = s.store.create_agent(&other, &settings, None).await.unwrap();
    let mine = s.queue(agent).await;
    let run = s.store.create_task_run_with(&other, theirs, Trigger::Api, &RunRequest::default()).await.unwrap().run.id;
    s.hold().await;
    assert_eq!(s.store.hold_status(&other).await.unwrap().hold, None);
    assert!(!s.store.release(&other).await.unwrap(), "there is none of theirs");
    let claims = s.store.claim_runs("a", 9, &[]).await.unwrap();
    assert_eq!(claims.iter().map(|claim| claim.run).collect::<Vec<_>>(), [run]);
    assert!(s.store.mark_running(&claims[0], &first_step()).await.unwrap().is_some());
    s.clock.advance(HOUR_MS / 2);
    assert_eq!(s.fire_all().await.iter().map(|run| run.agent_id).collect::<Vec<_>>(), [theirs]);
    let reach = s.store.hold_reach(&s.scope).await.unwrap();
    assert_eq!((reach.queued, reach.running, reach.scheduled), (1, 0, 0));
    // Their hold stops what is theirs.
    let request = HoldRequest { stop_running: true, note: None };
    assert_eq!(s.store.hold(&other, Trigger::Manual, &request).await.unwrap().started.stopping, 1);
    assert_eq!(s.statuses(&[mine]).await, [RunStatus::Queued]);
}

async fn what_runs_is_asked_to_stop_and_what_waits_is_not(database: TestDatabase) {
    let s = Subject::on(database).await;
    let (one, other) = (s.agent(2).await, s.agent(2).await);
    let mut runs = s.queue_many(one, 3).await;
    runs.extend(s.queue_many(other, 1).await);
    for claim in s.store.claim_runs("a", 9, &[]).await.unwrap() {
        s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
    }
    let request = HoldRequest { stop_running: true, note: Some("Provider is down".into()) };
    let Holding { started, stopped } = s.store.hold(&s.scope, Trigger::Manual, &request).await.unwrap();
    assert_eq!((started.stopping, started.hold.note.as_deref()), (3, Some("Provider is down")));
    let asked: BTreeSet<_> = stopped.iter().flat_map(|(_, stopping)| &stopping.running).map(|run| run.0).collect();
    let mut stopping = BTreeSet::new();
    for run in &runs {
        let run = s.store.run(&s.scope, *run).await.unwrap();
        if run.is_stopping() {
            stopping.insert(run.id.0);
        }
    }
    assert_eq!((asked.len(), &asked), (3, &stopping));
    assert_eq!(s.statuses(&runs[2..3]).await, [RunStatus::Queued]);
    // Held again, without stopping: the same hold, its note as it was.
    let again = s.hold().await.started;
    assert_eq!((again.is_new, again.stopping, &again.hold), (false, 0, &started.hold));
    let other_note = HoldRequest { stop_running: false, note: Some("Until noon".into()) };
    let noted = s.store.hold(&s.scope, Trigger::Api, &other_note).await.unwrap().started.hold;
    assert_eq!((noted.id, noted.note.as_deref()), (started.hold.id, Some("Until noon")));
}
