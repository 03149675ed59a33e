//! The consequences of a run's end, however that came about.

use crate::domain::failure::FailureKind;
use crate::domain::id::{AgentId, RunId, ThreadId};
use crate::domain::run::{AgentRun, RunStatus};
use crate::domain::thread::Role;
use crate::domain::time::Timestamp;
use crate::server::entity::values::Json;
use crate::server::store::Store;
use crate::server::store::error::StoreResult;
use crate::server::store::error_groups::SeenError;
use crate::server::store::rollups::{HourKey, Tally, hour_of};
use crate::server::store::sums::sum;
use sea_orm::{DatabaseTransaction, DbBackend, FromQueryResult, Statement};
use std::collections::BTreeMap;

/// A run that is over.
#[derive(Clone, Debug)]
pub(super) struct Ended {
    pub run: RunId,
    pub thread: ThreadId,
    /// Its status before; `None` for one that was born over.
    pub before: Option<RunStatus>,
    /// Its answer, or as much as there was of it.
    pub said: Option<String>,
    /// The kind of its failure and its error, where it failed.
    pub failure: Option<(FailureKind, String)>,
    /// When it ended.
    pub at: Timestamp,
    /// The roll-up that it counts in.
    pub hour: HourKey,
    pub tally: Tally,
}

impl Ended {
    /// Returns a run as its row has it now.
    pub fn of(run: &AgentRun, before: Option<RunStatus>, said: Option<String>) -> Self {
        // A run that is over has finished: a CHECK of the table's.
        let at: Timestamp = run.finished_at.unwrap_or(run.queued_at);
        let hour = HourKey {
            agent: run.agent_id,
            hour: hour_of(at),
            trigger: run.trigger,
            model: run.model.clone(),
            version: run.agent_version.unwrap_or_default(),
        };
        let failure = run.failure_kind.zip(run.error.clone());
        Self { run: run.id, thread: run.thread_id, before, said, failure, at, hour, tally: Tally::of(run) }
    }
}

/// Returns the errors of those that failed.
fn seen(ended: &[Ended]) -> Vec<SeenError<'_>> {
    let seen = ended.iter().filter_map(|Ended { run, failure, at, hour, .. }| {
        let (kind, error) = failure.as_ref()?;
        Some(SeenError { agent: hour.agent, run: *run, kind: *kind, error, at: *at })
    });
    seen.collect()
}

/// The known cost of a run's steps.
#[derive(FromQueryResult)]
struct KnownCost {
    run_id: RunId,
    cost: i64,
}

impl Store {
    /// Called once for every run that is over, in the transaction that ended it, when its row and its steps are final: what
    /// it was writing is forgotten, since the steps have it, what it has said goes into its thread, it counts in its hour's
    /// roll-up, its error in its group, it is to be searched, and its agent knows whether the one that ended last failed. Runs that ended together come together, and cost no statement each.
    ///
    /// Whoever calls holds the rows of the runs' agents, by `Store::next_seq` or as `fire_due` locks them: so runs of one
    /// agent end one transaction after the other, on PostgreSQL too.
    pub(super) async fn ended(&self, txn: &DatabaseTransaction, mut ended: Vec<Ended>) -> StoreResult<()> {
        if ended.is_empty() {
            return Ok(());
        }
        let begun: Vec<_> =
            ended.iter().filter(|run| run.before == Some(RunStatus::Running)).map(|run| run.run).collect();
        let mut statements = vec![self.noting_last(&ended), self.noting_due(ended.iter().map(|run| &run.run))];
        if !begun.is_empty() {
            let forget = format!("DELETE FROM run_output WHERE run_id {}", self.among("$1"));
            statements.push(self.statement(forget, [self.ids(&begun)]));
        }
        self.series(txn, statements).await?;
        for Ended { run, thread, said, .. } in &ended {
            if let Some(said) = said.as_deref().filter(|said| !said.is_empty()) {
                self.insert_message(txn, *thread, Some(*run), Role::Assistant, said).await?;
                self.touch_thread(txn, *thread).await?;
            }
        }
        self.group_errors(txn, seen(&ended)).await?;
        self.add_known_costs(txn, &mut ended).await?;
        self.count(txn, ended.into_iter().map(|run| (run.hour, run.tally))).await
    }

    /// Returns the statement that notes with each agent whether the run that ended last failed: the one by which it is shown how
    /// an agent stands (`rows::LAST_FINISHED`), so a run that was skipped is none, and the clock decides, not the order in which
    /// runs were accepted.
    fn noting_last(&self, ended: &[Ended]) -> Statement {
        let mut last: BTreeMap<AgentId, (Timestamp, RunId, bool)> = BTreeMap::new();
        for Ended { run, at, hour, tally, .. } in ended.iter().filter(|run| run.tally.skipped == 0) {
            let newest = last.entry(hour.agent).or_insert((*at, *run, false));
            if (*at, *run) >= (newest.0, newest.1) {
                *newest = (*at, *run, tally.failed() > 0);
            }
        }
        let last = last.into_iter().map(|(agent, (at, run, failed))| (agent, at.ms(), run, i64::from(failed)));
        let elements = match self.backend() {
            DbBackend::Postgres => "json_array_elements(CAST(CAST($1 AS TEXT) AS JSON)) AS v (value)",
            _ => "json_each($1) AS v",
        };
        let note = format!(
            "UPDATE agents SET last_ended = e.run, last_failed = e.failed
             FROM (SELECT CAST(v.value ->> 0 AS BIGINT) AS agent, CAST(v.value ->> 1 AS BIGINT) AS at,
                          CAST(v.value ->> 2 AS BIGINT) AS run, CAST(v.value ->> 3 AS BIGINT) = 1 AS failed
                   FROM {elements}) AS e
             WHERE agents.id = e.agent
               AND NOT EXISTS (SELECT 1 FROM agent_runs r
                               WHERE r.id = agents.last_ended
                                 AND (r.finished_at > e.at OR (r.finished_at = e.at AND r.id > e.run)))"
        );
        self.statement(note, [Json(last.collect::<Vec<_>>()).into()])
    }

    /// Adds what is known of the cost of runs whose cost is not known as a whole.
    async fn add_known_costs(&self, txn: &DatabaseTransaction, ended: &mut [Ended]) -> StoreResult<()> {
        let unpriced: Vec<_> = ended.iter().filter(|run| run.tally.unpriced > 0).map(|run| run.run).collect();
        if unpriced.is_empty() {
            return Ok(());
        }
        let sum = format!(
            "SELECT run_id, {} AS cost FROM run_steps WHERE run_id {} AND total_cost IS NOT NULL GROUP BY run_id",
            sum!("total_cost"),
            self.among("$1")
        );
        let sum = self.statement(sum, [self.ids(&unpriced)]);
        for KnownCost { run_id, cost } in KnownCost::find_by_statement(sum).all(txn).await? {
            ended.iter_mut().filter(|run| run.run == run_id).for_each(|run| run.tally.cost = cost);
        }
        Ok(())
    }
}
