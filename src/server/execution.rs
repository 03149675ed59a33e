//! The interface between the engine and whoever does the work of a run. Knows neither of them.

pub mod cut;
pub mod offer;
pub mod output;

use crate::domain::budget::{Budgets, Spent};
use crate::domain::failure::Failure;
use crate::domain::finish::Finish;
use crate::domain::money::NanoDollars;
use crate::domain::run::{AgentRun, Usage};
use crate::domain::signal::Signals;
use crate::domain::step::{StepCall, StepKind, StepTry};
use crate::domain::thread::Message;
use crate::domain::time::Timestamp;
use crate::domain::tool::ToolPick;
use async_trait::async_trait;
use cut::Cut;
use offer::ToolOffer;
use output::LiveOutput;
use serde_json::Value;
use std::sync::Arc;

/// Longest result of a tool that a model is shown, in bytes: in the turn that called the tool, and in later ones.
pub const MAX_RESULT: usize = 256 * 1024;

/// Returns the result of a tool as a model is shown it. One that is longer is cut, and says so, as does one of which only
/// the beginning is known.
pub fn shown_result(mut result: String, is_cut: bool) -> String {
    let is_long = result.len() > MAX_RESULT;
    if is_long {
        result.truncate(result.floor_char_boundary(MAX_RESULT));
    }
    if is_long || is_cut {
        result.push_str("\n[cut here: the result was longer]");
    }
    result
}

/// A claimed run and all that its execution needs.
#[derive(Clone)]
pub struct Job {
    pub run: AgentRun,
    /// The conversation that the run goes on with, oldest first.
    pub history: Vec<Past>,
    pub limits: Limits,
    /// Tripped when the execution must end early; it should settle within a second, after 10 it is dropped.
    pub cut: Cut,
    /// Where what a model writes grows, for whoever looks at the run meanwhile.
    pub output: LiveOutput,
    /// Where its steps are recorded.
    pub steps: Arc<dyn StepLog>,
}

/// The limits that its agent sets a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Steps at most.
    pub max_steps: i32,
    /// Tokens that a model may write in one call; `None` leaves it to the provider.
    pub max_output_tokens: Option<i64>,
    pub tools: Vec<ToolPick>,
    pub budgets: Budgets,
}

/// A part of the conversation that a run goes on with.
#[derive(Clone, Debug, PartialEq)]
pub enum Past {
    /// The words of a person, of the model, or of the system.
    Said(Message),
    /// Tools that an earlier turn has called, before its answer.
    Calls(PastCalls),
}

/// The calls of one answer of a model, and their results.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PastCalls {
    /// The model's words when it asked for them.
    pub said: String,
    pub calls: Vec<PastCall>,
    /// See [`AnswerRecord::echo`].
    pub echo: Option<Value>,
}

/// A call and its result: there is none without the other, which providers refuse.
#[derive(Clone, Debug, PartialEq)]
pub struct PastCall {
    /// The model's own id of the call, if it is known.
    pub id: Option<String>,
    pub name: String,
    pub arguments: Value,
    pub result: String,
}

/// A step as it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewStep {
    pub kind: StepKind,
    /// The model's or the tool's name.
    pub name: String,
    /// Kept up to [`MAX_PAYLOAD`](crate::domain::step::payload::MAX_PAYLOAD).
    pub input: String,
    /// The least it will have used, estimated: stands until it has ended, and for good if the server goes away.
    pub prompt_tokens: Option<i64>,
    /// The model's own id of a tool call.
    pub call_id: Option<String>,
}

/// A step as it ends.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StepEnding {
    pub position: i32,
    pub usage: Usage,
    /// The rates the cost was computed from, for the record.
    pub rates: Option<serde_json::Value>,
    /// A model's text, or a tool's result; kept as the input is.
    pub output: Option<String>,
    pub error: Option<String>,
    /// Record of a model call.
    pub answer: AnswerRecord,
    /// The tools that the run's model was offered; with the end of its first call, where they are known.
    pub offer: Option<ToolOffer>,
    /// What it shows that is out of the ordinary; the run's from then on.
    pub signals: Signals,
}

/// The record of a model's answer besides its text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AnswerRecord {
    /// The tools the model asked for; their arguments are kept as far as they are not too long.
    pub calls: Vec<StepCall>,
    /// Why the model stopped writing; `None` where the answer broke off.
    pub finish: Option<Finish>,
    /// The model's thoughts to itself; kept as far as they are not too long.
    pub reasoning: Option<String>,
    /// The model that answered, as its provider calls it.
    pub served_model: Option<String>,
    /// JSON that goes back to the provider with the answer's calls, in later turns too.
    pub echo: Option<Value>,
}

