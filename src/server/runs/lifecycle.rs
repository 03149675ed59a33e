//! The one wrapper round every execution: (claim) → `mark_running` → execute → `end`, by the verdict on its outcome.
//! Each transition commits first, then is published.

use super::Runs;
use super::events::Progress;
use super::persist::Persistence;
use super::pump::Pump;
use super::steps::ClaimedSteps;
use crate::domain::failure::{Failure, FailureCause};
use crate::domain::id::RunId;
use crate::domain::run::AgentRun;
use crate::domain::signal::Signals;
use crate::domain::time::Timestamp;
use crate::server::execution::cut::{Cut, CutReason};
use crate::server::execution::output::LiveOutput;
use crate::server::execution::{Job, Outcome, Past, Settled};
use crate::server::store::Moment;
use crate::server::store::endings::{Ending, Verdict};
use crate::server::store::error::StoreResult;
use crate::server::store::leases::Claim;
use crate::server::store::transcripts::Assignment;
use futures::FutureExt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

/// How long a cut execution has to settle before it is dropped.
const SETTLE: Duration = Duration::from_secs(10);
const NO_RESULT: &str = "The server could not store this run's result. Its log has the cause.";
const NO_STEP: &str = "The server could not record what this run did. Its log has the cause.";

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
    let (cut, output) = (Cut::default(), LiveOutput::default());
    let _registered = inner.registry.enter(claim, cut.clone(), output.clone());
    if inner.closing.is_cancelled() {
        return inner.store.release_claim(claim).await;
    }
    let limit = |model: &str| inner.executor.history_limit(model);
    let Assignment { run, history, timeout_s, limits } = inner.store.assignment(claim.run, limit).await?;
    let persistence = Persistence::default();
    let Some(run) = mark_running(runs, claim, &persistence, &run, &history).await? else {
        // If it is still queued, it is on hold, and can be claimed as soon as that is over.
        return inner.store.release_claim(claim).await;
    };

    let timeout = Duration::from_secs(timeout_s.max(1) as u64);
    let steps = Arc::new(ClaimedSteps::new(runs.clone(), claim.clone(), cut.clone(), persistence.clone()));
    let job = Job { run, history, limits, cut: cut.clone(), output, steps };
    let settled = settle(runs, claim, job, timeout).await;
    let ended = inner.store.moment();
    let acknowledged_at = (cut.reason() == Some(CutReason::Stopped)).then_some(ended.at);
    if cut.reason() == Some(CutReason::LostLease) {
        tracing::warn!(run = %claim.run, "lost its lease; what came of it is dropped");
        return Ok(());
    }
    let verdict = verdict(&settled.outcome, cut.reason(), timeout_s, persistence.delay());
    let ending = ending(settled, verdict, ended, acknowledged_at);
    end(runs, claim, &persistence, ending).await
}

/// Returns how a run ends whose execution came out like this, was cut for this reason if it was, and was held up if it
/// was.
fn verdict(outcome: &Outcome, reason: Option<CutReason>, timeout_s: i32, delay: Option<String>) -> Verdict {
    let failed = |cause, error: &str| Verdict::Failed(Failure::new(cause, error));
    match (outcome, reason) {
        (Outcome::Success, _) => Verdict::Success,
        (Outcome::Failed(failure) | Outcome::OverBudget(failure), _) => Verdict::Failed(failure.clone()),
        (Outcome::Cut, Some(CutReason::TimedOut)) => {
            let error = format!("The run took longer than its limit of {timeout_s} s and was cut off.");
            failed(FailureCause::TimeLimit, &[Some(error), delay].into_iter().flatten().collect::<Vec<_>>().join(" "))
        }
        (Outcome::Cut, Some(CutReason::ShuttingDown)) => {
            failed(FailureCause::Interrupted, "The server was shut down before the run was over.")
        }
        (Outcome::Cut, Some(CutReason::Unrecorded)) => failed(FailureCause::NotStored, NO_STEP),
        (Outcome::Cut, Some(CutReason::Stopped | CutReason::LostLease) | None) => Verdict::Cancelled,
    }
}

