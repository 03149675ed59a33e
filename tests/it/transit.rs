//! Tests of which changes of a run's status are let through, for every pair of statuses, on SQLite and on PostgreSQL.

use crate::support::database::{TestDatabase, on_both};
use crate::support::subject::{Subject, ending, first_step};
use runboard::domain::failure::{Failure, FailureCause};
use runboard::domain::finish::Finish;
use runboard::domain::id::AgentId;
use runboard::domain::run::{AgentRun, RunStatus, Trigger};
use runboard::server::store::endings::{Ending, Verdict};
use runboard::server::store::leases::Claim;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use std::collections::HashSet;

on_both!(
    only_what_a_status_may_become_is_let_through,
    whichever_way_a_run_ends_what_it_wrote_is_its_answer,
    every_word_of_a_run_can_be_stored
);

/// Everything that leads to another status, with the status it leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Start,
    Report(RunStatus),
    Interrupt,
    Stop,
    DeleteAgent,
    DeleteThread,
}

const WAYS: [Way; 8] = [
    Way::Start,
    Way::Report(RunStatus::Success),
    Way::Report(RunStatus::Failed),
    Way::Report(RunStatus::Cancelled),
    Way::Interrupt,
    Way::Stop,
    Way::DeleteAgent,
    Way::DeleteThread,
];

impl Way {
    fn leads_to(self) -> RunStatus {
        match self {
            Self::Start => RunStatus::Running,
            Self::Report(status) => status,
            Self::Interrupt => RunStatus::Failed,
            Self::Stop | Self::DeleteAgent | Self::DeleteThread => RunStatus::Cancelled,
        }
    }

    async fn go(self, s: &Subject, claim: &Claim, run: &AgentRun) {
        let failed = || Verdict::Failed(Failure::new(FailureCause::Other, "no"));
        let verdict = |status| match status {
            RunStatus::Success => Verdict::Success,
            RunStatus::Failed => failed(),
            _ => Verdict::Cancelled,
        };
        match self {
            Self::Start => drop(s.store.mark_running(claim, &first_step()).await.unwrap()),
            Self::Report(status) => drop(s.store.end_run(claim, &ending(verdict(status))).await.unwrap()),
            Self::Interrupt => drop(s.store.interrupt_expired(run.agent_id, run.id).await.unwrap()),
            // A conflict where the run is over.
            Self::Stop => drop(s.store.request_stop(&s.scope, run.id).await),
            Self::DeleteAgent => drop(s.store.begin_agent_deletion(&s.scope, run.agent_id).await.unwrap()),
            Self::DeleteThread => drop(s.store.delete_thread(&s.scope, run.thread_id).await.unwrap()),
        }
    }
}

/// Returns a chat's run, claimed, with its row in this status.
async fn run_in(s: &Subject, raw: &DatabaseConnection, status: RunStatus, is_lost: bool) -> (AgentId, Claim, AgentRun) {
    let agent = s.agent(1).await;
    let turn = s.store.create_chat_turn(&s.scope, agent, None, "Well?", Trigger::Api).await.unwrap();
    let claim = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
    let id = turn.run.id;
    assert_eq!(claim.run, id);
    let finished = if status.is_terminal() { "7" } else { "NULL" };
    let started = if matches!(status, RunStatus::Queued | RunStatus::Skipped) { "NULL" } else { "5" };
    let lease = if is_lost { "0" } else { "lease_until" };
    let kind = if status == RunStatus::Failed { "'error'" } else { "NULL" };
    let reason = if status == RunStatus::Skipped { "'missed'" } else { "NULL" };
    raw.execute_unprepared(&format!(
        "UPDATE agent_runs SET status = '{status}', started_at = {started}, finished_at = {finished},
                failure_kind = {kind}, skip_reason = {reason}, lease_until = {lease} WHERE id = {id}"
    ))
    .await
    .unwrap();
    (agent, claim, s.store.run(&s.scope, id).await.unwrap())
}