/// Knows what calls cost that nobody has reported on: their server went away, or they were dropped.
pub trait Pricing: Send + Sync + 'static {
    /// Returns the cost of a call to `model` at the time `at`, by its estimated tokens. `None` where it is not known.
    fn estimate(&self, model: &str, usage: &Usage, at: Timestamp) -> Option<Priced>;
}

/// Cost of a call, and the rates that were used.
#[derive(Clone, Debug, PartialEq)]
pub struct Priced {
    pub cost: NanoDollars,
    /// `{source, provider, model, input_usd_per_mtok, output_usd_per_mtok}`, for the record. `cached_input_usd_per_mtok`
    /// and `cache_write_usd_per_mtok` where there were such tokens, `reasoning_usd_per_mtok` where it differs from the
    /// output's. `source` is `runboard.toml`, `genai-prices` or `built in`.
    pub rates: Value,
}

/// The usage up to a failed try of a step, recorded in case the step's end is never reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tried {
    /// By the step, once it is asked again: by the tries that failed, and what it is sent.
    pub step: Usage,
    /// By the run, without what is not known to have been used.
    pub run: Usage,
}

/// The execution is no longer this run's, or can no longer be recorded: it must end at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost;

/// Records the steps of one execution, each as it happens. Writes are tried again while the database is busy.
#[async_trait]
pub trait StepLog: Send + Sync + 'static {
    /// Records that a step begins; returns its position. The first step is begun by the engine, at 1.
    async fn begin(&self, step: NewStep) -> Result<i32, Lost>;

    /// Records that tries of a step have failed: all of them so far, and what they have used.
    async fn tried(&self, position: i32, tries: &[StepTry], used: Tried) -> Result<(), Lost>;

    /// Records that a step ends and the run goes on, having used `so_far` in all.
    async fn end(&self, ending: StepEnding, so_far: Usage) -> Result<(), Lost>;

    /// Records whether the run seems to be stuck in a loop.
    async fn mark_looping(&self, looping: bool) -> Result<(), Lost>;

    /// Returns the usage of its agent's other runs that ended this month (UTC) or are under way.
    async fn others_this_month(&self) -> Result<Spent, Lost>;
}

/// How an execution came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It succeeded; `Settled::text` is the answer.
    Success,
    /// It cannot go on, or its model or provider reported an error.
    Failed(Failure),
    /// A budget was exceeded.
    OverBudget(Failure),
    /// It ended because of the cut; what the run becomes follows from the cut's reason.
    Cut,
}

/// The outcome of an execution, with all that is left to write down.
#[derive(Clone, Debug, PartialEq)]
pub struct Settled {
    pub outcome: Outcome,
    /// The answer, or what there was of it.
    pub text: String,
    /// Usage of all steps; `None` when the execution did not report back.
    pub usage: Option<Usage>,
    /// Why the model stopped writing, the last time.
    pub finish: Option<Finish>,
    /// What is out of the ordinary about it as a whole, besides what its steps show.
    pub signals: Signals,
    /// How the steps end that had not ended before: written down together with the end of the run.
    pub open: Vec<StepEnding>,
}

/// Does the work of runs.
#[async_trait]
pub trait RunExecutor: Send + Sync + 'static {
    /// Returns the step every run of this executor begins with; recorded together with the start.
    fn first_step(&self, run: &AgentRun, history: &[Past]) -> NewStep;

    /// Returns how much of a conversation a model can take, in bytes; older turns are left out.
    fn history_limit(&self, model: &str) -> i64;

    /// Executes a run to its end. Must not panic on anything a model sends; must stop when `job.cut` trips.
    async fn execute(&self, job: Job) -> Settled;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_is_cut_where_it_is_too_long_and_says_so() {
        let most = "é".repeat(MAX_RESULT / 2);
        assert_eq!(shown_result(most.clone(), false), most);
        let cut = format!("{most}\n[cut here: the result was longer]");
        assert_eq!((shown_result(most.clone(), true), shown_result(format!("{most}x"), false)), (cut.clone(), cut));
        assert!(shown_result(format!("x{most}"), false).starts_with(&format!("x{}\n[", &most[..MAX_RESULT - 2])));
    }
}
