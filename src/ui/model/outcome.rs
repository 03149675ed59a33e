//! Why a run ended the way it did: its cause as a title, and a sentence on what happened or what to do. Pure.

use crate::domain::finish::Finish;
use crate::domain::run::{AgentRun, FailureKind, RunStatus, SkipReason};

/// How much weight an ending has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Somebody wanted it, or nothing was lost.
    Quiet,
    Warning,
    Failure,
}

/// The explanation above the error of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub weight: Weight,
    /// The cause.
    pub title: String,
    /// The event, where the title does not say it; else what to do. Empty where there is nothing to add.
    pub advice: &'static str,
}

/// `None` where the status says it all.
pub fn outcome(run: &AgentRun) -> Option<Outcome> {
    let quiet = |title: &str, advice| (Weight::Quiet, title.to_owned(), advice);
    let warning = |title: &str, advice| (Weight::Warning, title.to_owned(), advice);
    let (weight, title, advice) = match (run.status, run.failure_kind, run.skip_reason) {
        (RunStatus::Failed, Some(FailureKind::Timeout), _) => {
            warning("Time limit reached", "Raise the agent's time limit, or give it less to do in one run.")
        }
        (RunStatus::Failed, Some(FailureKind::Interrupted), _) => (
            Weight::Failure,
            "The server went down during this run".to_owned(),
            "It was not restarted because its tools may already have had effects. Retry if that is safe.",
        ),
        (RunStatus::Failed, Some(FailureKind::Budget), _) => (
            Weight::Failure,
            "The run exceeded its budget".to_owned(),
            "Raise the budget in the agent's settings, or give it less to do in one run.",
        ),
        (RunStatus::Failed, ..) => {
            let (title, advice) = cause(run);
            (Weight::Failure, title, advice)
        }
        (RunStatus::Cancelled, ..) if run.started_at.is_none() => quiet("Stopped before it began", ""),
        (RunStatus::Cancelled, ..) => quiet("Stopped by hand while running", "What it had written until then is kept."),
        (RunStatus::Skipped, _, reason) => {
            let advice = match reason {
                Some(SkipReason::Missed) => "Turn on catching up in the agent's settings to run after downtime.",
                Some(SkipReason::Overlap) => "The agent is set to skip a scheduled run while another is active.",
                Some(SkipReason::Budget) => "Raise the monthly budget in the agent's settings to let it run again.",
                None => "",
            };
            let title = skip_words(reason);
            quiet(&format!("Skipped: {title}"), advice)
        }
        (RunStatus::Success, ..) if run.finish == Some(Finish::Length) => {
            let advice = "The model reached the number of tokens that it may write. Raise Max output tokens in the agent's \
                          settings; where that is empty, the limit is the model's own.";
            warning("The answer is cut off", advice)
        }
        (RunStatus::Success, ..) if run.finish == Some(Finish::Context) => {
            warning("The answer is cut off", "The conversation filled the model's context window.")
        }
        _ => return None,
    };
    Some(Outcome { weight, title, advice })
}

/// Returns why a run did not happen, in a few words.
pub fn skip_words(reason: Option<SkipReason>) -> &'static str {
    match reason {
        Some(SkipReason::Missed) => "the server was down",
        Some(SkipReason::Overlap) => "the previous run was still running",
        Some(SkipReason::Budget) => "the agent's budget was used up",
        None => "the run did not happen",
    }
}

/// Finds the cause of a failure by the words of its error; the error itself is shown beneath.
fn cause(run: &AgentRun) -> (String, &'static str) {
    let error = run.error.as_deref().unwrap_or_default();
    if error.contains("with the same arguments") {
        let advice = "Say in the instructions when the task is done, and what to do when a tool is of no help.";
        return ("Stuck in a loop".to_owned(), advice);
    }
    if let Some(variable) = missing_variable(error) {
        return (format!("{variable} is missing"), "Set it in the server's environment and start the server again.");
    }
    if let Some((code, status)) = status(error) {
        let advice = match code {
            401 | 403 => "Check the provider's key, and that it may use this model.",
            404 => "Check the model's name and the provider's base URL.",
            408 | 429 | 500.. => "The provider may be overloaded. Retry later.",
            _ => "The provider refused the request; its reason is below.",
        };
        return (format!("Provider answered {status}"), advice);
    }
    let known = [
        (
            "cannot be reached",
            "Provider cannot be reached",
            "Check the network and the provider's base URL, then retry.",
        ),
        ("sent nothing for", "Provider stopped responding", "Nothing came for too long. Retry later."),
        ("broke off before", "Connection to the provider broke off", "Retry; if it happens again, check the network."),
        ("its limit, without", "Step limit reached", "Raise the agent's step limit, or give it less to do in one run."),
        ("declined to answer", "The model declined to answer", "Change the instructions, or choose another model."),
    ];
    let known = known.into_iter().find(|(words, ..)| error.contains(words));
    known.map_or_else(
        || ("The run failed".to_owned(), "The error is below; the steps show how far the run came."),
        |(_, title, advice)| (title.to_owned(), advice),
    )
}

/// Returns the variable of `openai/… needs OPENAI_API_KEY: set it …`.
fn missing_variable(error: &str) -> Option<&str> {
    let (_, rest) = error.split_once(" needs ")?;
    let (variable, _) = rest.split_once(':')?;
    let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    (!variable.is_empty() && variable.chars().all(is_name)).then_some(variable)
}

/// Returns the status of `429 Too Many Requests: slow down`, as a number and in words.
fn status(error: &str) -> Option<(u16, &str)> {
    let status = error.split(':').next()?.trim();
    let digits = status.split(' ').next()?;
    (digits.len() == 3)
        .then(|| digits.parse().ok())
        .flatten()
        .filter(|code| (300..600).contains(code))
        .map(|code| (code, status))
}

#[cfg(test)]
mod tests;
