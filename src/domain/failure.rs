//! Why a run failed, as precisely as whoever ended it knew. Pure.

use super::wire_enum::wire_enum;

wire_enum! {
    /// Why a run failed.
    FailureKind {
        /// The model, its provider or a tool reported an error.
        Error = "error",
        /// It took longer than the agent's `timeout_s`.
        Timeout = "timeout",
        /// The server that executed it went away.
        Interrupted = "interrupted",
        /// It would have cost more than allowed.
        Budget = "budget",
    }
}

wire_enum! {
    /// The cause of a failure. Decided where the failure happens, and never found out from the words of its error.
    FailureCause {
        /// It took longer than the agent's `timeout_s`.
        TimeLimit = "time_limit",
        /// The server that executed it was shut down or went away.
        Interrupted = "interrupted",
        /// It used more than one run of its agent may.
        RunBudget = "run_budget",
        /// The agent's runs have used up its budget of the month.
        MonthBudget = "month_budget",
        /// There is a budget in dollars, and the model's price is not known.
        UnknownPrice = "unknown_price",
        /// It called the same tool with the same arguments again and again.
        Loop = "loop",
        /// It made as many calls as its agent may, and came to no answer.
        StepLimit = "step_limit",
        /// Neither the agent nor the conversation says anything to the model.
        NothingToAnswer = "nothing_to_answer",
        /// The provider is not configured. The detail is the environment variable that is missing, if there is one.
        MissingKey = "missing_key",
        /// The provider refused the call, or reported an error with a status. The detail is that status of HTTP.
        ProviderStatus = "provider_status",
        /// The provider reported an error without a status.
        ProviderError = "provider_error",
        /// No connection to the provider could be opened.
        ProviderUnreachable = "provider_unreachable",
        /// The provider kept the connection and sent nothing for too long.
        ProviderSilent = "provider_silent",
        /// The connection or its stream ended before the answer was complete.
        BrokeOff = "broke_off",
        /// The model answered with nothing.
        EmptyAnswer = "empty_answer",
        /// The model used up the tokens it may write before it wrote any text.
        OutputLimit = "output_limit",
        /// The conversation filled the model's context window before there was an answer.
        ContextFull = "context_full",
        /// The model declined to answer.
        Declined = "declined",
        /// The provider withheld the prompt or the answer.
        Filtered = "filtered",
        /// The call of the model failed in another way: it could not be made, or its answer not be read.
        ModelCall = "model_call",
        /// The run, or one of its steps, could not be written down.
        NotStored = "not_stored",
        /// Something else; the error says what.
        Other = "other",
    }
}

impl FailureCause {
    /// Returns the kind of failure that this is a cause of.
    pub fn kind(self) -> FailureKind {
        match self {
            Self::TimeLimit => FailureKind::Timeout,
            Self::Interrupted => FailureKind::Interrupted,
            Self::RunBudget | Self::MonthBudget | Self::UnknownPrice => FailureKind::Budget,
            _ => FailureKind::Error,
        }
    }
}

/// The detail of a failure, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FailureDetail {
    /// The environment variable that is missing.
    Variable(String),
    /// The status of HTTP that the provider answered with.
    Status(u16),
}

impl FailureDetail {
    /// Reads the detail that a cause has; `None` for a cause that has none, and for what it cannot mean.
    pub fn read(cause: FailureCause, detail: Option<&str>) -> Option<Self> {
        let detail = detail?;
        match cause {
            FailureCause::MissingKey if !detail.is_empty() => Some(Self::Variable(detail.to_owned())),
            FailureCause::ProviderStatus => detail.parse().ok().map(Self::Status),
            _ => None,
        }
    }
}

/// A run's failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub cause: FailureCause,
    /// The one thing that the cause is about, such as `429`; see [`FailureCause`].
    pub detail: Option<String>,
    /// The failure in words for people; holds no keys.
    pub error: String,
}

impl Failure {
    pub fn new(cause: FailureCause, error: impl Into<String>) -> Self {
        Self { cause, detail: None, error: error.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detail_is_read_by_its_cause() {
        use FailureCause::{Loop, MissingKey, ProviderStatus};
        let read = |cause, detail| FailureDetail::read(cause, Some(detail));
        assert_eq!(read(MissingKey, "A_KEY"), Some(FailureDetail::Variable("A_KEY".to_owned())));
        assert_eq!(read(ProviderStatus, "529"), Some(FailureDetail::Status(529)));
        assert_eq!((read(MissingKey, ""), read(ProviderStatus, "busy"), read(Loop, "429")), (None, None, None));
        assert_eq!(FailureDetail::read(ProviderStatus, None), None);
    }

    #[test]
    fn every_cause_has_a_word_and_every_kind_a_cause() {
        for cause in FailureCause::ALL {
            assert_eq!(FailureCause::parse(cause.as_str()), Some(*cause));
        }
        for kind in FailureKind::ALL {
            assert!(FailureCause::ALL.iter().any(|cause| cause.kind() == *kind), "{kind}");
        }
    }
}
