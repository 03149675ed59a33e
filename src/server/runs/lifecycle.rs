//! The one wrapper round every execution: (claim) → `mark_running` → execute → `mark_finished` | `mark_failed` |
//! `mark_cancelled`. Each transition commits first, then is published.

use super::Runs;
use super::cut::{Cut, CutReason};
use super::executor::{Job, LiveText, Outcome, Settled};
use crate::domain::id::RunId;
use crate::domain::run::{AgentRun, FailureKind, Usage};
use crate::server::store::error::StoreResult;
use crate::server::store::leases::Claim;
use crate::server::store::transcripts::Assignment;
use crate::server::store::transitions::{Change, Ending, Verdict};
use futures::FutureExt;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

/// How long a cut execution has to settle before it is dropped.
const SETTLE: Duration = Duration::from_secs(10);
/// Pauses between attempts to write a transition while the database is busy.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Executes a claimed run to its end. Ends quietly when the claim no longer holds.
pub async fn execute(runs: &Runs, claim: Claim) {
    let run = claim.run;
    if let Err(error) = try_execute(runs, &claim).await {
        // The lease expires, and recovery writes down what became of the run.
        tracing::error!(%run, %error, "executing a run");
    }
}

async fn try_execute(runs: &Runs, claim: &Claim) -> StoreResult<()> {
    let inner = &runs.0;
    let (cut, text) = (Cut::default(), LiveText::default());
    let _registered = inner.registry.enter(claim, cut.clone(), text.clone());
    if inner.closing.is_cancelled() {
        return inner.store.release_claim(claim).await;
    }
    let Assignment { run, history, timeout_s } = inner.store.assignment(claim.run).await?;
    let Some(run) = mark_running(runs, claim, &run).await? else { return Ok(()) };

    let timeout = Duration::from_secs(timeout_s.max(1) as u64);
    let job = Job { run, history, cut: cut.clone(), text: text.clone() };
    let settled = settle(runs, job, timeout).await;
    if cut.reason() == Some(CutReason::LostLease) {
        tracing::warn!(run = %claim.run, "lost its lease; what came of it is dropped");
        return Ok(());
    }
    match (settled.outcome.clone(), cut.reason()) {
        (Outcome::Success, _) => mark_finished(runs, claim, settled).await,
        (Outcome::Failed(error), _) => mark_failed(runs, claim, settled, FailureKind::Error, error).await,
        (Outcome::Cut, Some(CutReason::TimedOut)) => {
            let error = format!("The run took longer than its limit of {timeout_s} s and was cut off.");
            mark_failed(runs, claim, settled, FailureKind::Timeout, error).await
        }
        (Outcome::Cut, Some(CutReason::ShuttingDown)) => {
            let error = "The server was shut down before the run was over.".to_owned();
            mark_failed(runs, claim, settled, FailureKind::Interrupted, error).await
        }
        (Outcome::Cut, Some(CutReason::Stopped | CutReason::LostLease) | None) => {
            mark_cancelled(runs, claim, settled).await
        }
    }
}

/// Waits for the execution, trips its cut at the time limit, and drops it if it does not heed a cut.
async fn settle(runs: &Runs, job: Job, timeout: Duration) -> Settled {
    let (run, cut, text) = (job.run.id, job.cut.clone(), job.text.clone());
    let execution = AssertUnwindSafe(runs.0.executor.execute(job)).catch_unwind();
    let dropped = async {
        tokio::select! {
            () = tokio::time::sleep(timeout) => cut.trip(CutReason::TimedOut),
            () = cut.tripped() => {}
        }
        tokio::time::sleep(SETTLE).await;
    };
    tokio::select! {
        settled = execution => settled.unwrap_or_else(|_| panicked(run, &text)),
        () = dropped => {
            tracing::warn!(%run, "did not settle in time and was dropped");
            unsettled(Outcome::Cut, &text)
        }
    }
}

fn panicked(run: RunId, text: &LiveText) -> Settled {
    tracing::error!(%run, "the executor panicked");
    unsettled(Outcome::Failed("Runboard itself failed while executing this run. Its log has the cause.".into()), text)
}

/// What is known of an execution that did not report back.
fn unsettled(outcome: Outcome, text: &LiveText) -> Settled {
    Settled { outcome, text: text.get(), usage: Usage::default(), rates: None }
}

/// queued → running, just before the first outside call.
async fn mark_running(runs: &Runs, claim: &Claim, run: &AgentRun) -> StoreResult<Option<AgentRun>> {
    let first = runs.0.executor.first_step(run);
    let change = persist(|| runs.0.store.mark_running(claim, &first)).await?;
    Ok(change.map(|change| {
        let run = change.run.clone();
        runs.publish(change);
        run
    }))
}

/// running → success.
async fn mark_finished(runs: &Runs, claim: &Claim, settled: Settled) -> StoreResult<()> {
    end(runs, claim, settled, Verdict::Success).await
}

/// running → failed.
async fn mark_failed(
    runs: &Runs,
    claim: &Claim,
    settled: Settled,
    kind: FailureKind,
    error: String,
) -> StoreResult<()> {
    end(runs, claim, settled, Verdict::Failed { kind, error }).await
}

/// running → cancelled.
async fn mark_cancelled(runs: &Runs, claim: &Claim, settled: Settled) -> StoreResult<()> {
    end(runs, claim, settled, Verdict::Cancelled).await
}

async fn end(runs: &Runs, claim: &Claim, settled: Settled, verdict: Verdict) -> StoreResult<()> {
    let Settled { text, usage, rates, .. } = settled;
    let ending = Ending { verdict, text, usage, rates };
    if let Some(change) = persist(|| runs.0.store.end_run(claim, &ending)).await? {
        runs.publish(change);
    }
    Ok(())
}

/// Tries again while the database is busy: what has happened must be written down. If the server ends
/// before that, the run is recovered at the next start.
async fn persist<F>(mut write: impl FnMut() -> F) -> StoreResult<Option<Change>>
where
    F: Future<Output = StoreResult<Option<Change>>>,
{
    let mut pause = FIRST_PAUSE;
    loop {
        match write().await {
            Err(error) if error.is_passing() => {
                tracing::warn!(%error, "waiting to write down a transition");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            written => return written,
        }
    }
}
