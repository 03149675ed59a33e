//! How a response ended.

use super::super::super::model::ModelError;
use crate::domain::finish::Finish;
use serde_json::Value;

/// Codes of errors that may be gone in a moment.
const PASSING: [&str; 6] =
    ["server_error", "rate_limit_exceeded", "server_is_overloaded", "slow_down", "overloaded_error", "timeout"];

/// The end of a response.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stop {
    pub(super) finish: Finish,
    pub(super) detail: Option<String>,
}

impl Stop {
    /// The end of a response that is over; `None` while it goes on.
    ///
    /// # Errors
    /// The response failed, or was cancelled.
    pub(super) fn of(response: &Value) -> Result<Option<Self>, ModelError> {
        match response["status"].as_str() {
            Some("failed") => Err(failure(&response["error"])),
            Some("cancelled") => Err(ModelError::lasting("the provider cancelled the answer")),
            Some("incomplete") => Ok(Some(Self::incomplete(&response["incomplete_details"]))),
            Some("completed") => Ok(Some(Self { finish: Finish::Stop, detail: None })),
            _ => Ok(None),
        }
    }

    fn incomplete(details: &Value) -> Self {
        let reason = details["reason"].as_str();
        let (finish, detail) = match reason {
            Some("content_filter") => (Finish::ContentFilter, None),
            Some("max_output_tokens") | None => (Finish::Length, None),
            other => (Finish::Length, other),
        };
        Self { finish, detail: detail.map(ToOwned::to_owned) }
    }
}

/// The error of a response that failed.
pub(super) fn failure(error: &Value) -> ModelError {
    let code = error["code"].as_str().or(error["type"].as_str()).unwrap_or_default();
    let said = error["message"].as_str().filter(|said| !said.trim().is_empty());
    let text = match (said, code) {
        (Some(said), _) => format!("the provider reported an error: {said}"),
        (None, "") => "the provider reported an error and did not say which".to_owned(),
        (None, code) => format!("the provider reported an error: {code}"),
    };
    // An error without a code says nothing about what was sent.
    if code.is_empty() || PASSING.contains(&code) { ModelError::passing(text) } else { ModelError::lasting(text) }
}
