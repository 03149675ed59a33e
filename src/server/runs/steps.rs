//! Records the steps of an execution in the database and notifies whoever listens.

use super::Runs;
use super::events::Progress;
use super::persist::Persistence;
use crate::domain::budget::Spent;
use crate::domain::run::Usage;
use crate::domain::step::{RunStep, StepTry};
use crate::server::execution::cut::{Cut, CutReason};
use crate::server::execution::{Lost, NewStep, StepEnding, StepLog, Tried};
use crate::server::store::error::StoreResult;
use crate::server::store::leases::Claim;
use async_trait::async_trait;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

/// The steps of one claimed run.
pub struct ClaimedSteps {
    runs: Runs,
    claim: Claim,
    cut: Cut,
    persistence: Persistence,
    /// Position of the last step.
    last: AtomicI32,
}

impl ClaimedSteps {
    /// Creates the log of a run whose first step has begun.
    pub fn new(runs: Runs, claim: Claim, cut: Cut, persistence: Persistence) -> Self {
        Self { runs, claim, cut, persistence, last: AtomicI32::new(1) }
    }

    /// Unwraps what was written, unless the claim no longer holds or it cannot be written at all.
    fn held<T>(&self, written: StoreResult<Option<T>>) -> Result<T, Lost> {
        match written {
            Ok(Some(written)) => Ok(written),
            Ok(None) => {
                self.cut.trip(CutReason::LostLease);
                Err(Lost)
            }
            Err(error) => {
                tracing::error!(run = %self.claim.run, %error, "recording a step");
                self.cut.trip(CutReason::Unrecorded);
                Err(Lost)
            }
        }
    }

    fn tell(&self, step: RunStep) {
        self.runs.0.events.progress(Progress::Step(Arc::new(step)));
    }
}

#[async_trait]
impl StepLog for ClaimedSteps {
    async fn begin(&self, step: NewStep) -> Result<i32, Lost> {
        let position = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        let store = &self.runs.0.store;
        let begun =
            self.held(self.persistence.until_stored(|| store.begin_step(&self.claim, position, &step)).await)?;
        self.tell(begun);
        Ok(position)
    }

    async fn tried(&self, position: i32, tries: &[StepTry], used: Tried) -> Result<(), Lost> {
        let store = &self.runs.0.store;
        let written = self.persistence.until_stored(|| store.write_tries(&self.claim, position, tries, &used));
        let (change, step) = self.held(written.await)?;
        self.tell(step);
        self.runs.publish(change);
        Ok(())
    }

    async fn end(&self, ending: StepEnding, so_far: Usage) -> Result<(), Lost> {
        let store = &self.runs.0.store;
        let (change, step) =
            self.held(self.persistence.until_stored(|| store.end_step(&self.claim, &ending, &so_far)).await)?;
        self.tell(step);
        self.runs.publish(change);
        Ok(())
    }

    async fn mark_looping(&self, looping: bool) -> Result<(), Lost> {
        let store = &self.runs.0.store;
        let change = self.held(self.persistence.until_stored(|| store.mark_looping(&self.claim, looping)).await)?;
        self.runs.publish(change);
        Ok(())
    }

    async fn others_this_month(&self) -> Result<Spent, Lost> {
        let store = &self.runs.0.store;
        let except = Some(self.claim.run);
        let spent = async || store.spent_this_month(self.claim.agent, except).await.map(Some);
        self.held(self.persistence.until_stored(spent).await)
    }
}
