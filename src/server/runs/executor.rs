//! What the engine asks of whoever does the work of a run.

use super::cut::Cut;
use crate::domain::run::{AgentRun, Usage};
use crate::domain::step::StepKind;
use crate::domain::thread::Message;
use async_trait::async_trait;
use std::sync::{Arc, Mutex, PoisonError};

/// A claimed run and all that its execution needs.
#[derive(Clone, Debug)]
pub struct Job {
    pub run: AgentRun,
    /// What the run answers, oldest first.
    pub history: Vec<Message>,
    /// Tripped when the execution must end early; it should settle within 10 s, then it is dropped.
    pub cut: Cut,
    /// Where the answer grows, for whoever looks at the run meanwhile.
    pub text: LiveText,
}

/// The answer so far, shared between the execution and those who watch it.
#[derive(Clone, Debug, Default)]
pub struct LiveText(Arc<Mutex<String>>);

impl LiveText {
    /// Appends a piece of the answer.
    pub fn push(&self, piece: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_str(piece);
    }

    /// A copy of the answer so far.
    pub fn get(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A step as it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewStep {
    pub kind: StepKind,
    /// The model's or the tool's name.
    pub name: String,
}

/// How an execution came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It answered; `Settled::text` is the answer.
    Success,
    /// The model or its provider reported an error; the text is for people and holds no keys.
    Failed(String),
    /// It ended because of the cut; what the run becomes follows from the cut's reason.
    Cut,
}

/// What an execution leaves behind.
#[derive(Clone, Debug, PartialEq)]
pub struct Settled {
    pub outcome: Outcome,
    /// The answer, or what there was of it.
    pub text: String,
    pub usage: Usage,
    /// The rates the cost was computed from, for the record.
    pub rates: Option<serde_json::Value>,
}

/// Does the work of runs.
#[async_trait]
pub trait RunExecutor: Send + Sync + 'static {
    /// The step every run of this executor begins with; recorded together with the start.
    fn first_step(&self, run: &AgentRun) -> NewStep;

    /// Executes a run to its end. Must not panic on anything a model sends; must heed `job.cut`.
    async fn execute(&self, job: Job) -> Settled;
}
