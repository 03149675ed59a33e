//! How runs end, each in one transaction with all they leave behind: steps, answer, usage, and how a stop went.

use super::error::StoreResult;
use super::leases::Claim;
use super::offers::KeptOffer;
use super::payloads::{Kept, Written};
use super::steps::{cost_after, read_steps};
use super::sums::sum;
use super::transit::{Change, Transition};
use super::{Moment, Store};
use crate::domain::failure::{Failure, FailureCause};
use crate::domain::finish::Finish;
use crate::domain::id::{AgentId, RunId};
use crate::domain::run::{AgentRun, Usage, estimated_tokens};
use crate::domain::signal::Signals;
use crate::domain::step::payload::Side;
use crate::domain::step::{RunStep, StepKind};
use crate::domain::time::Timestamp;
use crate::server::entity::{run, step};
use crate::server::execution::{Priced, StepEnding};
use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult, QueryResult, Statement};

/// Longest error text kept, in characters; lists carry it.
const MAX_ERROR: usize = 2_000;
/// The error of a step that nobody has ended.
const LEFT_OPEN: &str = "It was cut off.";
const LOST: &str = "The server that executed this run went away before it was over.";

/// Sums up a run's model calls. Its cost is known only if that of each call is.
const SUM_OF_STEPS: &str = concat!(
    "
UPDATE agent_runs SET prompt_tokens = s.prompt, cached_tokens = s.cached, completion_tokens = s.completion,
       reasoning_tokens = s.reasoning, total_tokens = s.total, total_cost = s.cost, usage_estimated = s.estimated,
       cost_billed = s.billed
FROM (SELECT ",
    sum!("prompt_tokens"),
    " AS prompt, ",
    sum!("cached_tokens"),
    " AS cached, ",
    sum!("completion_tokens"),
    " AS completion, ",
    sum!("reasoning_tokens"),
    " AS reasoning, ",
    sum!("total_tokens"),
    " AS total, CASE WHEN COUNT(*) = COUNT(total_cost) THEN ",
    sum!("total_cost"),
    " END AS cost,
             COALESCE(MAX(CASE WHEN usage_estimated THEN 1 ELSE 0 END), 0) = 1 AS estimated,
             COALESCE(MAX(CASE WHEN cost_billed THEN 1 ELSE 0 END), 0) = 1
                 AND COALESCE(MIN(CASE WHEN cost_billed OR total_cost = 0 THEN 1 ELSE 0 END), 0) = 1 AS billed
      FROM run_steps WHERE run_id = $1 AND kind = 'model_call') AS s
WHERE id = $1 RETURNING *"
);

/// Ends what is still open of a run.
const CLOSE_STEPS: &str = "
UPDATE run_steps SET finished_at = :at, error = :error, revision = revision + 1,
       duration_ms = CASE WHEN :at > started_at THEN :at - started_at ELSE 0 END,
       output = CASE WHEN kind = 'model_call' THEN NULLIF(:output, '') ELSE output END,
       output_cut = CASE WHEN kind = 'model_call' THEN :output_cut ELSE output_cut END,
       output_bytes = CASE WHEN kind = 'model_call' THEN CAST(:output_bytes AS BIGINT) ELSE output_bytes END,
       completion_tokens = CASE WHEN kind = 'model_call'
                                THEN NULLIF(COALESCE(completion_tokens, 0) + CAST(:tokens AS BIGINT), 0)
                                ELSE completion_tokens END,
       total_tokens = CASE WHEN kind = 'model_call'
                           THEN NULLIF(COALESCE(prompt_tokens, 0) + COALESCE(completion_tokens, 0) + CAST(:tokens AS BIGINT), 0)
                           ELSE total_tokens END,
       usage_estimated = usage_estimated OR kind = 'model_call'
WHERE run_id = :run AND finished_at IS NULL RETURNING *";

/// How a run ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Success,
    Failed(Failure),
    Cancelled,
}

/// Everything that a run leaves behind when it ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Ending {
    pub verdict: Verdict,
    /// The answer, or what there was of it; stored as an assistant message when not empty.
    pub text: String,
    /// Usage of all steps; `None` when the execution did not report back, and what its steps have used stands.
    pub usage: Option<Usage>,
    /// Why the model stopped writing, the last time.
    pub finish: Option<Finish>,
    /// What the execution has seen that is out of the ordinary, besides what its steps show.
    pub signals: Signals,
    /// How the steps end that have not ended yet.
    pub open: Vec<StepEnding>,
    /// When it ended, which may be long before that can be stored; `None` for now.
    pub ended: Option<Moment>,
    /// When the execution let go of its model and tools, where a stop was asked.
    pub acknowledged_at: Option<Timestamp>,
}

