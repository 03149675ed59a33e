//! The loop: asks the model, runs the tools it asks for, shows it their results, until there is an answer.

use super::super::model::{ChatTurn, ToolCall};
use super::super::tools::{Missing, Resolved, ToolSpec};
use super::ChatExecutor;
use super::guard::{LoopGuard, Suspicion};
use super::ledger::Ledger;
use super::model_step;
use super::turns::Turns;
use crate::domain::budget::Spent;
use crate::domain::failure::{Failure, FailureCause};
use crate::domain::finish::Finish;
use crate::domain::money::NanoDollars;
use crate::domain::step::StepKind;
use crate::server::execution::offer::ToolOffer;
use crate::server::execution::{Job, Lost, NewStep, Outcome, StepEnding};
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

/// One execution of a run.
pub(super) struct Conversation<'a> {
    pub(super) executor: &'a ChatExecutor,
    pub(super) job: &'a Job,
    pub(super) ledger: &'a Ledger,
    pub(super) tools: Resolved,
    /// The same in words for the model.
    pub(super) specs: Arc<[ToolSpec]>,
    /// The same for the record, where they can be recorded.
    offer: Option<ToolOffer>,
    /// Steps begun so far.
    steps: AtomicI32,
}

/// Why a conversation ended without an answer.
pub(super) enum Ended {
    With(Outcome),
    Lost,
}

impl From<Lost> for Ended {
    fn from(_: Lost) -> Self {
        Self::Lost
    }
}

/// Returns the turns without the calls between them.
fn without_calls(turns: Vec<ChatTurn>) -> Vec<ChatTurn> {
    let said = |turn| match turn {
        ChatTurn::Tool { .. } => None,
        ChatTurn::Assistant { text, .. } if text.trim().is_empty() => None,
        ChatTurn::Assistant { text, .. } => Some(ChatTurn::Assistant { text, calls: Vec::new(), echo: None }),
        turn => Some(turn),
    };
    turns.into_iter().filter_map(said).collect()
}

impl<'a> Conversation<'a> {
    pub(super) fn new(
        executor: &'a ChatExecutor,
        job: &'a Job,
        ledger: &'a Ledger,
        (mut tools, offer): (Resolved, Option<ToolOffer>),
    ) -> Self {
        let specs = std::mem::take(&mut tools.specs).into();
        Self { executor, job, ledger, tools, specs, offer, steps: AtomicI32::new(1) }
    }

    /// Goes on until there is an answer, a limit is reached or something fails.
    pub(super) async fn run(&self, turns: Vec<ChatTurn>) -> Outcome {
        if turns.is_empty() {
            let error = "there is nothing to answer: give the agent instructions";
            return Outcome::Failed(Failure::new(FailureCause::NothingToAnswer, error));
        }
        // Providers refuse calls and results where no tools are offered, as once an agent has lost its last one.
        let turns = if self.tools.tools.is_empty() { without_calls(turns) } else { turns };
        match self.converse(turns).await {
            Ok(()) => Outcome::Success,
            Err(Ended::With(outcome)) => outcome,
            // The cut has been tripped too, and says why.
            Err(Ended::Lost) => Outcome::Cut,
        }
    }

    async fn converse(&self, turns: Vec<ChatTurn>) -> Result<(), Ended> {
        let mut turns = Turns::new(turns);
        let mut guard = LoopGuard::default();
        let mut looping = false;
        let mut position = 1;
        self.check_budgets(true).await?;
        self.tell_of_missing_tools().await?;
        self.ledger.offer(self.offer.clone());
        loop {
            // The first is open already; but what it is sent may be less than the history was.
            self.ledger.open_model(position, turns.chars());
            let reply = self.ask_model(position, &turns).await?;
            if reply.calls.is_empty() && reply.finish != Finish::Pause {
                // The engine ends the last step together with the run.
                return self.check_budgets(false).await;
            }
            self.end_model_step(position).await?;
            self.check_budgets(false).await?;
            let text = self.ledger.text();
            let suspicions: Vec<Suspicion> = reply.calls.iter().map(|call| guard.see(call)).collect();
            let is_looping = suspicions.iter().any(|suspicion| *suspicion != Suspicion::None);
            if is_looping != looping {
                looping = is_looping;
                self.job.steps.mark_looping(looping).await?;
            }
            if let Some(at) = suspicions.iter().position(|suspicion| *suspicion == Suspicion::Hopeless) {
                return Err(self.give_up(&reply.calls[at]).await?);
            }
            let results = match reply.finish.is_cut() {
                true => self.refuse_cut_calls(&reply.calls).await?,
                false => self.call_tools(&reply.calls).await?,
            };
            self.check_budgets(false).await?;
            turns.push(vec![ChatTurn::Assistant { text, calls: reply.calls, echo: reply.echo }]);
            let known = turns.all().len();
            turns.push(results);
            position = self.begin(model_step(&self.job.run.model, &turns.all()[known..], turns.chars())).await?;
        }
    }

