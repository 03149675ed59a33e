//! The one dispatcher of this process: claims runs in batches for free workers. Nobody else polls the queue.

use super::Runs;
use crate::domain::time::Timestamp;
use crate::server::store::error::StoreResult;
use std::sync::Arc;
use std::time::Duration;

/// How long without a wake-up before it looks by itself: for runs that another process has accepted, or that were put off and
/// are due by a clock that was set.
const POLL: Duration = Duration::from_secs(1);

/// Why it looks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wake {
    /// A run was accepted: there is something to claim for certain.
    Arrived,
    /// A place has become free. Looking is cheaper than claiming in vain.
    Freed,
    /// Time has passed.
    Idle,
}

/// Claims and hands out runs until the engine closes.
pub async fn run(runs: Runs) {
    let inner = &runs.0;
    let (mut wake, mut next) = (Wake::Idle, None);
    while !inner.closing.is_cancelled() {
        match look(&runs, wake, &mut next).await {
            // A full batch: there may be more.
            Ok(true) => continue,
            Ok(false) => {}
            // The store has said so already.
            Err(error) if error.is_passing() => tracing::debug!(%error, "claiming runs"),
            Err(error) => tracing::warn!(%error, "claiming runs"),
        }
        wake = tokio::select! {
            biased;
            () = inner.closing.cancelled() => return,
            () = inner.arrived.notified() => Wake::Arrived,
            () = inner.freed.notified() => Wake::Freed,
            () = tokio::time::sleep(pause(next, inner.store.now())) => Wake::Idle,
        }
    }
}

/// Claims what can be claimed; whether every free worker has got a run. Sees `next` to when the next run is due that is put
/// off, when nothing else is to be done: until then it is looked for with every run that comes or goes.
async fn look(runs: &Runs, wake: Wake, next: &mut Option<Timestamp>) -> StoreResult<bool> {
    let is_full = claim_batch(runs, wake == Wake::Arrived).await?;
    if wake == Wake::Idle && !is_full {
        *next = runs.0.store.next_start().await?;
    }
    Ok(is_full)
}

/// Returns how long to sleep when the next run that is put off is due at `next`.
fn pause(next: Option<Timestamp>, now: Timestamp) -> Duration {
    match next {
        Some(next) if next > now => POLL.min(Duration::from_millis(next.ms_since(now).unsigned_abs())),
        _ => POLL,
    }
}

/// Whether every free worker has got a run.
async fn claim_batch(runs: &Runs, is_certain: bool) -> StoreResult<bool> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_wakes_when_a_run_is_due_that_was_put_off() {
        let now = Timestamp::from_ms(10_000);
        let pause = |next: Option<i64>| pause(next.map(Timestamp::from_ms), now);
        assert_eq!(pause(Some(10_250)), Duration::from_millis(250));
        assert_eq!((pause(Some(99_000)), pause(None)), (POLL, POLL));
        assert_eq!(pause(Some(10_000)), POLL, "it waits for its place");
    }
}
