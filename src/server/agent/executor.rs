//! Executes a run: sends its history to the model, passes the answer on as it grows, and settles tokens and cost.
//! Knows the run engine's interface and [`ChatModel`], no provider and no database.

use super::model::{ChatCall, ChatEvent, ChatModel, ChatTurn, TokenUsage};
use super::pricing::Prices;
use crate::domain::run::{AgentRun, Usage};
use crate::domain::step::StepKind;
use crate::domain::thread::{Message, Role};
use crate::server::runs::executor::{Job, LiveText, NewStep, Outcome, RunExecutor, Settled};
use async_trait::async_trait;
use futures::StreamExt;
use std::sync::Arc;

/// Runs an agent as one streamed chat completion.
pub struct ChatExecutor {
    model: Arc<dyn ChatModel>,
    prices: Prices,
}

impl ChatExecutor {
    pub fn new(model: Arc<dyn ChatModel>, prices: Prices) -> Self {
        Self { model, prices }
    }

    /// Asks the model and takes in its answer.
    async fn converse(&self, call: ChatCall, live: &LiveText, tally: &mut Tally) -> Outcome {
        if call.turns.is_empty() {
            return Outcome::Failed("there is nothing to answer: give the agent instructions".to_owned());
        }
        tally.asked = true;
        let mut stream = match self.model.stream(call).await {
            Ok(stream) => stream,
            Err(error) => return Outcome::Failed(error.message),
        };
        while let Some(event) = stream.next().await {
            match event {
                Ok(ChatEvent::Text(piece)) => {
                    live.push(&piece);
                    tally.text.push_str(&piece);
                }
                Ok(ChatEvent::Usage(tokens)) => tally.reported = tokens,
                Err(error) => return Outcome::Failed(error.message),
            }
            // A model that always has the next piece ready must not keep a stop from being seen.
            tokio::task::coop::consume_budget().await;
        }
        match tally.text.trim() {
            "" => Outcome::Failed("the model sent an empty answer".to_owned()),
            _ => Outcome::Success,
        }
    }

    fn settle(&self, outcome: Outcome, tally: Tally, run: &AgentRun) -> Settled {
        let (tokens, usage_estimated) = tally.tokens(&outcome);
        let priced = self.prices.price(&run.model, tokens, run.started_at.unwrap_or(run.queued_at));
        let usage = Usage {
            prompt_tokens: tokens.prompt,
            cached_tokens: tokens.cached,
            completion_tokens: tokens.completion,
            total_tokens: tokens.prompt.zip(tokens.completion).map(|(prompt, wrote)| prompt.saturating_add(wrote)),
            total_cost: priced.as_ref().map(|priced| priced.cost),
            usage_estimated,
        };
        Settled { outcome, text: tally.text, usage, rates: priced.map(|priced| priced.rates) }
    }
}

#[async_trait]
impl RunExecutor for ChatExecutor {
    fn first_step(&self, run: &AgentRun) -> NewStep {
        NewStep { kind: StepKind::ModelCall, name: run.model.clone() }
    }

    async fn execute(&self, job: Job) -> Settled {
        let Job { run, history, cut, text } = job;
        let call = ChatCall {
            model: run.model.clone(),
            turns: turns(history),
            chain: run.root_run_id.unwrap_or(run.id),
            is_retry: run.retry_of.is_some(),
        };
        let mut tally = Tally::new(&call);
        let outcome = tokio::select! {
            biased;
            () = cut.tripped() => Outcome::Cut,
            outcome = self.converse(call, &text, &mut tally) => outcome,
        };
        self.settle(outcome, tally, &run)
    }
}

/// What the model is shown of the history. Providers refuse empty messages, and tools are not wired yet.
fn turns(history: Vec<Message>) -> Vec<ChatTurn> {
    history
        .into_iter()
        .filter(|message| message.role != Role::Tool && !message.content.trim().is_empty())
        .map(|message| ChatTurn { role: message.role, content: message.content })
        .collect()
}

/// What has become of a call so far.
struct Tally {
    prompt_chars: usize,
    /// Whether the model was asked at all: before that no token is spent.
    asked: bool,
    text: String,
    reported: TokenUsage,
}

impl Tally {
    fn new(call: &ChatCall) -> Self {
        let prompt_chars = call.turns.iter().map(|turn| turn.content.chars().count()).sum();
        Self { prompt_chars, asked: false, text: String::new(), reported: TokenUsage::default() }
    }

    /// The tokens spent, and whether any of them is estimated.
    fn tokens(&self, outcome: &Outcome) -> (TokenUsage, bool) {
        let reported = self.reported;
        let spent = match outcome {
            Outcome::Success => true,
            // Refused before a word was written: providers charge nothing for that.
            Outcome::Failed(_) => !self.text.is_empty() || reported != TokenUsage::default(),
            Outcome::Cut => self.asked,
        };
        if !spent || reported.prompt.is_some() && reported.completion.is_some() {
            return (reported, false);
        }
        let tokens = TokenUsage {
            prompt: reported.prompt.or(Some(estimate(self.prompt_chars))),
            completion: reported.completion.or(Some(estimate(self.text.chars().count()))),
            ..reported
        };
        (tokens, true)
    }
}

/// Tokens for a number of characters: about four of them make one.
fn estimate(chars: usize) -> i64 {
    i64::try_from(chars.div_ceil(4)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
