//! Statuses of a run's steps that are worth a word. Pure.

use crate::domain::run::{AgentRun, RunStatus};
use crate::domain::step::{RunStep, StepKind};
use crate::ui::model::words::{cut_words, run_look};

/// An icon and a word; `class` repeats them in colour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepLook {
    pub class: &'static str,
    pub icon: &'static str,
    pub word: String,
}

fn look(class: &'static str, icon: &'static str, word: impl Into<String>) -> Option<StepLook> {
    Some(StepLook { class, icon, word: word.into() })
}

/// Whether the step failed only because its run was ended.
pub fn ended_with_run(step: &RunStep, run: &AgentRun) -> bool {
    step.error.is_some() && step.finished_at.is_some_and(|at| run.has_ended_step(at))
}

/// `None` for a step that simply succeeded.
pub fn step_look(step: &RunStep, run: &AgentRun) -> Option<StepLook> {
    if let (Some(words), None) = (cut_words(step.finish), &step.error) {
        return look("timeout", "timeout", words);
    }
    match (step.error.is_some(), step.finished_at.is_some(), step.tries.len()) {
        (true, ..) if ended_with_run(step, run) => {
            let ended = run_look(run);
            look(ended.class, ended.icon, ended.word)
        }
        (true, ..) => look("failed", "failed", "Failed"),
        (false, false, 0) => look("running", "running", "Running"),
        (false, false, tries) => look("running", "retry", format!("Retrying ({} of 5)", tries + 1)),
        (false, true, 0) => None,
        (false, true, tries) => look("idle", "retry", format!("{} attempts", tries + 1)),
    }
}

/// Returns the step that a failed run has failed in: its last one, if that is a model call with an error, or was cut short by
/// the run's end. Tools that fail are no reason: the model is told, and goes on.
pub fn failing_step<'a>(steps: &'a [RunStep], run: &AgentRun) -> Option<&'a RunStep> {
    let is_reason = |step: &RunStep| step.kind == StepKind::ModelCall && step.error.is_some();
    let last = steps.last().filter(|_| run.status == RunStatus::Failed)?;
    (is_reason(last) || ended_with_run(last, run)).then_some(last)
}

#[cfg(test)]
mod tests;
