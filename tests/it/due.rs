//! Tests of due times in the store: the outcome of each, and what moves them.

use crate::support::database::{TestDatabase, on_both};
use crate::support::stage::HISTORY_LIMIT;
use crate::support::subject::{NOW_MS, Subject, ending, first_step};
use runboard::domain::agent::{AgentSettings, AgentStatus};
use runboard::domain::id::AgentId;
use runboard::domain::run::{AgentRun, RunStatus, SkipReason, Trigger};
use runboard::domain::schedule::Overlap;
use runboard::domain::thread::Role;
use runboard::server::runs::firing::decide;
use runboard::server::store::due::Moved;
use runboard::server::store::endings::Verdict;
use runboard::server::store::versions::Saving;
use runboard::server::store::which::Which;
use sea_orm::{ConnectionTrait, Database};
use std::collections::BTreeSet;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

on_both!(
    a_due_time_becomes_a_queued_run_on_its_own_thread,
    one_scheduled_run_waits_and_the_rest_are_skipped,
    an_agent_that_must_not_overlap_skips_while_any_run_is_not_over,
    what_was_missed_is_one_skipped_row_that_says_the_span,
    what_was_missed_is_caught_up_with_by_one_run,
    a_paused_agent_has_no_due_time_and_resumes_from_now,
    only_edits_of_the_schedule_move_the_due_time,
    a_deleting_agent_does_not_fire,
    a_retry_does_not_stand_for_the_due_time,
    a_clock_that_was_put_back_fires_nothing_twice,
    a_clock_that_was_ahead_silences_nobody,
    two_hundred_agents_of_one_minute_fire_together,
    a_due_time_has_one_row_at_most,
);

/// Returns an agent that is due at every full hour; the clock stands at half past.
fn hourly() -> AgentSettings {
    let (model, schedule) = ("demo/quick".into(), Some("0 * * * *".into()));
    AgentSettings { model, schedule, ..AgentSettings::named("Hourly") }
}

impl Subject {
    async fn with(&self, settings: AgentSettings) -> AgentId {
        self.store.create_agent(&self.scope, &settings, None).await.unwrap()
    }

    /// Returns when an agent comes due, in milliseconds from the test's beginning.
    async fn due_in(&self, agent: AgentId) -> Option<i64> {
        let (agent, _) = self.store.agent(&self.scope, agent).await.unwrap();
        agent.next_due_at.map(|at| at.ms() - NOW_MS)
    }

    async fn fire(&self) -> Vec<AgentRun> {
        self.store.fire_due(100, decide).await.unwrap().changes.into_iter().map(|change| change.run).collect()
    }

    /// Fires the agent's only due time an hour after the last one; returns its row.
    async fn fire_in_an_hour(&self) -> AgentRun {
        self.clock.advance(HOUR_MS);
        let mut runs = self.fire().await;
        assert_eq!(runs.len(), 1);
        runs.remove(0)
    }

    /// Moves the clock by half an hour, to the first due time of [`hourly`] exactly.
    fn on_the_hour(&self) {
        self.clock.advance(HOUR_MS / 2);
    }
}

fn what(run: &AgentRun) -> (RunStatus, Option<SkipReason>) {
    (run.status, run.skip_reason)
}

async fn a_due_time_becomes_a_queued_run_on_its_own_thread(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.with(AgentSettings { system_instructions: "Be brief.".into(), ..hourly() }).await;
    assert_eq!(s.due_in(agent).await, Some(HOUR_MS / 2));
    let (before, seq) = s.store.agent(&s.scope, agent).await.unwrap();
    assert_eq!(before.status, AgentStatus::Scheduled);
    assert!(s.fire().await.is_empty(), "not before its time");

    s.on_the_hour();
    let change = s.store.fire_due(100, decide).await.unwrap().changes.remove(0);
    let run = &change.run;
    assert_eq!((what(run), run.trigger, change.seq), ((RunStatus::Queued, None), Trigger::Schedule, seq + 2));
    assert_eq!((run.scheduled_for, run.finished_at, &*run.model), (before.next_due_at, None, "demo/quick"));
    let said = s.store.messages(&s.scope, run.thread_id).await.unwrap();
    let said: Vec<_> = said.iter().map(|message| (message.role, &*message.content)).collect();
    assert_eq!(said, [(Role::System, "Be brief."), (Role::User, "Carry out your instructions.")]);
    assert_eq!(s.due_in(agent).await, Some(HOUR_MS * 3 / 2));
    assert!(s.fire().await.is_empty(), "once only");
    let row = s.store.agent_rows(&s.scope, Which::These(&[agent])).await.unwrap().remove(0);
    assert_eq!(row.pulse.next_run_at.map(|at| at.ms() - NOW_MS), Some(HOUR_MS * 3 / 2));
    // It is executed as any other.
    let claim = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
    assert_eq!(claim.run, run.id);
    assert_eq!(s.store.assignment(run.id, |_| HISTORY_LIMIT).await.unwrap().history.len(), 2);
}

