//! Two runs compared: facts, steps aligned by call, answers by word. Pure, and bounded in time however the runs may be: what takes
//! too long is found to differ more than it does, never less.

mod facts;
mod since;
mod steps;
#[cfg(test)]
mod tests;
mod tools;
mod words;

pub use self::since::since;

use self::facts::facts;
use crate::domain::agent::AgentSettings;
use crate::domain::id::RunId;
use crate::domain::request::RunInput;
use crate::domain::run::AgentRun;
use crate::domain::step::RunStep;
use crate::domain::time::Timestamp;
use crate::domain::views::comparison::{Delta, Figures, RunComparison, StepDifference, StepPair, VariableDiff};
use crate::domain::views::runs::ListedRun;
use crate::server::differences;
use crate::server::execution::offer::OfferedTool;
use std::collections::BTreeSet;

/// The facts that are known of a run.
#[derive(Clone, Debug)]
pub struct KnownRun {
    pub run: AgentRun,
    pub agent_name: String,
    /// Of the version that it was executed with; `None` where that is not on record.
    pub settings: Option<AgentSettings>,
    /// The model that served it, as its provider calls it.
    pub served_model: Option<String>,
    /// What it was given; of a chat turn, the message that it replies to.
    pub given: RunInput,
    /// Whether that, and what its steps were given, has been removed since: then it is not known.
    pub is_stripped: bool,
    /// The tools that its model was offered.
    pub tools: Option<Vec<OfferedTool>>,
}

/// A run with all that is compared of it.
#[derive(Clone, Debug)]
pub struct WholeRun {
    pub known: KnownRun,
    pub steps: Vec<RunStep>,
    pub answer: String,
}

impl WholeRun {
    fn id(&self) -> RunId {
        self.known.run.id
    }

    fn listed(&self) -> ListedRun {
        ListedRun { run: self.known.run.clone(), agent_name: self.known.agent_name.clone(), found: None }
    }
}

/// Compares run `a` with run `b`. For a thread of its own: it may take some seconds.
pub fn runs(a: &WholeRun, b: &WholeRun, server_now: Timestamp) -> RunComparison {
    let (now, then) = (&a.known, &b.known);
    let settings = match (&then.settings, &now.settings) {
        (Some(before), Some(after)) => differences::between(before, after),
        _ => Vec::new(),
    };
    let is_known = !now.is_stripped && !then.is_stripped;
    let input = (is_known && now.given.input != then.given.input).then(|| {
        words::between(now.given.input.as_deref().unwrap_or_default(), then.given.input.as_deref().unwrap_or_default())
    });
    let steps = steps::aligned(a, b);
    RunComparison {
        server_now,
        a: a.listed(),
        b: b.listed(),
        facts: facts(now, then, input.as_ref()),
        settings,
        input,
        variables: if is_known { variables(&now.given, &then.given) } else { Vec::new() },
        tools: now.tools.as_deref().zip(then.tools.as_deref()).map(|(now, then)| tools::between(now, then)),
        forks_at: steps.iter().position(is_fork).and_then(|at| i64::try_from(at).ok()),
        steps,
        left_out: 0,
        delta: Delta::of(Some(&figures(&now.run)), Some(&figures(&then.run))),
        answers: match a.id() == b.id() {
            true => words::same(&a.answer),
            false => words::between(&a.answer, &b.answer),
        },
    }
}

/// Whether the runs go different ways there: other arguments alone are what other inputs lead to.
fn is_fork(pair: &StepPair) -> bool {
    !matches!(pair.differs, None | Some(StepDifference::Arguments))
}

fn figures(run: &AgentRun) -> Figures {
    Figures { duration_ms: run.duration_ms, tokens: run.usage.total_tokens, cost: run.usage.total_cost }
}

/// Returns the variables that differ, in the order of their names.
fn variables(a: &RunInput, b: &RunInput) -> Vec<VariableDiff> {
    let names: BTreeSet<&String> = a.variables.keys().chain(b.variables.keys()).collect();
    let value = |given: &RunInput, name: &String| given.variables.get(name).cloned();
    let diff = |name: &String| VariableDiff { name: name.clone(), a: value(a, name), b: value(b, name) };
    names.into_iter().map(diff).filter(|diff| diff.a != diff.b).collect()
}
