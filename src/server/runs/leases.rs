//! Keeps the leases of this process alive, and learns of stops that were asked elsewhere.

use super::Runs;
use crate::server::execution::cut::CutReason;
use std::collections::HashMap;
use std::time::Duration;

/// A third of a lease: two renewals may fail before it expires.
const RENEW_EVERY: Duration = Duration::from_secs(5);

/// Renews until every execution has ended after the engine closed.
pub async fn keep(runs: Runs) {
    let mut timer = tokio::time::interval(RENEW_EVERY);
    timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        timer.tick().await;
        if runs.0.closing.is_cancelled() && runs.0.executions.is_empty() {
            return;
        }
        if let Err(error) = renew(&runs).await {
            tracing::warn!(%error, "renewing leases");
        }
    }
}

/// Renews all executions' leases in one statement. A run that is not in the result has lost its lease.
async fn renew(runs: &Runs) -> crate::server::store::error::StoreResult<()> {
    let executing = runs.0.registry.runs();
    let held = runs.0.store.renew_leases(&runs.0.owner, &executing).await?;
    let held: HashMap<_, _> = held.into_iter().map(|held| (held.run, held.stop_requested)).collect();
    for run in executing {
        match held.get(&run) {
            None => runs.0.registry.cut(run, CutReason::LostLease),
            Some(true) => runs.0.registry.cut(run, CutReason::Stopped),
            Some(false) => {}
        }
    }
    Ok(())
}