async fn one_scheduled_run_waits_and_the_rest_are_skipped(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.with(AgentSettings { max_concurrent_runs: 1, ..hourly() }).await;
    s.queue(agent).await;
    let claim = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
    s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
    s.queue(agent).await;
    s.on_the_hour();
    assert_eq!(what(&s.fire().await[0]), (RunStatus::Queued, None), "runs of other doors do not count");
    let skipped = s.fire_in_an_hour().await;
    assert_eq!(what(&skipped), (RunStatus::Skipped, Some(SkipReason::Overlap)));
    assert_eq!(skipped.finished_at.map(|at| at.ms()), Some(NOW_MS + HOUR_MS * 3 / 2));
    assert_eq!((skipped.scheduled_for, skipped.started_at), (skipped.finished_at, None));
    // Skipped rows are no outcome: neither in rates nor in the status.
    let (shown, _) = s.store.agent(&s.scope, agent).await.unwrap();
    assert_eq!((shown.success_rate, shown.running_count), (None, 1));
    let summary = s.store.summary(&s.scope).await.unwrap();
    assert_eq!((summary.runs, summary.unpriced, summary.success_rate()), (1, 0, None));

    s.store.end_run(&claim, &ending(Verdict::Success)).await.unwrap().unwrap();
    for run in s.store.list_runs(&s.scope, agent, 100).await.unwrap() {
        if !run.status.is_terminal() {
            s.store.request_stop(&s.scope, run.id).await.unwrap();
        }
    }
    assert_eq!(what(&s.fire_in_an_hour().await), (RunStatus::Queued, None));
}

async fn an_agent_that_must_not_overlap_skips_while_any_run_is_not_over(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.with(AgentSettings { overlap: Overlap::Skip, ..hourly() }).await;
    let by_hand = s.queue(agent).await;
    s.on_the_hour();
    assert_eq!(what(&s.fire().await[0]), (RunStatus::Skipped, Some(SkipReason::Overlap)));
    let claim = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
    assert_eq!(claim.run, by_hand, "what was skipped is not executed");
    s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
    assert_eq!(what(&s.fire_in_an_hour().await), (RunStatus::Skipped, Some(SkipReason::Overlap)));
    s.store.end_run(&claim, &ending(Verdict::Success)).await.unwrap().unwrap();
    assert_eq!(what(&s.fire_in_an_hour().await), (RunStatus::Queued, None));
}

async fn what_was_missed_is_one_skipped_row_that_says_the_span(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.with(hourly()).await;
    s.clock.advance(3 * HOUR_MS);
    let runs = s.fire().await;
    assert_eq!(runs.iter().map(what).collect::<Vec<_>>(), [(RunStatus::Skipped, Some(SkipReason::Missed))]);
    assert_eq!(
        runs[0].error.as_deref(),
        Some("3 due times from 2026-11-23 15:00:00 to 2026-11-23 17:00:00 UTC were missed.")
    );
    assert_eq!(s.due_in(agent).await, Some(HOUR_MS * 7 / 2), "the first after now");
    assert!(s.fire().await.is_empty());
}

