//! Why a run ended the way it did: its cause as a title, and a sentence on what happened or what to do. Pure.

use crate::domain::failure::{FailureCause, FailureDetail};
use crate::domain::finish::Finish;
use crate::domain::run::{AgentRun, RunStatus, SkipReason};
use std::borrow::Cow;

/// How much weight an ending has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Somebody wanted it, or nothing was lost.
    Quiet,
    Warning,
    Failure,
}

/// The way a run's error is shown beneath the explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorLook {
    /// Not at all: there is none, or the title says as much.
    Hidden,
    /// As a sentence of the explanation.
    Sentence,
    /// As text of somebody else's, to be copied.
    Text,
}

/// The explanation above the error of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub weight: Weight,
    /// The cause.
    pub title: String,
    /// The event, where the title does not say it; else what to do. Empty where there is nothing to add.
    pub advice: &'static str,
    pub error: ErrorLook,
}

/// `None` where the status says it all.
pub fn outcome(run: &AgentRun) -> Option<Outcome> {
    let quiet = |title: &str, advice| (Weight::Quiet, title.to_owned(), advice);
    let warning = |title: &str, advice| (Weight::Warning, title.to_owned(), advice);
    let (weight, title, advice) = match (run.status, run.skip_reason) {
        (RunStatus::Failed, ..) => {
            let is_timeout = run.failure_cause == Some(FailureCause::TimeLimit);
            let weight = if is_timeout { Weight::Warning } else { Weight::Failure };
            (weight, cause_title(run).into_owned(), cause_advice(run))
        }
        (RunStatus::Cancelled, ..) if run.started_at.is_none() => quiet("Stopped before it began", ""),
        (RunStatus::Cancelled, ..) => quiet("Stopped by hand while running", "What it had written until then is kept."),
        (RunStatus::Skipped, reason) => {
            let advice = match reason {
                Some(SkipReason::Missed) => "Turn on catching up in the agent's settings to run after downtime.",
                Some(SkipReason::Held) => "Turn on catching up in the agent's settings to run after a hold.",
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
    let error = match (run.status, run.failure_cause) {
        (RunStatus::Failed, Some(FailureCause::Interrupted)) => ErrorLook::Hidden,
        // Which limit that was, and what the run was held up by, stands nowhere else.
        (RunStatus::Failed, Some(FailureCause::TimeLimit)) | (RunStatus::Skipped, _) => ErrorLook::Sentence,
        (RunStatus::Failed, _) => ErrorLook::Text,
        _ => ErrorLook::Hidden,
    };
    Some(Outcome { weight, title, advice, error })
}

/// Returns why a run did not happen, in a few words.
pub fn skip_words(reason: Option<SkipReason>) -> &'static str {
    match reason {
        Some(SkipReason::Missed) => "the server was down",
        Some(SkipReason::Held) => "everything was on hold",
        Some(SkipReason::Overlap) => "the previous run was still running",
        Some(SkipReason::Budget) => "the agent's budget was used up",
        None => "the run did not happen",
    }
}

/// Returns why a run failed, and what exactly that is about.
fn cause(run: &AgentRun) -> (FailureCause, Option<FailureDetail>) {
    let cause = run.failure_cause.unwrap_or(FailureCause::Other);
    (cause, FailureDetail::read(cause, run.failure_detail.as_deref()))
}

/// Returns the title of a failure: its cause.
pub fn cause_title(run: &AgentRun) -> Cow<'static, str> {
    use FailureCause::*;
    let (cause, detail) = cause(run);
    match detail {
        Some(FailureDetail::Variable(name)) => return format!("{name} is missing").into(),
        Some(FailureDetail::Status(code)) => return format!("Provider answered {code}{}", status_words(code)).into(),
        None => {}
    }
    let title = match cause {
        TimeLimit => "Time limit reached",
        Interrupted => "The server went down during this run",
        RunBudget => "The run exceeded its budget",
        MonthBudget => "The budget of the month is used up",
        UnknownPrice => "The model's price is not known",
        Loop => "Stuck in a loop",
        StepLimit => "Step limit reached",
        NothingToAnswer => "Nothing to answer",
        MissingKey => "The provider is not configured",
        ProviderStatus => "Provider answered with an error",
        ProviderError => "Provider reported an error",
        ProviderUnreachable => "Provider cannot be reached",
        ProviderSilent => "Provider stopped responding",
        BrokeOff => "Connection to the provider broke off",
        EmptyAnswer => "The model answered with nothing",
        OutputLimit => "Output limit reached before an answer",
        ContextFull => "The conversation is too long for the model",
        Declined => "The model declined to answer",
        Filtered => "Provider withheld the answer",
        ModelCall => "The model call failed",
        NotStored => "The result could not be stored",
        Other => "The run failed",
    };
    title.into()
}

/// Returns what to do about a failure.
fn cause_advice(run: &AgentRun) -> &'static str {
    use FailureCause::*;
    let (cause, detail) = cause(run);
    match cause {
        TimeLimit => "Raise the agent's time limit, or give it less to do in one run.",
        Interrupted => "It was not restarted because its tools may already have had effects. Retry if that is safe.",
        RunBudget => "Raise the budget in the agent's settings, or give it less to do in one run.",
        MonthBudget => "Raise the monthly budget in the agent's settings, or wait for the next month (UTC).",
        UnknownPrice => "A budget in dollars needs one: set its price in runboard.toml, or a budget in tokens instead.",
        Loop => "Say in the instructions when the task is done, and what to do when a tool is of no help.",
        StepLimit => "Raise the agent's step limit, or give it less to do in one run.",
        NothingToAnswer => "Give the agent task instructions.",
        MissingKey if detail.is_none() => "Choose another model.",
        MissingKey => "Set it in the server's environment and start the server again.",
        ProviderStatus => match detail {
            Some(FailureDetail::Status(401 | 403)) => "Check the provider's key, and that it may use this model.",
            Some(FailureDetail::Status(404)) => "Check the model's name and the provider's base URL.",
            Some(FailureDetail::Status(408 | 429 | 500..)) => "The provider may be overloaded. Retry later.",
            _ => "The provider refused the request; its reason is below.",
        },
        ProviderError => "Its words are below. Retry later.",
        ProviderUnreachable => "Check the network and the provider's base URL, then retry.",
        ProviderSilent => "Nothing came for too long. Retry later.",
        BrokeOff => "Retry; if it happens again, check the network.",
        EmptyAnswer => "Retry; if it happens again, choose another model.",
        OutputLimit => {
            "Raise Max output tokens in the agent's settings; where that is empty, the limit is the model's own."
        }
        ContextFull => "Make it shorter, or choose a model with a larger context window.",
        Declined | Filtered => "Change the instructions, or choose another model.",
        NotStored => "The server's log has the cause.",
        ModelCall | Other => "The error is below; the steps show how far the run came.",
    }
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
