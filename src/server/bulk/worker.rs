//! Carries out actions on many runs: the oldest first, one run after the other, so that others' writes never wait for more than
//! one of them.
//!
//! The outcome of each run is recorded in its row of the action, in the transaction that acts on it: what was done before its result was
//! written down, by this process or by one that was killed, is found there and not done again, however much later.

use super::Bulk;
use crate::domain::bulk::{BulkAction, BulkItem, BulkResult};
use crate::domain::id::RunId;
use crate::domain::run::RunStatus;
use crate::error::AppError;
use crate::server::once::{self, Once};
use crate::server::store::bulk::BulkClaim;
use crate::server::store::error::{StoreError, StoreResult};
use crate::server::store::scope::Scope;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How long without a wake-up before it looks by itself: for what another process was asked for and has left.
const POLL: Duration = Duration::from_secs(1);

/// Runs after which results are written down.
const PIECE: i64 = 20;

/// The effect on one run: how it went, in words where there is something to say, and the run that repeats it.
type Effect = (BulkResult, Option<String>, Option<RunId>);

/// Goes on until `closing`; what is left then waits for the next start.
pub async fn keep(bulk: Bulk, closing: CancellationToken) {
    while !closing.is_cancelled() {
        match piece(&bulk, &closing).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "carrying out a bulk action; it goes on in a moment"),
        }
        tokio::select! {
            biased;
            () = closing.cancelled() => break,
            () = bulk.0.arrived.notified() => {}
            () = tokio::time::sleep(POLL) => {}
        }
    }
    if let Err(error) = bulk.0.store.release_bulk(&bulk.0.worker).await {
        // Its lease ends by itself.
        tracing::debug!(%error, "leaving bulk actions");
    }
}

/// Carries out the next piece of the oldest action; whether there was one.
async fn piece(bulk: &Bulk, closing: &CancellationToken) -> StoreResult<bool> {
    let store = &bulk.0.store;
    let Some(claim) = store.claim_bulk(&bulk.0.worker).await? else { return Ok(false) };
    let (mut items, mut failed) = (Vec::new(), None);
    for run in store.bulk_piece(claim.job, PIECE).await? {
        if closing.is_cancelled() {
            break;
        }
        match act(bulk, &claim, run).await {
            Ok((result, detail, new_run_id)) => {
                items.push(BulkItem { run_id: run, result: Some(result), detail, new_run_id });
            }
            Err(error) => {
                failed = Some(error);
                break;
            }
        }
    }
    store.record_bulk(claim.job, &items).await?;
    failed.map_or(Ok(true), Err)
}

/// Acts on one run.
///
/// # Errors
/// Those that pass: the run is not to blame, and its turn comes again.
async fn act(bulk: &Bulk, claim: &BulkClaim, run: RunId) -> StoreResult<Effect> {
    let once = Arc::new(Once::of_item(claim.job, run));
    // Boxed: it holds whole transactions.
    match once::keep(once, Box::pin(carry_out(bulk, claim, run))).await {
        Err(error) if error.is_passing() => Err(error),
        Err(error) => Ok((BulkResult::Failed, Some(why(run, error)), None)),
        effect => effect,
    }
}

/// Returns why a run could not be acted on, and what to do.
fn why(run: RunId, error: StoreError) -> String {
    let is_fault = matches!(error, StoreError::Damaged(_) | StoreError::Unusable(_) | StoreError::Db(_));
    // Logged where it becomes an error that people see.
    let AppError { detail, .. } = error.into();
    match is_fault {
        true => format!("Run #{run} could not be read or changed; the others go on. {detail}"),
        false => detail,
    }
}

async fn carry_out(bulk: &Bulk, claim: &BulkClaim, run: RunId) -> StoreResult<Effect> {
    // Whoever asked for it was asked who they are.
    let scope = &Scope::of(claim.owner);
    match claim.action {
        BulkAction::Delete => match bulk.0.runs.delete_listed(scope, claim.job, run).await {
            Ok(()) => Ok((BulkResult::Done, None, None)),
            Err(StoreError::Conflict(words)) => Ok((BulkResult::Unchanged, Some(words), None)),
            Err(StoreError::NoRun(_) | StoreError::RunRemoved(_)) => {
                Ok((BulkResult::Unchanged, Some(format!("There is no run #{run} any more.")), None))
            }
            Err(error) => Err(error),
        },
        BulkAction::Stop => match bulk.0.runs.stop(scope, run).await {
            Ok(_) => Ok((BulkResult::Done, None, None)),
            Err(StoreError::Conflict(words)) => Ok((BulkResult::Unchanged, Some(words), None)),
            Err(error) => Err(error),
        },
        BulkAction::Retry => {
            let new = bulk.0.runs.retry(scope, run, claim.trigger, None).await?;
            Ok(match new.status {
                // Such as where the month's budget is spent.
                RunStatus::Skipped => (BulkResult::Unchanged, new.error, Some(new.id)),
                _ => (BulkResult::Done, None, Some(new.id)),
            })
        }
        BulkAction::Tag => match bulk.0.runs.tag(scope, run, &claim.tags).await? {
            true => Ok((BulkResult::Done, None, None)),
            false => Ok((BulkResult::Unchanged, Some(format!("Run #{run} has such tags already.")), None)),
        },
    }
}
