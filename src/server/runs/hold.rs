//! Holding everything, and releasing it.

use super::Runs;
use crate::domain::hold::{HoldRequest, HoldStarted};
use crate::domain::run::Trigger;
use crate::domain::text::one_line;
use crate::error::AppError;
use crate::server::store::error::{StoreError, StoreResult};
use crate::server::store::holds::Holding;
use crate::server::store::scope::Scope;
use garde::Validate;

impl Runs {
    /// Puts all of an owner's agents on hold: none of their runs begins until it is released. Doing it twice is fine, and
    /// changes the note where there is another.
    ///
    /// # Errors
    /// `Unfit` when the note is too long.
    pub async fn hold(&self, scope: &Scope, trigger: Trigger, request: HoldRequest) -> StoreResult<HoldStarted> {
        let note = request.note.map(|note| one_line(&note)).filter(|note| !note.is_empty());
        let request = HoldRequest { note, ..request };
        request.validate().map_err(|report| StoreError::Unfit(AppError::from(report).errors))?;
        let Holding { started, stopped } = match self.0.store.hold(scope, trigger, &request).await {
            Ok(holding) => holding,
            Err(error) => return error.recorded(),
        };
        tracing::info!(hold = %started.hold.id, stopping = started.stopping, "everything is on hold");
        self.0.events.hold_changed();
        for (agent, stopping) in &stopped {
            self.stopped(scope.owner(), *agent, stopping);
        }
        Ok(started)
    }

    /// Releases the hold, if there is one: what waits is claimed, and what has come due meanwhile is fired or noted as skipped.
    pub async fn release(&self, scope: &Scope) -> StoreResult<()> {
        if self.0.store.release(scope).await? {
            tracing::info!("the hold is released");
            self.0.events.hold_changed();
            self.0.arrived.notify_one();
        }
        Ok(())
    }
}