/// The outputs of an ending, prepared.
#[derive(Debug, Default)]
pub(super) struct Outputs {
    /// Those of its open steps, in their order.
    open: Vec<Kept>,
    /// Its text, which is the output of a step that nobody has reported on.
    text: Kept,
    /// The tools that its model was offered, where they go with one of these steps.
    pub(super) offer: Option<KeptOffer>,
}

impl Ending {
    /// Returns the model that it was served last, if an answer says so that was not written down before.
    pub(super) fn served_model(&self) -> Option<&str> {
        self.open.iter().rev().find_map(|step| step.answer.served_model.as_deref())
    }

    /// Returns all that the execution has seen and that was not written down before.
    pub(super) fn seen(&self) -> Signals {
        self.open.iter().fold(self.signals, |all, step| all.and(step.signals))
    }
}

impl Outputs {
    async fn of(ending: &Ending) -> Self {
        let mut open = Vec::with_capacity(ending.open.len());
        for step in &ending.open {
            open.push(Kept::of(step.output.as_deref()).await);
        }
        // Who reports on steps reports on all of them.
        let text = match open.is_empty() {
            true => Kept::of(Some(&ending.text)).await,
            false => Kept::beginning(&ending.text),
        };
        Self { open, text, offer: None }
    }
}

/// Answer and steps that were written down when a run ended.
#[derive(Debug, Default)]
pub(super) struct Left {
    /// The run's answer, or as much as there was of it.
    pub said: Option<String>,
    /// The steps that ended with it.
    pub steps: Vec<RunStep>,
}

impl Store {
    /// running → success, failed or cancelled, with usage, answer and the ends of the open steps, which are returned.
    /// `None` when the claim no longer holds.
    /// After an error, nothing of the ending is stored.
    pub async fn end_run(&self, claim: &Claim, ending: &Ending) -> StoreResult<Option<(Change, Vec<RunStep>)>> {
        let moment = ending.ended.unwrap_or_else(|| self.moment());
        let offer = ending.open.iter().find_map(|step| step.offer.as_ref());
        let outputs = &Outputs { offer: self.kept_offer(offer).await, ..Outputs::of(ending).await };
        let ended = self.write_if(|txn, _| {
            Box::pin(async move { self.transit(txn, Transition::End { claim, ending, outputs, moment }).await })
        });
        let ended = match ended.await? {
            None => self.ended_before(claim).await?,
            ended => {
                self.remember_offer(outputs.offer.as_ref());
                ended
            }
        };
        self.stopwatches.forget(claim.run);
        Ok(ended)
    }

    /// running with an expired lease → failed/interrupted, or cancelled if a stop was asked. The text of its last step
    /// is kept as far as it was stored. `None` when the lease is alive after all.
    pub async fn interrupt_expired(&self, agent: AgentId, run: RunId) -> StoreResult<Option<(Change, Vec<RunStep>)>> {
        let text = self.kept_output(run).await?.map(|(_, text)| text).unwrap_or_default();
        let written = &Written::of(text).await;
        let failure = &Failure::new(FailureCause::Interrupted, LOST);
        let interrupt = Transition::Interrupt { agent, run, failure, at: self.now(), written };
        self.write_if(|txn, _| Box::pin(async move { self.transit(txn, interrupt).await })).await
    }

    /// Returns the statements that end the steps of a run which has ended as reported: those of the ending, then whatever
    /// else is open.
    pub(super) fn settling(&self, run: RunId, ending: &Ending, outputs: &Outputs, moment: Moment) -> Vec<Statement> {
        let open = ending.open.iter().zip(&outputs.open);
        let reported = open.map(|(step, output)| self.step_end(run, step, output, moment));
        reported.chain([self.closing_steps(run, LEFT_OPEN, moment.at, &ending.text, &outputs.text)]).collect()
    }

