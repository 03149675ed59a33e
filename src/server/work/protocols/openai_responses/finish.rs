//! How a response ended.

use super::super::super::model::ModelError;
use super::super::super::wire::failure::error_in;
use super::super::limits::detail;
use crate::domain::failure::FailureCause;
use crate::domain::finish::Finish;
use serde_json::Value;

/// The end of a response.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stop {
    pub(super) finish: Finish,
    pub(super) detail: Option<String>,
}

impl Stop {
    /// Returns the end of a response that is over; `None` while it goes on.
    ///
    /// # Errors
    /// The response failed, or was cancelled.
    pub(super) fn of(response: &Value) -> Result<Option<Self>, ModelError> {
        response["status"].as_str().map_or(Ok(None), |status| Self::with(status, response))
    }

    /// Returns the end of a response with this status, whatever it says itself.
    ///
    /// # Errors
    /// As [`Self::of`].
    pub(super) fn with(status: &str, response: &Value) -> Result<Option<Self>, ModelError> {
        match status {
            "failed" => Err(failure(&response["error"])),
            "cancelled" => {
                Err(ModelError::passing("the provider cancelled the answer").because(FailureCause::BrokeOff))
            }
            "incomplete" => Ok(Some(Self::incomplete(&response["incomplete_details"]))),
            "completed" => Ok(Some(Self { finish: Finish::Stop, detail: None })),
            _ => Ok(None),
        }
    }

    fn incomplete(details: &Value) -> Self {
        let reason = &details["reason"];
        match reason.as_str() {
            Some("content_filter") => Self { finish: Finish::ContentFilter, detail: None },
            Some("max_output_tokens") => Self { finish: Finish::Length, detail: None },
            _ => Self { finish: Finish::Length, detail: detail(reason) },
        }
    }
}

/// Returns the error of a response that failed.
fn failure(error: &Value) -> ModelError {
    match error.is_object() {
        true => error_in(error),
        // Nothing says that the same request would fail again.
        false => ModelError::passing("the provider reported an error and did not say which")
            .because(FailureCause::ProviderError),
    }
}
