//! How runs end, each in one transaction with all they leave behind: steps, answer, usage, and how a stop went.

use super::error::StoreResult;
use super::leases::Claim;
use super::steps::{cost_after, usage_values};
use super::transitions::{Change, tidy};
use super::{Moment, Store, map};
use crate::domain::finish::Finish;
use crate::domain::id::{AgentId, RunId};
use crate::domain::run::{FailureKind, RunStatus, Usage};
use crate::domain::step::{RunStep, clamp_payload};
use crate::domain::thread::Role;
use crate::domain::time::Timestamp;
use crate::server::entity::{run, step};
use crate::server::runs::executor::StepEnding;
use sea_orm::{ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult};

/// What is said of a step that nobody has ended.
const LEFT_OPEN: &str = "It was cut off.";

/// A model call of run `$1` that is under way, and what it was estimated to have been sent.
const OPEN_CALL: &str =
    "SELECT 1 FROM run_steps s WHERE s.run_id = $1 AND s.finished_at IS NULL AND s.kind = 'model_call'";
const OPEN_PROMPT: &str = "SELECT CAST(SUM(s.prompt_tokens) AS BIGINT) FROM run_steps s
    WHERE s.run_id = $1 AND s.finished_at IS NULL AND s.kind = 'model_call'";

/// How a run ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Success,
    Failed { kind: FailureKind, error: String },
    Cancelled,
}

/// What a run leaves behind when it ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Ending {
    pub verdict: Verdict,
    /// The answer, or what there was of it; stored as an assistant message when not empty.
    pub text: String,
    /// Of all steps; `None` when the execution did not report back, and what its steps have used stands.
    pub usage: Option<Usage>,
    /// Why the model stopped writing, the last time.
    pub finish: Option<Finish>,
    /// How the steps end that have not ended yet.
    pub open: Vec<StepEnding>,
    /// When it ended, which may be long before that can be stored; `None` for now.
    pub ended: Option<Moment>,
    /// When the execution let go of its model and tools, where a stop was asked.
    pub acknowledged_at: Option<Timestamp>,
}

impl Store {
    /// running → success, failed or cancelled, with usage, answer and the ends of the open steps, which it answers too.
    /// A run that was asked to stop becomes cancelled whatever the verdict. It goes on naming its owner, so that the same
    /// ending can be written again when it is not known whether it was stored. `None` when the claim no longer holds.
    ///
    /// # Errors
    /// Only those of the database; after one, nothing of the ending is stored.
    pub async fn end_run(&self, claim: &Claim, ending: &Ending) -> StoreResult<Option<(Change, Vec<RunStep>)>> {
        let moment = ending.ended.unwrap_or_else(|| self.moment());
        let now = moment.at;
        let usage = match ending.usage {
            Some(usage) => usage,
            // Nobody else writes it while the claim holds. What the call under way has cost is not known.
            None => Usage {
                usage_estimated: true,
                cost_billed: false,
                total_cost: None,
                ..self.recorded_usage(claim.run).await?
            },
        };
        let (status, kind, error) = match &ending.verdict {
            Verdict::Success => (RunStatus::Success, None, None),
            Verdict::Failed { kind, error } => (RunStatus::Failed, Some(kind.as_str()), Some(tidy(error))),
            Verdict::Cancelled => (RunStatus::Cancelled, None, None),
        };
        let update = &self.statement(
            "UPDATE agent_runs SET
                 status = CASE WHEN cancel_requested_at IS NULL THEN $4 ELSE 'cancelled' END,
                 failure_kind = CASE WHEN cancel_requested_at IS NULL THEN $5 END,
                 error = CASE WHEN cancel_requested_at IS NULL THEN $6 END,
                 finished_at = $7,
                 duration_ms = COALESCE(CAST($17 AS BIGINT),
                                        CASE WHEN $7 > started_at THEN $7 - started_at ELSE 0 END),
                 cancel_acknowledged_at = CASE WHEN cancel_requested_at IS NOT NULL
                                               THEN COALESCE(CAST($8 AS BIGINT), $7) END,
                 prompt_tokens = $9, cached_tokens = $10, completion_tokens = $11, reasoning_tokens = $12,
                 total_tokens = $13, usage_estimated = $14, total_cost = $15, cost_billed = $16,
                 finish = $18, lease_until = NULL
             WHERE id = $1 AND status = 'running' AND lease_owner = $2 AND attempt = $3 RETURNING *",
            [
                claim.run.0.into(),
                claim.owner.as_str().into(),
                claim.attempt.into(),
                status.as_str().into(),
                kind.into(),
                error.into(),
                now.ms().into(),
                ending.acknowledged_at.map(Timestamp::ms).into(),
            ]
            .into_iter()
            .chain(usage_values(&usage))
            .chain([
                self.stopwatches.run_ms(claim.run, moment.elapsed_ms).into(),
                ending.finish.map(Finish::as_str).into(),
            ]),
        );
        let ended = self.write_if(|txn, _| {
            Box::pin(async move {
                let Some(mut change) = self.change(txn, claim.agent, update.clone()).await? else { return Ok(None) };
                let mut ended = Vec::new();
                for step in &ending.open {
                    ended.extend(self.write_step_end(txn, claim.run, step, moment).await?);
                }
                ended.extend(self.close_steps(txn, claim.run, LEFT_OPEN, now).await?);
                if !ending.text.is_empty() {
                    let thread = change.run.thread_id;
                    self.insert_message(txn, thread, Some(claim.run), Role::Assistant, &ending.text).await?;
                    self.touch_thread(txn, thread).await?;
                }
                if let Some(requested) = change.run.cancel_requested_at {
                    let steps = self.read_steps(txn, claim.run).await?;
                    change.run.cost_after_stop = cost_after(&steps, requested);
                    let cost = change.run.cost_after_stop.map(|cost| cost.0);
                    let update = "UPDATE agent_runs SET cost_after_stop = $2 WHERE id = $1";
                    txn.execute_raw(self.statement(update, [claim.run.0.into(), cost.into()])).await?;
                }
                Ok(Some((change, ended)))
            })
        });
        let ended = match ended.await? {
            None => self.ended_before(claim).await?,
            ended => ended,
        };
        self.stopwatches.forget(claim.run);
        Ok(ended)
    }