    /// Takes the sum of what a run has used, now that its steps have ended. `settled` are the rows of [`Store::settling`].
    pub(super) async fn settle(
        &self,
        txn: &DatabaseTransaction,
        run: &mut AgentRun,
        ending: &Ending,
        outputs: &Outputs,
        mut settled: Vec<Vec<QueryResult>>,
    ) -> StoreResult<Left> {
        let mut left_open = read_steps(&settled.pop().unwrap_or_default())?;
        let mut steps = Vec::new();
        for ((step, output), rows) in ending.open.iter().zip(&outputs.open).zip(&settled) {
            if let Some(ended) = read_steps(rows)?.pop() {
                self.insert_payload(txn, run.id, step.position, Side::Output, output).await?;
                self.keep_echo(txn, run.id, step).await?;
                steps.push(ended);
            }
        }
        self.insert_offer(txn, outputs.offer.as_ref()).await?;
        self.insert_written(txn, &left_open, &outputs.text).await?;
        self.price(txn, run, &mut left_open).await?;
        if ending.usage.is_none() || !left_open.is_empty() {
            self.sum_up(txn, run).await?;
        }
        steps.extend(left_open);
        if let Some(requested) = run.cancel_requested_at {
            run.cost_after_stop = cost_after(&self.read_steps(txn, run.id).await?, requested);
            let update = "UPDATE agent_runs SET cost_after_stop = $2 WHERE id = $1";
            txn.execute_raw(self.statement(update, [run.id.into(), run.cost_after_stop.into()])).await?;
        }
        Ok(Left { said: Some(ending.text.clone()), steps })
    }

    /// Ends the steps of a run whose server is gone, as far as what it had written was stored.
    pub(super) async fn settle_lost(
        &self,
        txn: &DatabaseTransaction,
        run: &mut AgentRun,
        error: &str,
        at: Timestamp,
        written: &Written,
    ) -> StoreResult<Left> {
        let text = self.read_output(txn, run.id).await?.map(|(_, text)| text).unwrap_or_default();
        // More than it seemed, where its server had not gone when that was read.
        let late = if text == written.text { None } else { Some(Kept::of(Some(&text)).await) };
        let output = late.as_ref().unwrap_or(&written.kept);
        let close = self.closing_steps(run.id, error, at, &text, output);
        let closed = step::Model::find_by_statement(close).all(txn).await?;
        let mut steps: Vec<_> = closed.into_iter().map(RunStep::from).collect();
        self.insert_written(txn, &steps, output).await?;
        self.price(txn, run, &mut steps).await?;
        self.sum_up(txn, run).await?;
        let said = Some(text).filter(|_| steps.iter().any(|step| step.kind == StepKind::ModelCall));
        Ok(Left { said, steps })
    }

    /// Stores what is too long of the text of model calls that nobody has reported on, among these steps.
    async fn insert_written(&self, txn: &DatabaseTransaction, closed: &[RunStep], output: &Kept) -> StoreResult<()> {
        for step in closed.iter().filter(|step| step.kind == StepKind::ModelCall) {
            self.insert_payload(txn, step.run_id, step.position, Side::Output, output).await?;
        }
        Ok(())
    }

    /// Prices the model calls among these steps, on which nobody has reported, by what they are estimated to have used.
    async fn price(&self, txn: &DatabaseTransaction, run: &AgentRun, steps: &mut [RunStep]) -> StoreResult<()> {
        let Some(pricing) = &self.pricing else { return Ok(()) };
        let at = run.started_at.unwrap_or(run.queued_at);
        for step in steps.iter_mut().filter(|step| step.kind == StepKind::ModelCall) {
            let Some(Priced { cost, rates }) = pricing.estimate(&run.model, &step.usage, at) else { continue };
            let update = "UPDATE run_steps SET total_cost = $2, rates = $3 WHERE id = $1";
            let values = [step.id.into(), cost.into(), rates.to_string().into()];
            txn.execute_raw(self.statement(update, values)).await?;
            step.usage.total_cost = Some(cost);
            step.rates = Some(rates);
        }
        Ok(())
    }

    /// Sums up the usage of a run's steps, now that all of them are over.
    async fn sum_up(&self, txn: &DatabaseTransaction, run: &mut AgentRun) -> StoreResult<()> {
        let sum = self.statement(SUM_OF_STEPS, [run.id.into()]);
        if let Some(row) = run::Model::find_by_statement(sum).one(txn).await? {
            *run = row.into();
        }
        Ok(())
    }

    /// Returns the statement that ends whatever steps are still open, and yields them. A model call that nobody has reported
    /// on has used what it was sent and has `written`, estimated, besides what its failed tries have used. `output` is the same, prepared.
    fn closing_steps(&self, run: RunId, error: &str, now: Timestamp, written: &str, output: &Kept) -> Statement {
        self.named(
            CLOSE_STEPS,
            [
                ("run", run.into()),
                ("at", now.into()),
                ("error", error.into()),
                ("output", output.record.as_deref().into()),
                ("output_cut", output.is_cut.into()),
                ("output_bytes", output.bytes.into()),
                ("tokens", estimated_tokens(written.chars().count()).into()),
            ],
        )
    }
}

/// Returns the error's text, bounded.
pub(super) fn tidy(error: &str) -> String {
    error.chars().take(MAX_ERROR).collect()
}