    /// Begins a step, if the agent allows another.
    async fn begin(&self, step: NewStep) -> Result<i32, Ended> {
        let max = self.job.limits.max_steps;
        if self.steps.fetch_add(1, Ordering::Relaxed) >= max {
            let error = format!("The run has made {max} model and tool calls, its limit, without coming to an answer.");
            return Err(Ended::With(Outcome::Failed(Failure::new(FailureCause::StepLimit, error))));
        }
        Ok(self.job.steps.begin(step).await?)
    }

    /// Begins a tool call.
    pub(super) async fn begin_tool(&self, call: &ToolCall) -> Result<i32, Ended> {
        let (name, input, call_id) = (call.name.clone(), call.arguments.to_string(), call.known_id());
        self.begin(NewStep { kind: StepKind::ToolCall, name, input, prompt_tokens: None, call_id }).await
    }

    async fn end_model_step(&self, position: i32) -> Result<(), Ended> {
        let (usage, rates) = self.ledger.model_usage(position);
        let (output, answer) = (Some(self.ledger.text()), self.ledger.answer(position));
        let (signals, offer) = (self.ledger.signals(position), self.ledger.take_offer());
        self.end(StepEnding { position, usage, rates, output, error: None, answer, signals, offer }).await
    }

    /// Ends a step; the run goes on.
    pub(super) async fn end(&self, ending: StepEnding) -> Result<(), Ended> {
        let position = ending.position;
        let so_far = self.ledger.close(&ending);
        self.job.steps.end(ending, so_far).await?;
        self.ledger.written(position);
        Ok(())
    }

    /// Records a call too many, which is not made.
    async fn give_up(&self, call: &ToolCall) -> Result<Ended, Ended> {
        let verdict = LoopGuard::verdict(call);
        self.record_refused(call, "Not called: the run is stuck in a loop.").await?;
        Ok(Ended::With(Outcome::Failed(Failure::new(FailureCause::Loop, verdict))))
    }

    /// Records a tool call that is not made.
    pub(super) async fn record_refused(&self, call: &ToolCall, why: &str) -> Result<(), Ended> {
        let position = self.begin_tool(call).await?;
        self.end(StepEnding { position, error: Some(why.to_owned()), ..StepEnding::default() }).await
    }

    /// Records the tools that were picked and are missing: nobody should have to guess why the model did not call them.
    async fn tell_of_missing_tools(&self) -> Result<(), Ended> {
        for Missing { pick, why } in &self.tools.missing {
            // It is no call, so it does not count as one.
            let (name, error) = (pick.clone(), Some(format!("Not offered to the model: {why}.")));
            let step =
                NewStep { kind: StepKind::ToolCall, name, input: String::new(), prompt_tokens: None, call_id: None };
            let position = self.job.steps.begin(step).await?;
            self.end(StepEnding { position, error, ..StepEnding::default() }).await?;
        }
        Ok(())
    }

    /// Ends the run when a budget does not allow it to go on, or to begin.
    async fn check_budgets(&self, is_beginning: bool) -> Result<(), Ended> {
        let budgets = &self.job.limits.budgets;
        let run = self.ledger.spent();
        let mut exceeded = budgets.run_exceeded(run);
        if is_beginning
            && budgets.is_in_dollars()
            && !self.executor.prices.knows(&self.job.run.model, self.job.run.queued_at)
        {
            let model = &self.job.run.model;
            let error = format!("The price of {model} is not known, so a budget in dollars cannot be kept.");
            exceeded = Some(Failure::new(FailureCause::UnknownPrice, error));
        }
        if exceeded.is_none() && budgets.is_monthly() {
            let others = self.job.steps.others_this_month().await?;
            let month = Spent {
                cost: NanoDollars(others.cost.0.saturating_add(run.cost.0)),
                tokens: others.tokens.saturating_add(run.tokens),
                has_unknown_cost: others.has_unknown_cost || run.has_unknown_cost,
            };
            let error = if is_beginning { budgets.month_spent(month) } else { budgets.month_exceeded(month) };
            exceeded = error.map(|error| Failure::new(FailureCause::MonthBudget, error));
        }
        match exceeded {
            Some(failure) => Err(Ended::With(Outcome::OverBudget(failure))),
            None => Ok(()),
        }
    }
}
