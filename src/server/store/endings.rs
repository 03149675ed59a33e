//! How runs end, each in one transaction with all they leave behind: steps, answer, usage, and how a stop went.

use super::error::StoreResult;
use super::leases::Claim;
use super::steps::{cost_after, usage_values};
use super::transitions::{Change, tidy};
use super::{Moment, Store, map};
use crate::domain::finish::Finish;
use crate::domain::id::{AgentId, RunId};
use crate::domain::run::{AgentRun, FailureKind, RunStatus, Usage, estimated_tokens};
use crate::domain::step::{RunStep, StepKind, clamp_payload};
use crate::domain::thread::Role;
use crate::domain::time::Timestamp;
use crate::server::entity::{run, step};
use crate::server::execution::StepEnding;
use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult};

/// What is said of a step that nobody has ended.
const LEFT_OPEN: &str = "It was cut off.";

/// What a run has used: the sum of its model calls, of which each cost must be known for the whole to be.
const SUM_OF_STEPS: &str = "
UPDATE agent_runs SET prompt_tokens = s.prompt, cached_tokens = s.cached, completion_tokens = s.completion,
       reasoning_tokens = s.reasoning, total_tokens = s.total, total_cost = s.cost, usage_estimated = s.estimated,
       cost_billed = s.billed
FROM (SELECT CAST(SUM(prompt_tokens) AS BIGINT) AS prompt, CAST(SUM(cached_tokens) AS BIGINT) AS cached,
             CAST(SUM(completion_tokens) AS BIGINT) AS completion, CAST(SUM(reasoning_tokens) AS BIGINT) AS reasoning,
             CAST(SUM(total_tokens) AS BIGINT) AS total,
             CASE WHEN COUNT(*) = COUNT(total_cost) THEN CAST(SUM(total_cost) AS BIGINT) END AS cost,
             COALESCE(MAX(CASE WHEN usage_estimated THEN 1 ELSE 0 END), 0) = 1 AS estimated,
             COALESCE(MAX(CASE WHEN cost_billed THEN 1 ELSE 0 END), 0) = 1
                 AND COALESCE(MIN(CASE WHEN cost_billed OR total_cost = 0 THEN 1 ELSE 0 END), 0) = 1 AS billed
      FROM run_steps WHERE run_id = $1 AND kind = 'model_call') AS s
WHERE id = $1 RETURNING *";

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
            // Where nobody has reported, the steps say it below.
            .chain(usage_values(&ending.usage.unwrap_or_default()))
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
                let left_open = self.close_steps(txn, claim.run, LEFT_OPEN, now, &ending.text).await?;
                if ending.usage.is_none() || !left_open.is_empty() {
                    change.run = self.sum_up(txn, change.run).await?;
                }
                ended.extend(left_open);
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
        let update = &self.statement(
            format!(
                "UPDATE agent_runs SET
                     status = CASE WHEN cancel_requested_at IS NULL THEN 'failed' ELSE 'cancelled' END,
                     failure_kind = CASE WHEN cancel_requested_at IS NULL THEN 'interrupted' END,
                     error = CASE WHEN cancel_requested_at IS NULL THEN $3 END,
                     finished_at = $2,
                     duration_ms = CASE WHEN $2 > started_at THEN $2 - started_at ELSE 0 END,
                     lease_owner = NULL, lease_until = NULL
                 WHERE id = $1 AND status = 'running' AND lease_until < {} RETURNING *",
                self.db_now()
            ),
            [run.0.into(), now.ms().into(), error.into()],
        );
        self.write_if(|txn, _| {
            Box::pin(async move {
                let Some(mut change) = self.change(txn, agent, update.clone()).await? else { return Ok(None) };
                let written = self.read_output(txn, run).await?.map(|(_, text)| text).unwrap_or_default();
                let steps = self.close_steps(txn, run, error, now, &written).await?;
                if !written.is_empty() && steps.iter().any(|step| step.kind == StepKind::ModelCall) {
                    self.insert_message(txn, change.run.thread_id, Some(run), Role::Assistant, &written).await?;
                    self.touch_thread(txn, change.run.thread_id).await?;
                }
                change.run = self.sum_up(txn, change.run).await?;
                Ok(Some((change, steps)))
            })
        })
        .await
    }

    /// A run that has used what its steps have, now that all of them are over.
    async fn sum_up(&self, txn: &DatabaseTransaction, run: AgentRun) -> StoreResult<AgentRun> {
        let sum = self.statement(SUM_OF_STEPS, [run.id.0.into()]);
        run::Model::find_by_statement(sum).one(txn).await?.map_or(Ok(run), map::run)
    }

    /// Ends whatever steps are still open, answers them, and forgets what was being written. A model call that nobody has
    /// reported on has used what it was sent and has `written`, estimated; what that has cost is not known.
    async fn close_steps(
        &self,
        txn: &DatabaseTransaction,
        run: RunId,
        error: &str,
        now: Timestamp,
        written: &str,
    ) -> StoreResult<Vec<RunStep>> {
        let (output, output_cut) = clamp_payload(written);
        let close = self.statement(
            "UPDATE run_steps SET finished_at = $2, error = $3, revision = revision + 1,
                 duration_ms = CASE WHEN $2 > started_at THEN $2 - started_at ELSE 0 END,
                 output = CASE WHEN kind = 'model_call' THEN NULLIF($4, '') ELSE output END,
                 output_cut = CASE WHEN kind = 'model_call' THEN $5 ELSE output_cut END,
                 completion_tokens = CASE WHEN kind = 'model_call' THEN NULLIF(CAST($6 AS BIGINT), 0)
                                          ELSE completion_tokens END,
                 total_tokens = CASE WHEN kind = 'model_call'
                                     THEN NULLIF(COALESCE(prompt_tokens, 0) + CAST($6 AS BIGINT), 0)
                                     ELSE total_tokens END,
                 usage_estimated = usage_estimated OR kind = 'model_call'
             WHERE run_id = $1 AND finished_at IS NULL RETURNING *",
            [
                run.0.into(),
                now.ms().into(),
                error.into(),
                output.into(),
                output_cut.into(),
                estimated_tokens(written.chars().count()).into(),
            ],
        );
        let closed = step::Model::find_by_statement(close).all(txn).await?;
        txn.execute_raw(self.statement("DELETE FROM run_output WHERE run_id = $1", [run.0.into()])).await?;
        closed.into_iter().map(map::step).collect()
    }
}