/// Waits for the execution while it passes on what is written, trips its cut at the time limit, and drops it if it does
/// not end then.
async fn settle(runs: &Runs, claim: &Claim, job: Job, timeout: Duration) -> Settled {
    let (run, cut, output) = (job.run.id, job.cut.clone(), job.output.clone());
    let mut pump = Pump::new(output.clone());
    let execution = AssertUnwindSafe(runs.0.executor.execute(job)).catch_unwind();
    let dropped = async {
        tokio::select! {
            () = tokio::time::sleep(timeout) => cut.trip(CutReason::TimedOut),
            () = cut.tripped() => {}
        }
        tokio::time::sleep(SETTLE).await;
    };
    let settled = tokio::select! {
        settled = execution => settled.unwrap_or_else(|_| panicked(run, &output)),
        () = dropped => {
            tracing::warn!(%run, "did not settle in time and was dropped");
            unsettled(Outcome::Cut, &output)
        }
        () = pump.run(runs, claim) => unsettled(Outcome::Cut, &output),
    };
    // The last words, before the run's end is published.
    pump.tell(runs, claim);
    settled
}

fn panicked(run: RunId, output: &LiveOutput) -> Settled {
    tracing::error!(%run, "the executor panicked");
    let error = "Runboard itself failed while executing this run. Its log has the cause.";
    unsettled(Outcome::Failed(Failure::new(FailureCause::Other, error)), output)
}

/// Returns the result of an execution that did not report back.
fn unsettled(outcome: Outcome, output: &LiveOutput) -> Settled {
    let signals = Signals::default();
    Settled { outcome, text: output.get().text, usage: None, finish: None, signals, open: Vec::new() }
}

/// queued → running, just before the first outside call.
async fn mark_running(
    runs: &Runs,
    claim: &Claim,
    persistence: &Persistence,
    run: &AgentRun,
    history: &[Past],
) -> StoreResult<Option<AgentRun>> {
    let first = runs.0.executor.first_step(run, history);
    let begun = persistence.until_stored(|| runs.0.store.mark_running(claim, &first)).await?;
    Ok(begun.map(|(change, step)| {
        let run = change.run.clone();
        runs.publish(change);
        runs.0.events.progress(Progress::Step(Arc::new(step)));
        run
    }))
}

/// Collects everything that a run leaves behind.
fn ending(settled: Settled, verdict: Verdict, ended: Moment, acknowledged_at: Option<Timestamp>) -> Ending {
    let Settled { outcome, text, usage, finish, signals, mut open } = settled;
    if outcome == Outcome::Cut {
        let error = match &verdict {
            Verdict::Failed(failure) => failure.error.as_str(),
            Verdict::Success | Verdict::Cancelled => "Stopped before it was over.",
        };
        for step in &mut open {
            step.error.get_or_insert_with(|| error.to_owned());
        }
    }
    Ending { verdict, text, usage, finish, signals, open, ended: Some(ended), acknowledged_at }
}

/// running → success, failed or cancelled. The answer waits here for as long as it cannot be stored; one that cannot be
/// stored at all is left out, and the run says so.
async fn end(runs: &Runs, claim: &Claim, persistence: &Persistence, ending: Ending) -> StoreResult<()> {
    let store = &runs.0.store;
    let ended = match persistence.until_stored(|| store.end_run(claim, &ending)).await {
        Err(error) => {
            tracing::error!(run = %claim.run, %error, "storing a run's result");
            let verdict = Verdict::Failed(Failure::new(FailureCause::NotStored, NO_RESULT));
            let ending = Ending { verdict, text: String::new(), open: Vec::new(), ..ending };
            persistence.until_stored(|| store.end_run(claim, &ending)).await?
        }
        ended => ended?,
    };
    if let Some((change, steps)) = ended {
        for step in steps {
            runs.0.events.progress(Progress::Step(Arc::new(step)));
        }
        runs.publish(change);
    }
    Ok(())
}
