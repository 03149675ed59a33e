//! Executes a run: model turn, tool calls, results, next turn, until there is an answer or a limit is reached.
//!
//! Knows the run engine's interface, [`ChatModel`] and [`Tool`](super::tools::Tool); no provider, no database.

mod calls;
mod conversation;
mod guard;
mod ledger;
mod replay;
mod turns;
mod verdict;

use self::conversation::Conversation;
use self::ledger::Ledger;
use super::model::{ChatModel, ChatTurn};
use super::pricing::Prices;
use super::retry::RetryPolicy;
use super::tools::schema::Dialect;
use super::tools::{Resolved, ToolSpec, Toolbox};
use crate::domain::run::{AgentRun, estimated_tokens};
use crate::domain::step::StepKind;
use crate::domain::thread::{Message, Role};
use crate::domain::tool::ToolPick;
use crate::server::aside;
use crate::server::clock::SharedClock;
use crate::server::execution::offer::{OfferedTool, ToolOffer};
use crate::server::execution::{Job, NewStep, Outcome, Past, RunExecutor, Settled};
use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;

/// Where the tools come from that an agent has picked.
#[async_trait]
pub trait ToolSource: Send + Sync + 'static {
    /// Waits until the tools of these picks are there, if that is a matter of moments.
    async fn ready(&self, picks: &[ToolPick]);

    /// Returns the tools of these picks for a model of this dialect, and what is missing. Those of servers are asked
    /// for away from the threads that serve requests.
    fn resolve(&self, picks: &[ToolPick], dialect: Dialect) -> Resolved;
}

/// How long a run waits for servers that are being started.
const PATIENCE: Duration = Duration::from_secs(10);

#[async_trait]
impl ToolSource for Toolbox {
    async fn ready(&self, picks: &[ToolPick]) {
        // Those that are not there by then are named as missing.
        let _ = tokio::time::timeout(PATIENCE, self.settled(picks)).await;
    }

    fn resolve(&self, picks: &[ToolPick], dialect: Dialect) -> Resolved {
        Toolbox::resolve(self, picks, dialect)
    }
}

/// Runs agents: their models, their tools, within their limits.
pub struct ChatExecutor {
    model: Arc<dyn ChatModel>,
    prices: Prices,
    tools: Arc<dyn ToolSource>,
    clock: SharedClock,
    retry: RetryPolicy,
}

impl ChatExecutor {
    pub fn new(model: Arc<dyn ChatModel>, prices: Prices, tools: impl ToolSource, clock: SharedClock) -> Self {
        Self { model, prices, tools: Arc::new(tools), clock, retry: RetryPolicy::default() }
    }

    /// Returns the tools of a run, as its model takes them, and what is recorded of that.
    async fn tools(&self, job: &Job) -> (Resolved, Option<ToolOffer>) {
        self.tools.ready(&job.limits.tools).await;
        let (tools, picks) = (Arc::clone(&self.tools), job.limits.tools.clone());
        let dialect = Dialect::of_model(&job.run.model);
        let is_small = picks.iter().all(|pick| matches!(pick, ToolPick::BuiltIn(_)));
        let resolve = move || {
            let resolved = tools.resolve(&picks, dialect);
            let offer = ToolOffer::of(resolved.specs.iter().map(offered).collect());
            (resolved, offer)
        };
        // Schemas of servers may be large; ours are not.
        if is_small { resolve() } else { aside::run(resolve).await }
    }

    /// Sets how failed model calls are repeated.
    #[must_use]
    pub fn with_retry(self, retry: RetryPolicy) -> Self {
        Self { retry, ..self }
    }
}

#[async_trait]
impl RunExecutor for ChatExecutor {
    fn first_step(&self, run: &AgentRun, history: &[Past]) -> NewStep {
        let turns = turns(history);
        model_step(&run.model, &turns, turns.iter().map(length).sum())
    }

    fn history_limit(&self, model: &str) -> i64 {
        super::context::history_limit(&self.prices, model)
    }

    async fn execute(&self, job: Job) -> Settled {
        let started = job.run.started_at.unwrap_or(job.run.queued_at);
        let ledger = Ledger::new(job.run.model.clone(), self.prices.clone(), started);
        let turns = turns(&job.history);
        // From here on whatever ends the run settles its first step too.
        ledger.open_model(1, turns.iter().map(length).sum());
        let converse = async {
            let tools = self.tools(&job).await;
            Conversation::new(self, &job, &ledger, tools).run(turns).await
        };
        let outcome = tokio::select! {
            biased;
            () = job.cut.tripped() => Outcome::Cut,
            outcome = converse => outcome,
        };
        ledger.settle(outcome)
    }
}

/// Returns a tool as the record has it.
fn offered(spec: &ToolSpec) -> OfferedTool {
    let ToolSpec { name, description, parameters } = spec.clone();
    OfferedTool { name, description, parameters }
}

/// Returns the step of a model call: what is new in its turns since the last call is its input. The whole prompt has this
/// many characters.
fn model_step(model: &str, new: &[ChatTurn], chars: usize) -> NewStep {
    let input = new.iter().filter_map(spoken).collect::<Vec<_>>().join("\n\n");
    let prompt_tokens = Some(estimated_tokens(chars));
    NewStep { kind: StepKind::ModelCall, name: model.to_owned(), input, prompt_tokens, call_id: None }
}

/// Returns a turn as a step's input shows it; `None` for one of calls alone, which steps of their own show.
fn spoken(turn: &ChatTurn) -> Option<String> {
    match turn {
        ChatTurn::System(text) => Some(format!("system: {text}")),
        ChatTurn::User(text) => Some(format!("user: {text}")),
        ChatTurn::Assistant { text, .. } if text.is_empty() => None,
        ChatTurn::Assistant { text, .. } => Some(format!("assistant: {text}")),
        ChatTurn::Tool { name, content, .. } => Some(format!("{name}: {content}")),
    }
}

/// Returns about how many characters of a prompt a turn makes.
fn length(turn: &ChatTurn) -> usize {
    match turn {
        ChatTurn::System(text) | ChatTurn::User(text) | ChatTurn::Tool { content: text, .. } => text.chars().count(),
        ChatTurn::Assistant { text, calls, .. } => {
            let calls = calls.iter().map(|call| call.name.len() + call.arguments.to_string().len());
            text.chars().count() + calls.sum::<usize>()
        }
    }
}

/// Returns the history as the model is shown it. Providers refuse empty messages.
fn turns(history: &[Past]) -> Vec<ChatTurn> {
    let mut turns = Vec::new();
    for past in history {
        match past {
            Past::Said(message) => turns.extend(words(message)),
            Past::Calls(calls) => turns.extend(replay::turns(calls.clone(), turns.len())),
        }
    }
    turns
}

/// Returns a message as the model is shown it.
fn words(message: &Message) -> Option<ChatTurn> {
    let text = Some(message.content.clone()).filter(|text| !text.trim().is_empty())?;
    match message.role {
        Role::System => Some(ChatTurn::System(text)),
        Role::User => Some(ChatTurn::User(text)),
        Role::Assistant => Some(ChatTurn::Assistant { text, calls: Vec::new(), echo: None }),
        // A tool's result goes with its call.
        Role::Tool => None,
    }
}

#[cfg(test)]
mod tests;
