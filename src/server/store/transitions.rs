//! How runs start, and how they are asked to stop. How they end is in `endings`.

use super::error::{StoreError, StoreResult};
use super::leases::Claim;
use super::payloads::Kept;
use super::scope::Scope;
use super::transit::{Change, Transition, progress};
use super::{Moment, Store};
use crate::domain::id::RunId;
use crate::domain::run::AgentRun;
use crate::domain::step::RunStep;
use crate::server::entity::run::Column;
use crate::server::execution::NewStep;
use crate::server::once;
use sea_orm::ColumnTrait;

/// How a request to stop went.
#[derive(Clone, Debug)]
pub enum StopOutcome {
    /// It was still queued and is cancelled.
    Cancelled(Change),
    /// It is running and has been asked to stop.
    Requested(Change),
    /// It had been asked before.
    AlreadyRequested(AgentRun),
}

/// Returns what is recorded of a request to stop a run.
fn asked<T>(done: &Option<(Change, T)>) -> Option<AgentRun> {
    done.as_ref().map(|(change, _)| change.run.clone())
}

impl Store {
    /// queued → running, with the run's first step. `None` when the claim no longer holds, a stop was asked, or everything is
    /// on hold.
    pub async fn mark_running(&self, claim: &Claim, first: &NewStep) -> StoreResult<Option<(Change, RunStep)>> {
        let Moment { at, elapsed_ms } = self.moment();
        let input = &Kept::of(Some(&first.input)).await;
        let begun = self.write_if(|txn, _| {
            Box::pin(async move {
                let start = Transition::Start { claim, at, first, input };
                let Some((change, steps)) = self.transit(txn, start).await? else { return Ok(None) };
                Ok(steps.into_iter().next().map(|step| (change, step)))
            })
        });
        let begun = begun.await;
        // After an error it may have begun all the same. Where it had begun before, the time of then stands.
        if !matches!(begun, Ok(None)) {
            self.stopwatches.begin_run(claim.run, elapsed_ms);
            self.stopwatches.begin_step(claim.run, 1, elapsed_ms);
        }
        match begun? {
            None => self.begun_before(claim).await,
            begun => Ok(begun),
        }
    }

    /// Asks a run to stop: a queued one is cancelled at once, a running one carries the request until it has settled.
    ///
    /// # Errors
    /// `NoRun`; `Conflict` when the run is over.
    pub async fn request_stop(&self, scope: &Scope, id: RunId) -> StoreResult<StopOutcome> {
        self.not_again(scope).await?;
        let agent = self.run(scope, id).await?.agent_id;
        let at = self.now();
        let cancel = Transition::Cancel { agent, run: id, at };
        if let Some((change, _)) =
            self.write_if(|txn, _| Box::pin(self.once(txn, scope, self.transit(txn, cancel), asked))).await?
        {
            return Ok(StopOutcome::Cancelled(change));
        }
        let mut ask = progress();
        ask.and_where(Column::Id.eq(id))
            .and_where(Column::CancelRequestedAt.is_null())
            .value(Column::CancelRequestedAt, at)
            .returning_all();
        let ask = &self.build(&ask);
        if let Some((change, _)) = self
            .write_if(|txn, _| {
                let work = self.progress(txn, agent, ask.clone(), Vec::new());
                Box::pin(self.once(txn, scope, work, asked))
            })
            .await?
        {
            return Ok(StopOutcome::Requested(change));
        }
        let run = self.run(scope, id).await?;
        match run.status.is_terminal() {
            true => Err(StoreError::Conflict(format!("Run #{id} is over ({}): there is nothing to stop.", run.status))),
            false => {
                if once::current().is_some() {
                    let work = async || Ok(run.clone());
                    self.write(|txn, _| Box::pin(self.once(txn, scope, work(), |run| Some(run.clone())))).await?;
                }
                Ok(StopOutcome::AlreadyRequested(run))
            }
        }
    }
}
