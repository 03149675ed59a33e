//! Finds the truth about runs whose server went away.
//!
//! queued with an expired lease is claimable as it is. running with an expired lease is failed/interrupted, or
//! cancelled if a stop was asked: tools have side effects, so nothing is silently executed twice.
//!
//! Each run and each deletion is taken up by itself. One that fails is logged and tried again in the next round; it keeps
//! neither the others nor the server's start waiting.

use super::events::Progress;
use super::{Runs, removal};
use crate::domain::id::{AgentId, RunId};
use crate::server::store::error::{StoreError, StoreResult};
use std::sync::Arc;
use std::time::Duration;

/// Time between two rounds.
pub const EVERY: Duration = Duration::from_secs(5);
/// A deletion that has not ended after this long, in milliseconds, is nobody's any longer.
const ABANDONED_MS: i64 = 15_000;

/// So many in a row that fail for a reason that may pass end a round: the reason is not theirs, and each may take long.
const MOST_IN_A_ROW: usize = 3;

/// The outcome of a round.
#[derive(Debug, Default)]
struct Tried {
    done: usize,
    in_a_row: usize,
    /// The latest error.
    error: Option<StoreError>,
}

impl Tried {
    /// Notes how one of them went; returns whether there is any use in going on.
    fn note(&mut self, outcome: StoreResult<bool>) -> bool {
        match outcome {
            Ok(is_done) => {
                self.done += usize::from(is_done);
                self.in_a_row = 0;
            }
            Err(error) => {
                self.in_a_row = if error.is_passing() { self.in_a_row + 1 } else { 0 };
                self.error = Some(error);
            }
        }
        self.in_a_row < MOST_IN_A_ROW
    }

    fn result(self) -> StoreResult<()> {
        self.error.map_or(Ok(()), Err)
    }
}

/// Recovers at start. Where this process alone owns the database, every lease in it is dead and every deletion
/// abandoned.
///
/// # Errors
/// The database cannot be read or written at all. What cannot be recovered now is left to the next round.
pub async fn at_start(runs: &Runs) -> StoreResult<()> {
    let alone = runs.0.store.is_exclusive();
    if alone {
        runs.0.store.expire_all_leases().await?;
    }
    let interrupted = interrupt_expired(runs).await?.done;
    if interrupted > 0 {
        tracing::warn!(interrupted, "runs were cut off when a server went away");
    }
    finish_deletions(runs, if alone { 0 } else { ABANDONED_MS }).await.map(drop)
}

/// Looks once for what nobody is at any longer.
///
/// # Errors
/// The latest of the database's; the next round tries again.
pub async fn round(runs: &Runs) -> StoreResult<()> {
    let interrupted = interrupt_expired(runs).await;
    let finished = finish_deletions(runs, ABANDONED_MS).await;
    interrupted?.result()?;
    finished?.result()
}

async fn finish_deletions(runs: &Runs, abandoned_ms: i64) -> StoreResult<Tried> {
    let mut tried = Tried::default();
    for (owner, agent) in runs.0.store.agents_being_deleted(abandoned_ms).await? {
        let finished = match removal::resume(runs, owner, agent).await {
            // Whoever began it has ended it.
            Err(StoreError::NoAgent(_)) => Ok(false),
            finished => finished.map(|()| true),
        };
        if let Err(error) = &finished {
            tracing::error!(%agent, %error, "an agent's deletion cannot be finished now; it is tried again");
        }
        if !tried.note(finished) {
            break;
        }
    }
    Ok(tried)
}

async fn interrupt_expired(runs: &Runs) -> StoreResult<Tried> {
    let mut tried = Tried::default();
    // A run that this process still executes has only been late to renew, for instance while the database was locked.
    let here = runs.0.registry.runs();
    for (agent, run) in runs.0.store.expired_running().await? {
        if here.contains(&run) {
            continue;
        }
        let interrupted = interrupt(runs, agent, run).await;
        if let Err(error) = &interrupted {
            tracing::error!(%run, %error, "a run that was cut off cannot be recovered now; it is tried again");
        }
        if !tried.note(interrupted) {
            break;
        }
    }
    Ok(tried)
}

/// Returns whether the run was cut off.
async fn interrupt(runs: &Runs, agent: AgentId, run: RunId) -> StoreResult<bool> {
    let Some((change, steps)) = runs.0.store.interrupt_expired(agent, run).await? else { return Ok(false) };
    for step in steps {
        runs.0.events.progress(Progress::Step(Arc::new(step)));
    }
    runs.publish(change);
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::DbErr;

    #[test]
    fn a_round_goes_on_after_errors_of_one_and_ends_at_those_of_all() {
        let broken = || Err(StoreError::Db(DbErr::RecordNotInserted));
        let busy = || Err(StoreError::Busy(DbErr::RecordNotInserted));
        let mut tried = Tried::default();
        for _ in 0..2 {
            assert!(tried.note(broken()) && tried.note(busy()) && tried.note(busy()) && tried.note(Ok(true)));
        }
        assert!(tried.note(busy()) && tried.note(busy()) && !tried.note(busy()));
        assert_eq!((tried.done, tried.result().is_err()), (2, true));
        assert!(Tried::default().result().is_ok());
    }
}