async fn only_what_a_status_may_become_is_let_through(database: TestDatabase) {
    let s = Subject::on(database).await;
    let raw = Database::connect(&s.database.url).await.unwrap();
    let mut reached = HashSet::new();
    for from in RunStatus::ALL.iter().copied() {
        for way in WAYS {
            let (agent, claim, run) = run_in(&s, &raw, from, way == Way::Interrupt).await;
            let seq = s.store.live_seqs().await.unwrap()[&agent].1;
            way.go(&s, &claim, &run).await;
            let after = s.store.run(&s.scope, run.id).await.unwrap();
            if after.status != from {
                assert!(from.can_become(after.status), "{from} → {} by {way:?}", after.status);
                assert_eq!(after.status, way.leads_to(), "{way:?}");
                reached.insert((from, after.status));
            } else if from == RunStatus::Running && way.leads_to() == RunStatus::Cancelled {
                // It has been asked to stop, and settles first.
                assert!(after.is_stopping(), "{way:?}");
            } else {
                assert_eq!(after, run, "{from} stays as it was after {way:?}");
                if !matches!(way, Way::DeleteAgent | Way::DeleteThread) {
                    assert_eq!(s.store.live_seqs().await.unwrap()[&agent].1, seq, "{way:?} took a number for nothing");
                }
            }
            // Out of the way of the next claim.
            s.store.delete_agent(agent).await.unwrap();
        }
    }
    let pairs = RunStatus::ALL.iter().flat_map(|from| RunStatus::ALL.iter().map(|to| (*from, *to)));
    let legal: HashSet<_> = pairs.filter(|(from, to)| from.can_become(*to)).collect();
    assert_eq!(reached, legal, "every legal change has a way");
    raw.close().await.unwrap();
}

async fn whichever_way_a_run_ends_what_it_wrote_is_its_answer(database: TestDatabase) {
    let s = Subject::on(database).await;
    for is_lost in [false, true] {
        let agent = s.agent(1).await;
        let run = s.queue(agent).await;
        let claim = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
        s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
        s.store.append_output(&claim, 1, 0, "done").await.unwrap();
        assert!(s.store.kept_output(run).await.unwrap().is_some());
        let (change, _) = match is_lost {
            false => s.store.end_run(&claim, &ending(Verdict::Cancelled)).await.unwrap().unwrap(),
            true => {
                s.store.expire_all_leases().await.unwrap();
                s.store.interrupt_expired(agent, run).await.unwrap().unwrap()
            }
        };
        assert_eq!((change.before, change.run.status.is_terminal()), (Some(RunStatus::Running), true));
        assert_eq!(s.store.kept_output(run).await.unwrap(), None);
        assert_eq!(s.store.answer(run).await.unwrap().as_deref(), Some("done"));
        let steps = s.store.steps(&s.scope, run).await.unwrap();
        assert!(steps.iter().all(|step| step.finished_at.is_some()), "{steps:?}");
    }
}

/// Migrations spell the words that a column takes: a new one needs a migration of its own.
async fn every_word_of_a_run_can_be_stored(database: TestDatabase) {
    let s = Subject::on(database).await;
    let causes = FailureCause::ALL.iter().map(|cause| Verdict::Failed(Failure::new(*cause, "no")));
    let verdicts = causes.chain([Verdict::Success, Verdict::Cancelled]);
    let triggers = Trigger::ALL.iter().copied().cycle();
    let finishes = Finish::ALL.iter().copied().cycle();
    let agent = s.agent(1).await;
    for ((verdict, trigger), finish) in verdicts.zip(triggers).zip(finishes) {
        let turn = s.store.create_chat_turn(&s.scope, agent, None, "Well?", trigger).await.unwrap();
        let claim = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
        s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
        let ending = Ending { finish: Some(finish), ..ending(verdict.clone()) };
        s.store.end_run(&claim, &ending).await.unwrap_or_else(|error| panic!("{verdict:?}: {error}"));
        let run = s.store.run(&s.scope, turn.run.id).await.unwrap();
        assert!(run.status.is_terminal() && run.trigger == trigger, "{verdict:?}: {run:?}");
    }
}
