//! The changes of a run, each one compare-and-set in one transaction. How runs end is in `endings`.
//!
//! A statement that touches no row means that somebody else was first: the transaction is rolled back, nothing is
//! published and the caller ends quietly. Terminal states never change.

use super::error::{StoreError, StoreResult};
use super::leases::Claim;
use super::scope::Scope;
use super::{Moment, Store, map};
use crate::domain::id::{AgentId, RunId};
use crate::domain::run::AgentRun;
use crate::domain::step::RunStep;
use crate::server::entity::run;
use crate::server::execution::NewStep;
use sea_orm::{DatabaseTransaction, FromQueryResult, Statement};

/// Longest error text kept, in characters; lists carry it.
const MAX_ERROR: usize = 2_000;

/// A run as a transition left it, with the agent's live sequence number of that transition.
#[derive(Clone, Debug)]
pub struct Change {
    pub run: AgentRun,
    pub seq: i64,
}

/// What asking for a stop has led to.
#[derive(Clone, Debug)]
pub enum StopOutcome {
    /// It was still queued and is cancelled.
    Cancelled(Change),
    /// It is running and has been asked to stop.
    Requested(Change),
    /// It had been asked before.
    AlreadyRequested(AgentRun),
}

impl Store {
    /// queued → running, with the run's first step. `None` when the claim no longer holds or a stop was asked.
    ///
    /// # Errors
    /// Only those of the database.
    pub async fn mark_running(&self, claim: &Claim, first: &NewStep) -> StoreResult<Option<(Change, RunStep)>> {
        let Moment { at: now, elapsed_ms } = self.moment();
        let update = &self.statement(
            "UPDATE agent_runs SET status = 'running', started_at = $4
             WHERE id = $1 AND status = 'queued' AND lease_owner = $2 AND attempt = $3
               AND cancel_requested_at IS NULL RETURNING *",
            [claim.run.0.into(), claim.owner.as_str().into(), claim.attempt.into(), now.ms().into()],
        );
        let begun = self.write_if(|txn, _| {
            Box::pin(async move {
                let Some(change) = self.change(txn, claim.agent, update.clone()).await? else { return Ok(None) };
                self.stopwatches.begin_run(claim.run, elapsed_ms);
                let Some(step) = self.insert_step(txn, claim, 1, first).await? else {
                    self.stopwatches.forget(claim.run);
                    return Ok(None);
                };
                Ok(Some((change, step)))
            })
        });
        match begun.await? {
            None => self.begun_before(claim).await,
            begun => Ok(begun),
        }
    }

    /// Asks a run to stop: a queued one is cancelled at once, a running one carries the request until it has settled.
    ///
    /// # Errors
    /// `NoRun`; `Conflict` when the run is over.
    pub async fn request_stop(&self, scope: &Scope, id: RunId) -> StoreResult<StopOutcome> {
        let agent = self.run(scope, id).await?.agent_id;
        let now = self.now().ms();
        let queued = &self.statement(
            "UPDATE agent_runs SET status = 'cancelled', cancel_requested_at = $2, finished_at = $2,
                 lease_owner = NULL, lease_until = NULL
             WHERE id = $1 AND status = 'queued' RETURNING *",
            [id.0.into(), now.into()],
        );
        if let Some(change) =
            self.write_if(|txn, _| Box::pin(async move { self.change(txn, agent, queued.clone()).await })).await?
        {
            return Ok(StopOutcome::Cancelled(change));
        }
        let running = &self.statement(
            "UPDATE agent_runs SET cancel_requested_at = $2
             WHERE id = $1 AND status = 'running' AND cancel_requested_at IS NULL RETURNING *",
            [id.0.into(), now.into()],
        );
        if let Some(change) =
            self.write_if(|txn, _| Box::pin(async move { self.change(txn, agent, running.clone()).await })).await?
        {
            return Ok(StopOutcome::Requested(change));
        }
        let run = self.run(scope, id).await?;
        match run.status.is_terminal() {
            true => Err(StoreError::Conflict(format!("Run #{id} is over ({}): there is nothing to stop.", run.status))),
            false => Ok(StopOutcome::AlreadyRequested(run)),
        }
    }

    /// Takes the agent's next sequence number and applies one update to one run. `None` when the update touched no row:
    /// the transaction is then to be taken back, with the number.
    pub(super) async fn change(
        &self,
        txn: &DatabaseTransaction,
        agent: AgentId,
        update: Statement,
    ) -> StoreResult<Option<Change>> {
        let seq = match self.next_seq(txn, agent).await {
            // The agent was deleted, and its runs with it.
            Err(StoreError::NoAgent(_)) => return Ok(None),
            seq => seq?,
        };
        let row = run::Model::find_by_statement(update).one(txn).await?;
        row.map(|row| Ok(Change { run: map::run(row)?, seq })).transpose()
    }
}

/// Bounded.
pub(super) fn tidy(error: &str) -> String {
    error.chars().take(MAX_ERROR).collect()
}
