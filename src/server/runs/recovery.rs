//! Finds the truth about runs whose server went away.
//!
//! queued with an expired lease is claimable as it is. running with an expired lease is failed/interrupted, or
//! cancelled if a stop was asked: tools have side effects, so nothing is silently executed twice.

use super::events::Progress;
use super::{Runs, removal};
use crate::server::store::error::{StoreError, StoreResult};
use std::sync::Arc;
use std::time::Duration;

/// Time between two rounds.
pub const EVERY: Duration = Duration::from_secs(5);
/// A deletion that has not ended after this long, in milliseconds, is nobody's any longer.
const ABANDONED_MS: i64 = 15_000;

/// Recovers at start. Where this process alone owns the database, every lease in it is dead and every deletion
/// abandoned.
pub async fn at_start(runs: &Runs) -> StoreResult<()> {
    let alone = runs.0.store.is_exclusive();
    if alone {
        runs.0.store.expire_all_leases().await?;
    }
    let interrupted = interrupt_expired(runs).await?;
    if interrupted > 0 {
        tracing::warn!(interrupted, "runs were cut off when a server went away");
    }
    finish_deletions(runs, if alone { 0 } else { ABANDONED_MS }).await
}

/// Looks once for what nobody is at any longer.
///
/// # Errors
/// Only those of the database; the next round tries again.
pub async fn round(runs: &Runs) -> StoreResult<()> {
    let interrupted = interrupt_expired(runs).await;
    finish_deletions(runs, ABANDONED_MS).await?;
    interrupted.map(drop)
}

async fn finish_deletions(runs: &Runs, abandoned_ms: i64) -> StoreResult<()> {
    for (owner, agent) in runs.0.store.agents_being_deleted(abandoned_ms).await? {
        match removal::resume(runs, owner, agent).await {
            // Whoever began it has ended it.
            Err(StoreError::NoAgent(_)) => {}
            finished => finished?,
        }
    }
    Ok(())
}

async fn interrupt_expired(runs: &Runs) -> StoreResult<usize> {
    let mut interrupted = 0;
    // A run that this process still executes has only been late to renew, for instance while the database was locked.
    let here = runs.0.registry.runs();
    for (agent, run) in runs.0.store.expired_running().await? {
        if here.contains(&run) {
            continue;
        }
        if let Some((change, steps)) = runs.0.store.interrupt_expired(agent, run).await? {
            interrupted += 1;
            for step in steps {
                runs.0.events.progress(Progress::Step(Arc::new(step)));
            }
            runs.publish(change);
        }
    }
    Ok(interrupted)
}