async fn what_was_missed_is_caught_up_with_by_one_run(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.with(AgentSettings { catch_up: true, ..hourly() }).await;
    s.clock.advance(3 * HOUR_MS);
    let runs = s.fire().await;
    assert_eq!(runs.iter().map(what).collect::<Vec<_>>(), [(RunStatus::Queued, None)]);
    assert_eq!((runs[0].error.as_deref(), s.due_in(agent).await), (None, Some(HOUR_MS * 7 / 2)));
    // Not while another scheduled run waits.
    s.clock.advance(3 * HOUR_MS);
    let overlapping = s.fire().await.remove(0);
    assert_eq!(what(&overlapping), (RunStatus::Skipped, Some(SkipReason::Overlap)));
    assert!(overlapping.error.unwrap().starts_with("3 due times"));
}

async fn a_paused_agent_has_no_due_time_and_resumes_from_now(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.with(hourly()).await;
    s.store.set_paused(&s.scope, agent, true).await.unwrap();
    assert_eq!(s.due_in(agent).await, None);
    assert_eq!(s.store.agent_rows(&s.scope, Which::These(&[agent])).await.unwrap()[0].pulse.next_run_at, None);
    s.clock.advance(5 * HOUR_MS);
    assert!(s.fire().await.is_empty());
    s.store.set_paused(&s.scope, agent, false).await.unwrap();
    assert_eq!(s.due_in(agent).await, Some(HOUR_MS * 11 / 2), "nothing was missed");
    // Resuming what is not paused keeps what is due.
    s.on_the_hour();
    s.store.set_paused(&s.scope, agent, false).await.unwrap();
    assert_eq!(s.fire().await.len(), 1);
    let paused = s.with(AgentSettings { paused: true, ..hourly() }).await;
    assert_eq!(s.due_in(paused).await, None);
    s.store.replace_agent(&s.scope, paused, &hourly(), &Saving::default()).await.unwrap();
    assert_eq!(s.due_in(paused).await, Some(HOUR_MS * 13 / 2));
}

async fn only_edits_of_the_schedule_move_the_due_time(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.with(hourly()).await;
    let replace = async |settings: AgentSettings| {
        s.store.replace_agent(&s.scope, agent, &settings.tidied(), &Saving::default()).await.unwrap();
    };
    s.clock.advance(HOUR_MS * 3 / 4);
    replace(AgentSettings { description: "New".into(), schedule: Some(" 0 * * * * ".into()), ..hourly() }).await;
    assert_eq!(s.due_in(agent).await, Some(HOUR_MS / 2), "kept, though it is due");
    replace(AgentSettings { schedule: Some("15 * * * *".into()), ..hourly() }).await;
    assert_eq!(s.due_in(agent).await, Some(HOUR_MS * 7 / 4));
    let daily = AgentSettings { schedule: Some("@daily".into()), ..hourly() };
    replace(daily.clone()).await;
    assert_eq!(s.due_in(agent).await, Some(HOUR_MS * 19 / 2));
    replace(AgentSettings { time_zone: "Europe/Berlin".into(), ..daily }).await;
    assert_eq!(s.due_in(agent).await, Some(HOUR_MS * 17 / 2));
    replace(AgentSettings { schedule: Some(String::new()), ..hourly() }).await;
    assert_eq!(s.due_in(agent).await, None);
    assert_eq!(s.store.agent(&s.scope, agent).await.unwrap().0.settings.schedule, None);
}

async fn a_deleting_agent_does_not_fire(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.with(hourly()).await;
    assert!(s.store.next_due().await.unwrap().is_some());
    s.store.begin_agent_deletion(&s.scope, agent).await.unwrap();
    s.on_the_hour();
    assert!(s.fire().await.is_empty());
    assert_eq!(s.store.next_due().await.unwrap(), None);
}

async fn a_retry_does_not_stand_for_the_due_time(database: TestDatabase) {
    let s = Subject::on(database).await;
    s.with(hourly()).await;
    s.clock.advance(2 * HOUR_MS);
    let skipped = s.fire().await.remove(0);
    let retry = s.store.create_retry(&s.scope, skipped.id, Trigger::Manual, None).await.unwrap().run;
    assert_eq!((retry.scheduled_for, retry.trigger, retry.error), (None, Trigger::Manual, None));
    assert_eq!(
        s.store.assignment(retry.id, |_| HISTORY_LIMIT).await.unwrap().history.len(),
        1,
        "it is told what to do"
    );
}

