//! The changes of a run, each one compare-and-set in one transaction.
//!
//! A statement that touches no row means that somebody else was first: the transaction is rolled back, nothing is
//! published and the caller ends quietly. Terminal states never change.

use super::error::{StoreError, StoreResult};
use super::leases::Claim;
use super::scope::Scope;
use super::{Store, map};
use crate::domain::id::{AgentId, RunId};
use crate::domain::run::{AgentRun, FailureKind, RunStatus, Usage};
use crate::domain::thread::Role;
use crate::server::entity::run;
use crate::server::runs::executor::NewStep;
use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult, Statement};

/// Longest error text kept, in characters; lists carry it.
const MAX_ERROR: usize = 2_000;

/// A run as a transition left it, with the agent's live sequence number of that transition.
#[derive(Clone, Debug)]
pub struct Change {
    pub run: AgentRun,
    pub seq: i64,
}

/// How a run ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Success,
    Failed { kind: FailureKind, error: String },
    Cancelled,
}

/// What a run leaves behind when it ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Ending {
    pub verdict: Verdict,
    /// The answer, or what there was of it; stored as an assistant message when not empty.
    pub text: String,
    pub usage: Usage,
    pub rates: Option<serde_json::Value>,
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
    pub async fn mark_running(&self, claim: &Claim, first: &NewStep) -> StoreResult<Option<Change>> {
        let now = self.now().ms();
        let update = self.statement(
            "UPDATE agent_runs SET status = 'running', started_at = $4
             WHERE id = $1 AND status = 'queued' AND lease_owner = $2 AND attempt = $3
               AND cancel_requested_at IS NULL RETURNING *",
            [claim.run.0.into(), claim.owner.as_str().into(), claim.attempt.into(), now.into()],
        );
        let Some((txn, change)) = self.change(claim.agent, update).await? else { return Ok(None) };
        let step = self.statement(
            "INSERT INTO run_steps (run_id, position, kind, name, started_at) VALUES ($1, 1, $2, $3, $4)",
            [claim.run.0.into(), first.kind.as_str().into(), first.name.as_str().into(), now.into()],
        );
        txn.execute_raw(step).await?;
        txn.commit().await?;
        Ok(Some(change))
    }

    /// running → success, failed or cancelled, with usage, answer and the step's end. A run that was asked to stop
    /// becomes cancelled whatever the verdict. `None` when the claim no longer holds.
    ///
    /// # Errors
    /// Only those of the database; after one, nothing of the ending is stored.
    pub async fn end_run(&self, claim: &Claim, ending: &Ending) -> StoreResult<Option<Change>> {
        let now = self.now().ms();
        let (status, kind, error) = match &ending.verdict {
            Verdict::Success => (RunStatus::Success, None, None),
            Verdict::Failed { kind, error } => (RunStatus::Failed, Some(kind.as_str()), Some(tidy(error))),
            Verdict::Cancelled => (RunStatus::Cancelled, None, None),
        };
        let usage = ending.usage;
        let update = self.statement(
            "UPDATE agent_runs SET
                 status = CASE WHEN cancel_requested_at IS NULL THEN $4 ELSE 'cancelled' END,
                 failure_kind = CASE WHEN cancel_requested_at IS NULL THEN $5 END,
                 error = CASE WHEN cancel_requested_at IS NULL THEN $6 END,
                 finished_at = $7,
                 duration_ms = CASE WHEN $7 > started_at THEN $7 - started_at ELSE 0 END,
                 prompt_tokens = $8, cached_tokens = $9, completion_tokens = $10, total_tokens = $11,
                 usage_estimated = $12, total_cost = $13, lease_owner = NULL, lease_until = NULL
             WHERE id = $1 AND status = 'running' AND lease_owner = $2 AND attempt = $3 RETURNING *",
            [
                claim.run.0.into(),
                claim.owner.as_str().into(),
                claim.attempt.into(),
                status.as_str().into(),
                kind.into(),
                error.clone().into(),
                now.into(),
                usage.prompt_tokens.into(),
                usage.cached_tokens.into(),
                usage.completion_tokens.into(),
                usage.total_tokens.into(),
                usage.usage_estimated.into(),
                usage.total_cost.map(|cost| cost.0).into(),
            ],
        );
        let Some((txn, change)) = self.change(claim.agent, update).await? else { return Ok(None) };
        let step = self.statement(
            "UPDATE run_steps SET finished_at = $2,
                 duration_ms = CASE WHEN $2 > started_at THEN $2 - started_at ELSE 0 END,
                 prompt_tokens = $3, cached_tokens = $4, completion_tokens = $5, total_tokens = $6,
                 usage_estimated = $7, total_cost = $8, rates = $9, error = $10
             WHERE run_id = $1 AND finished_at IS NULL",
            [
                claim.run.0.into(),
                now.into(),
                usage.prompt_tokens.into(),
                usage.cached_tokens.into(),
                usage.completion_tokens.into(),
                usage.total_tokens.into(),
                usage.usage_estimated.into(),
                usage.total_cost.map(|cost| cost.0).into(),
                ending.rates.as_ref().map(ToString::to_string).into(),
                error.into(),
            ],
        );
        txn.execute_raw(step).await?;
        if !ending.text.is_empty() {
            let thread = change.run.thread_id;
            self.insert_message(&txn, thread, Some(claim.run), Role::Assistant, &ending.text).await?;
            self.touch_thread(&txn, thread).await?;
        }
        txn.commit().await?;
        Ok(Some(change))
    }

    /// Asks a run to stop: a queued one is cancelled at once, a running one carries the request until it has settled.
    ///
    /// # Errors
    /// `NoRun`; `Conflict` when the run is over.
    pub async fn request_stop(&self, scope: &Scope, id: RunId) -> StoreResult<StopOutcome> {
        let agent = self.run(scope, id).await?.agent_id;
        let now = self.now().ms();
        let queued = self.statement(
            "UPDATE agent_runs SET status = 'cancelled', cancel_requested_at = $2, finished_at = $2,
                 lease_owner = NULL, lease_until = NULL
             WHERE id = $1 AND status = 'queued' RETURNING *",
            [id.0.into(), now.into()],
        );
        if let Some((txn, change)) = self.change(agent, queued).await? {
            txn.commit().await?;
            return Ok(StopOutcome::Cancelled(change));
        }
        let running = self.statement(
            "UPDATE agent_runs SET cancel_requested_at = $2
             WHERE id = $1 AND status = 'running' AND cancel_requested_at IS NULL RETURNING *",
            [id.0.into(), now.into()],
        );
        if let Some((txn, change)) = self.change(agent, running).await? {
            txn.commit().await?;
            return Ok(StopOutcome::Requested(change));
        }
        let run = self.run(scope, id).await?;
        match run.status.is_terminal() {
            true => Err(StoreError::Conflict(format!("Run #{id} is over ({}): there is nothing to stop.", run.status))),
            false => Ok(StopOutcome::AlreadyRequested(run)),
        }
    }

    /// running with an expired lease → failed/interrupted, or cancelled if a stop was asked. `None` when the lease
    /// is alive after all.
    ///
    /// # Errors
    /// Only those of the database.
    pub async fn interrupt_expired(&self, agent: AgentId, run: RunId) -> StoreResult<Option<Change>> {
        let now = self.now().ms();
        let error = "The server that executed this run went away before it was over.";
        let update = self.statement(
            format!(
                "UPDATE agent_runs SET
                     status = CASE WHEN cancel_requested_at IS NULL THEN 'failed' ELSE 'cancelled' END,
                     failure_kind = CASE WHEN cancel_requested_at IS NULL THEN 'interrupted' END,
                     error = CASE WHEN cancel_requested_at IS NULL THEN $3 END,
                     finished_at = $2,
                     duration_ms = CASE WHEN $2 > started_at THEN $2 - started_at ELSE 0 END,
                     lease_owner = NULL, lease_until = NULL
                 WHERE id = $1 AND status = 'running' AND lease_until < {} RETURNING *",
                self.db_now()
            ),
            [run.0.into(), now.into(), error.into()],
        );
        let Some((txn, change)) = self.change(agent, update).await? else { return Ok(None) };
        let step = self.statement(
            "UPDATE run_steps SET finished_at = $2, error = $3,
                 duration_ms = CASE WHEN $2 > started_at THEN $2 - started_at ELSE 0 END
             WHERE run_id = $1 AND finished_at IS NULL",
            [run.0.into(), now.into(), error.into()],
        );
        txn.execute_raw(step).await?;
        txn.commit().await?;
        Ok(Some(change))
    }

    /// Begins a transaction with the agent's next sequence number and applies one update to one run. `None`, and
    /// nothing happened, when the update touched no row.
    async fn change(&self, agent: AgentId, update: Statement) -> StoreResult<Option<(DatabaseTransaction, Change)>> {
        let txn = self.begin().await?;
        let seq = match self.next_seq(&txn, agent).await {
            // The agent was deleted, and its runs with it.
            Err(StoreError::NoAgent(_)) => return Ok(None),
            seq => seq?,
        };
        match run::Model::find_by_statement(update).one(&txn).await? {
            Some(row) => Ok(Some((txn, Change { run: map::run(row)?, seq }))),
            None => {
                txn.rollback().await?;
                Ok(None)
            }
        }
    }
}

/// Bounded, and without NUL, which PostgreSQL's text cannot hold.
fn tidy(error: &str) -> String {
    error.chars().take(MAX_ERROR).map(|c| if c == '\0' { '\u{fffd}' } else { c }).collect()
}
