//! Why a run ended the way it did: its cause as a title, and a sentence on what happened or what to do. Pure.

use crate::domain::failure::FailureCause;
use crate::domain::finish::Finish;
use crate::domain::run::{AgentRun, RunStatus, SkipReason};

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
    let (weight, title, advice) = match (run.status, run.skip_reason) {
        (RunStatus::Failed, ..) => {
            let (title, advice) = cause(run);
            let is_timeout = run.failure_cause == Some(FailureCause::TimeLimit);
            (if is_timeout { Weight::Warning } else { Weight::Failure }, title, advice)
        }
        (RunStatus::Cancelled, ..) if run.started_at.is_none() => quiet("Stopped before it began", ""),
        (RunStatus::Cancelled, ..) => quiet("Stopped by hand while running", "What it had written until then is kept."),
        (RunStatus::Skipped, reason) => {
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

/// Returns the title of a failure and what to do about it.
fn cause(run: &AgentRun) -> (String, &'static str) {
    use FailureCause::*;
    let detail = run.failure_detail.as_deref().unwrap_or_default();
    let (title, advice) = match run.failure_cause.unwrap_or(Other) {
        TimeLimit => ("Time limit reached", "Raise the agent's time limit, or give it less to do in one run."),
        Interrupted => (
            "The server went down during this run",
            "It was not restarted because its tools may already have had effects. Retry if that is safe.",
        ),
        RunBudget => (
            "The run exceeded its budget",
            "Raise the budget in the agent's settings, or give it less to do in one run.",
        ),
        MonthBudget => (
            "The budget of the month is used up",
            "Raise the monthly budget in the agent's settings, or wait for the next month (UTC).",
        ),
        UnknownPrice => (
            "The model's price is not known",
            "A budget in dollars needs one: set its price in runboard.toml, or a budget in tokens instead.",
        ),
        Loop => (
            "Stuck in a loop",
            "Say in the instructions when the task is done, and what to do when a tool is of no help.",
        ),
        StepLimit => ("Step limit reached", "Raise the agent's step limit, or give it less to do in one run."),
        NothingToAnswer => ("Nothing to answer", "Give the agent task instructions."),
        MissingKey if detail.is_empty() => ("The provider is not configured", "Choose another model."),
        MissingKey => {
            let advice = "Set it in the server's environment and start the server again.";
            return (format!("{detail} is missing"), advice);
        }
        ProviderStatus => {
            let code = detail.parse().unwrap_or(0);
            let advice = match code {
                401 | 403 => "Check the provider's key, and that it may use this model.",
                404 => "Check the model's name and the provider's base URL.",
                408 | 429 | 500.. => "The provider may be overloaded. Retry later.",
                _ => "The provider refused the request; its reason is below.",
            };
            return (format!("Provider answered {detail}{}", status_words(code)), advice);
        }
        ProviderError => ("Provider reported an error", "What it says is below. Retry later."),
        ProviderUnreachable => {
            ("Provider cannot be reached", "Check the network and the provider's base URL, then retry.")
        }
        ProviderSilent => ("Provider stopped responding", "Nothing came for too long. Retry later."),
        BrokeOff => ("Connection to the provider broke off", "Retry; if it happens again, check the network."),
        EmptyAnswer => ("The model answered with nothing", "Retry; if it happens again, choose another model."),
        OutputLimit => (
            "Output limit reached before an answer",
            "Raise Max output tokens in the agent's settings; where that is empty, the limit is the model's own.",
        ),
        ContextFull => (
            "The conversation is too long for the model",
            "Make it shorter, or choose a model with a larger context window.",
        ),
        Declined => ("The model declined to answer", "Change the instructions, or choose another model."),
        Filtered => ("Provider withheld the answer", "Change the instructions, or choose another model."),
        ModelCall => ("The model call failed", "The error is below; the steps show how far the run came."),
        NotStored => ("The result could not be stored", "The server's log has the cause."),
        Other => ("The run failed", "The error is below; the steps show how far the run came."),
    };
    (title.to_owned(), advice)
}

/// Returns the words of a status of HTTP that providers answer with, after a blank; empty for others.
fn status_words(code: u16) -> &'static str {
    match code {
        400 => " Bad Request",
        401 => " Unauthorized",
        402 => " Payment Required",
        403 => " Forbidden",
        404 => " Not Found",
        408 => " Request Timeout",
        413 => " Payload Too Large",
        422 => " Unprocessable Entity",
        429 => " Too Many Requests",
        500 => " Internal Server Error",
        502 => " Bad Gateway",
        503 => " Service Unavailable",
        504 => " Gateway Timeout",
        _ => "",
    }
}

#[cfg(test)]
mod tests;
