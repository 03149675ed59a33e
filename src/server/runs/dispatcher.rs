//! The one dispatcher of this process: claims runs in batches for free workers. Nobody else polls the queue.

use super::Runs;
use std::sync::Arc;
use std::time::Duration;

/// How long without a wake-up before it looks by itself: for runs that another process has accepted.
const POLL: Duration = Duration::from_secs(1);

/// Claims and hands out runs until the engine closes.
pub async fn run(runs: Runs) {
    let inner = &runs.0;
    // Whether there is something to claim for certain; otherwise looking is cheaper than claiming in vain.
    let mut is_certain = false;
    while !inner.closing.is_cancelled() {
        match claim_batch(&runs, is_certain).await {
            // A full batch: there may be more.
            Ok(true) => continue,
            Ok(false) => {}
            // The store has said so already.
            Err(error) if error.is_passing() => tracing::debug!(%error, "claiming runs"),
            Err(error) => tracing::warn!(%error, "claiming runs"),
        }
        is_certain = tokio::select! {
            biased;
            () = inner.closing.cancelled() => return,
            () = inner.arrived.notified() => true,
            () = inner.freed.notified() => false,
            () = tokio::time::sleep(POLL) => false,
        }
    }
}

/// Whether every free worker has got a run.
async fn claim_batch(runs: &Runs, is_certain: bool) -> crate::server::store::error::StoreResult<bool> {
    let inner = &runs.0;
    let free = inner.workers.available_permits();
    if free == 0 || !(is_certain || inner.store.has_claimable().await?) {
        return Ok(false);
    }
    // A run that is executed here stays here, even where its lease could not be renewed in time.
    let at_work = inner.registry.runs();
    let claims = inner.store.claim_runs(&inner.owner, free as u32, &at_work).await?;
    let full = claims.len() == free;
    for claim in claims {
        // Only this task takes permits, so those that were free still are.
        match Arc::clone(&inner.workers).try_acquire_owned() {
            Ok(permit) => runs.claimed(claim, permit),
            Err(_) => inner.store.release_claim(&claim).await?,
        }
    }
    Ok(full)
}
