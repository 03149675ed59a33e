//! The one door for every change of a run's status, from its birth to its end.
//!
//! A change is one compare-and-set statement in one transaction. Its `WHERE` names the statuses that may become what
//! the change leads to, made from [`RunStatus::can_become`]. A statement that touches no row means that somebody else
//! was first: the transaction is rolled back, nothing is published and the caller ends quietly. The consequences of a
//! run's end, whichever way it came about, are written by [`Store::ended`] in the same transaction.
//!
//! Knows nothing of who asked, and publishes nothing.

mod birth;
mod ended;
mod signals;
mod statement;
#[cfg(test)]
mod tests;

pub(super) use self::birth::NewRun;
pub use self::birth::Skip;
#[cfg(test)]
pub(super) use self::signals::earlier_sql;
pub(super) use self::statement::{add_signals, progress, progress_of, serve};

use self::ended::Ended;
use super::endings::{Ending, Left, Outputs};
use super::error::StoreResult;
use super::leases::Claim;
use super::payloads::{Kept, Written};
use super::rollups::{HourKey, Tally, hour_of};
use super::steps::read_steps;
use super::{Moment, Store};
use crate::domain::failure::Failure;
use crate::domain::id::{AgentId, OwnerId, RunId, ThreadId};
use crate::domain::run::{AgentRun, RunStatus, Trigger};
use crate::domain::step::RunStep;
use crate::domain::step::payload::Side;
use crate::domain::time::Timestamp;
use crate::server::entity::run;
use crate::server::execution::NewStep;
use sea_orm::{DatabaseTransaction, FromQueryResult, QueryResult, Statement};

/// A run as a change left it.
#[derive(Clone, Debug)]
pub struct Change {
    pub owner: OwnerId,
    pub run: AgentRun,
    /// Its status before; `None` for a run that has just been created.
    pub before: Option<RunStatus>,
    /// The agent's live sequence number of this change.
    pub seq: i64,
}

/// A change of one run's status.
#[derive(Clone, Copy, Debug)]
pub(super) enum Transition<'a> {
    /// queued → running: whoever holds the claim is about to make the first call. Refused once a stop was asked for, and
    /// while its owner's runs are on hold. With its first step, the input of which is prepared.
    Start { claim: &'a Claim, at: Timestamp, first: &'a NewStep, input: &'a Kept },
    /// running → success, failed or cancelled, as reported by whoever holds the claim. A run that was asked to stop becomes
    /// cancelled whatever the verdict. It goes on naming its owner, so that the same ending can be written again when it is
    /// not known whether it was stored.
    End { claim: &'a Claim, ending: &'a Ending, outputs: &'a Outputs, moment: Moment },
    /// running with an expired lease → failed as interrupted, or cancelled if a stop was asked for. `written` is what its
    /// last call seems to have written.
    Interrupt { agent: AgentId, run: RunId, failure: &'a Failure, at: Timestamp, written: &'a Written },
    /// queued → cancelled.
    Cancel { agent: AgentId, run: RunId, at: Timestamp },
}

/// The agent or thread whose runs a change is about.
#[derive(Clone, Copy, Debug)]
pub(super) enum RunsOf {
    Agent(AgentId),
    Thread(ThreadId),
}

impl Transition<'_> {
    fn agent(&self) -> AgentId {
        match self {
            Self::Start { claim, .. } | Self::End { claim, .. } => claim.agent,
            Self::Interrupt { agent, .. } | Self::Cancel { agent, .. } => *agent,
        }
    }

    /// Returns the statuses that the run must have been able to become.
    fn leads_to(&self) -> &'static [RunStatus] {
        use RunStatus::*;
        match self {
            Self::Start { .. } => &[Running],
            // The row decides which of them, by whether a stop was asked for.
            Self::End { .. } | Self::Interrupt { .. } => &[Success, Failed, Cancelled],
            Self::Cancel { .. } => CANCELLABLE,
        }
    }

    /// Returns the statuses that it may begin at.
    fn sources(&self) -> Vec<RunStatus> {
        RunStatus::leading_to(self.leads_to())
    }
}

/// The statuses that a run must be able to become to be cancelled at once: one that can no longer start has begun, and
/// settles first.
const CANCELLABLE: &[RunStatus] = &[RunStatus::Running, RunStatus::Cancelled];