    /// running with an expired lease → failed/interrupted, or cancelled if a stop was asked. What its last step had
    /// written is kept as far as it was stored. `None` when the lease is alive after all.
    ///
    /// # Errors
    /// Only those of the database.
    pub async fn interrupt_expired(&self, agent: AgentId, run: RunId) -> StoreResult<Option<(Change, Vec<RunStep>)>> {
        let now = self.now();
        let error = "The server that executed this run went away before it was over.";
        // What the step under way has cost is not known, so neither is the whole, unless that was a tool's.
        let update = &self.statement(
            format!(
                "UPDATE agent_runs SET
                     status = CASE WHEN cancel_requested_at IS NULL THEN 'failed' ELSE 'cancelled' END,
                     failure_kind = CASE WHEN cancel_requested_at IS NULL THEN 'interrupted' END,
                     error = CASE WHEN cancel_requested_at IS NULL THEN $3 END,
                     finished_at = $2,
                     duration_ms = CASE WHEN $2 > started_at THEN $2 - started_at ELSE 0 END,
                     total_cost = CASE WHEN EXISTS ({OPEN_CALL}) THEN NULL ELSE total_cost END,
                     usage_estimated = usage_estimated OR EXISTS ({OPEN_CALL}),
                     cost_billed = cost_billed AND NOT EXISTS ({OPEN_CALL}),
                     prompt_tokens = CASE WHEN EXISTS ({OPEN_CALL})
                                          THEN COALESCE(prompt_tokens, 0) + COALESCE(({OPEN_PROMPT}), 0)
                                          ELSE prompt_tokens END,
                     total_tokens = CASE WHEN EXISTS ({OPEN_CALL})
                                         THEN COALESCE(total_tokens, 0) + COALESCE(({OPEN_PROMPT}), 0)
                                         ELSE total_tokens END,
                     lease_owner = NULL, lease_until = NULL
                 WHERE id = $1 AND status = 'running' AND lease_until < {} RETURNING *",
                self.db_now()
            ),
            [run.0.into(), now.ms().into(), error.into()],
        );
        self.write_if(|txn, _| {
            Box::pin(async move {
                let Some(change) = self.change(txn, agent, update.clone()).await? else { return Ok(None) };
                if let Some((step, text)) = self.read_output(txn, run).await?
                    && !text.is_empty()
                {
                    let (output, output_cut) = clamp_payload(&text);
                    let keep = self.statement(
                        "UPDATE run_steps SET output = $3, output_cut = $4
                 WHERE run_id = $1 AND position = $2 AND finished_at IS NULL",
                        [run.0.into(), step.into(), output.into(), output_cut.into()],
                    );
                    if txn.execute_raw(keep).await?.rows_affected() > 0 {
                        self.insert_message(txn, change.run.thread_id, Some(run), Role::Assistant, &text).await?;
                        self.touch_thread(txn, change.run.thread_id).await?;
                    }
                }
                let steps = self.close_steps(txn, run, error, now).await?;
                Ok(Some((change, steps)))
            })
        })
        .await
    }

    async fn recorded_usage(&self, run: RunId) -> StoreResult<Usage> {
        let row = run::Entity::find_by_id(run.0).one(&self.read).await?;
        Ok(row.map(map::run).transpose()?.map(|run| run.usage).unwrap_or_default())
    }

    /// Ends whatever steps are still open, answers them, and forgets what was being written.
    async fn close_steps(
        &self,
        txn: &DatabaseTransaction,
        run: RunId,
        error: &str,
        now: Timestamp,
    ) -> StoreResult<Vec<RunStep>> {
        let close = self.statement(
            "UPDATE run_steps SET finished_at = $2, error = $3, revision = revision + 1,
                 duration_ms = CASE WHEN $2 > started_at THEN $2 - started_at ELSE 0 END
             WHERE run_id = $1 AND finished_at IS NULL RETURNING *",
            [run.0.into(), now.ms().into(), error.into()],
        );
        let closed = step::Model::find_by_statement(close).all(txn).await?;
        txn.execute_raw(self.statement("DELETE FROM run_output WHERE run_id = $1", [run.0.into()])).await?;
        closed.into_iter().map(map::step).collect()
    }
}