async fn a_clock_that_was_put_back_fires_nothing_twice(database: TestDatabase) {
    let s = Subject::on(database).await;
    let (agent, other) = (s.with(hourly()).await, s.with(hourly()).await);
    s.on_the_hour();
    assert_eq!(s.fire().await.len(), 2);
    s.clock.jump(-MINUTE_MS);
    for paused in [true, false] {
        s.store.set_paused(&s.scope, agent, paused).await.unwrap();
    }
    assert_eq!(s.due_in(agent).await, Some(HOUR_MS / 2), "the same once more");
    s.clock.advance(MINUTE_MS);
    let seq = s.store.agent(&s.scope, agent).await.unwrap().1;
    let fired = s.store.fire_due(100, decide).await.unwrap();
    assert!(fired.changes.is_empty());
    assert_eq!(fired.moved, [Moved { owner: s.scope.owner(), agent, seq: seq + 1 }]);
    assert_eq!(s.due_in(agent).await, s.due_in(other).await);
}

async fn a_clock_that_was_ahead_silences_nobody(database: TestDatabase) {
    const YEARS_MS: i64 = 20 * 365 * 24 * HOUR_MS;
    let s = Subject::on(database).await;
    let (agent, paused) = (s.with(hourly()).await, s.with(AgentSettings { paused: true, ..hourly() }).await);
    s.clock.jump(YEARS_MS);
    assert_eq!(s.fire().await.len(), 1, "what seems to have been missed is one row");
    assert!(s.due_in(agent).await.unwrap() > YEARS_MS);
    assert_eq!(s.store.bring_back_due().await.unwrap(), [], "by this clock it is right");
    s.clock.jump(-YEARS_MS);
    assert!(s.fire().await.is_empty());
    let seq = s.store.agent(&s.scope, agent).await.unwrap().1;
    assert_eq!(s.store.bring_back_due().await.unwrap(), [Moved { owner: s.scope.owner(), agent, seq: seq + 1 }]);
    assert_eq!((s.due_in(agent).await, s.due_in(paused).await), (Some(HOUR_MS / 2), None));
    assert_eq!(s.store.bring_back_due().await.unwrap(), []);
    s.on_the_hour();
    assert!(s.fire().await.is_empty(), "this due time has its row already");
    assert_eq!(what(&s.fire_in_an_hour().await), (RunStatus::Queued, None));
}

async fn two_hundred_agents_of_one_minute_fire_together(database: TestDatabase) {
    let s = Subject::on(database).await;
    for _ in 0..200 {
        s.with(hourly()).await;
    }
    s.on_the_hour();
    let (first, second) = (s.fire().await, s.fire().await);
    assert_eq!((first.len(), second.len()), (100, 100));
    let threads: BTreeSet<_> = first.iter().chain(&second).map(|run| run.thread_id.0).collect();
    let agents: BTreeSet<_> = first.iter().chain(&second).map(|run| run.agent_id.0).collect();
    assert_eq!((threads.len(), agents.len()), (200, 200));
    assert_eq!(s.store.next_due().await.unwrap().map(|at| at.ms() - NOW_MS), Some(HOUR_MS * 3 / 2));
}

async fn a_due_time_has_one_row_at_most(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.with(hourly()).await;
    s.on_the_hour();
    let run = s.fire().await.remove(0);
    let other = s.queue(agent).await;
    let raw = Database::connect(&s.database.url).await.unwrap();
    for statement in [
        format!("UPDATE agent_runs SET scheduled_for = {} WHERE id = {other}", run.scheduled_for.unwrap().ms()),
        "UPDATE agents SET overlap = 'both'".to_owned(),
        "UPDATE agents SET schedule = NULL".to_owned(),
        "UPDATE agents SET paused = TRUE".to_owned(),
        "UPDATE agents SET time_zone = ''".to_owned(),
    ] {
        assert!(raw.execute_unprepared(&statement).await.is_err(), "{statement}");
    }
}