impl Store {
    /// Changes the status of one run and writes all that follows from it. Returns the steps too that began or ended with it;
    /// `None` when the run is no longer where the transition begins.
    pub(super) async fn transit(
        &self,
        txn: &DatabaseTransaction,
        transition: Transition<'_>,
    ) -> StoreResult<Option<(Change, Vec<RunStep>)>> {
        let update = self.transition_statement(&transition);
        let steps = match transition {
            Transition::Start { claim, at, first, input } => vec![self.step_beginning(claim, 1, first, input, at)],
            Transition::End { claim, ending, outputs, moment } => self.settling(claim.run, ending, outputs, moment),
            Transition::Interrupt { .. } | Transition::Cancel { .. } => Vec::new(),
        };
        let Some(applied) = self.apply(txn, transition.agent(), update, steps).await? else { return Ok(None) };
        let Applied { row, seq, then } = applied;
        let (owner, mut run) = (row.owner_id, AgentRun::from(row));
        let left = match transition {
            Transition::Start { input, .. } => match read_steps(then.iter().flatten())? {
                steps if steps.is_empty() => return Ok(None),
                steps => {
                    self.insert_payload(txn, run.id, 1, Side::Input, input).await?;
                    Left { said: None, steps }
                }
            },
            Transition::Cancel { .. } => Left::default(),
            Transition::End { ending, outputs, .. } => self.settle(txn, &mut run, ending, outputs, then).await?,
            Transition::Interrupt { failure, at, written, .. } => {
                self.settle_lost(txn, &mut run, &failure.error, at, written).await?
            }
        };
        let before = transition.sources().first().copied();
        if let Transition::End { ending, .. } = transition {
            self.signal(txn, &mut run, ending).await?;
        }
        if run.status.is_terminal() {
            self.ended(txn, vec![Ended::of(&run, before, left.said)]).await?;
        }
        Ok(Some((Change { owner, run, before, seq }, left.steps)))
    }

    /// Cancels at once whatever has not begun, in as many statements however many runs they are; returns how many. The
    /// caller has taken the agent's next sequence number.
    pub(super) async fn cancel_waiting(
        &self,
        txn: &DatabaseTransaction,
        of: RunsOf,
        at: Timestamp,
    ) -> StoreResult<usize> {
        let sources = RunStatus::leading_to(CANCELLABLE);
        let cancelled = Cancelled::find_by_statement(self.cancel_statement(of, &sources, at)).all(txn).await?;
        let before = sources.first().copied();
        let count = cancelled.len();
        self.ended(txn, cancelled.into_iter().map(|row| row.ended(before, at)).collect()).await?;
        Ok(count)
    }

    /// Applies an update to one run that leaves its status as it is, and what goes with it; returns the rows of that too.
    /// `None` when the update touched no row: the transaction is then to be taken back, with the sequence number.
    pub(super) async fn progress(
        &self,
        txn: &DatabaseTransaction,
        agent: AgentId,
        update: Statement,
        then: Vec<Statement>,
    ) -> StoreResult<Option<(Change, Vec<Vec<QueryResult>>)>> {
        let Some(Applied { row, seq, then }) = self.apply(txn, agent, update, then).await? else { return Ok(None) };
        Ok(Some((Change { owner: row.owner_id, before: Some(row.status), run: row.into(), seq }, then)))
    }

    /// Takes the agent's next sequence number, applies one update to one run, and executes what goes with it. That is
    /// executed in any case, and taken back with the rest when this yields `None`.
    async fn apply(
        &self,
        txn: &DatabaseTransaction,
        agent: AgentId,
        update: Statement,
        then: Vec<Statement>,
    ) -> StoreResult<Option<Applied>> {
        let statements = [self.bump(agent), update].into_iter().chain(then).collect();
        let mut results = self.series(txn, statements).await?.into_iter();
        let mut first = || results.next().and_then(|rows| rows.into_iter().next());
        // Where the agent was deleted, so were its runs.
        let (Some(bumped), Some(row)) = (first(), first()) else { return Ok(None) };
        let (seq, row) = (bumped.try_get("", "live_seq")?, run::Model::from_query_result(&row, "")?);
        Ok(Some(Applied { row, seq, then: results.collect() }))
    }
}

/// A run's row as an update left it.
struct Applied {
    row: run::Model,
    /// The agent's live sequence number of the update.
    seq: i64,
    /// The rows of what went with it.
    then: Vec<Vec<QueryResult>>,
}

/// A run that was cancelled before it began.
#[derive(FromQueryResult)]
struct Cancelled {
    id: RunId,
    thread_id: ThreadId,
    agent_id: AgentId,
    trigger: Trigger,
    model: String,
    agent_version: Option<i64>,
}

impl Cancelled {
    fn ended(self, before: Option<RunStatus>, at: Timestamp) -> Ended {
        let Self { id: run, thread_id: thread, agent_id: agent, trigger, model, agent_version } = self;
        let hour = HourKey { agent, hour: hour_of(at), trigger, model, version: agent_version.unwrap_or_default() };
        Ended { run, thread, before, said: None, failure: None, at, hour, tally: Tally::of_cancelled() }
    }
}
