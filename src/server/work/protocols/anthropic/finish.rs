//! Why a message ended, in Anthropic's words.

use super::super::super::model::ModelError;
use super::super::limits::detail;
use crate::domain::finish::Finish;
use serde_json::Value;

/// The end of a message.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stop {
    pub(super) finish: Finish,
    pub(super) detail: Option<String>,
}

impl Stop {
    /// Returns the end of a message without a reason.
    pub(super) fn plain() -> Self {
        Self { finish: Finish::Stop, detail: None }
    }

    /// Reads the object that holds `stop_reason`; `None` while it is null.
    ///
    /// # Errors
    /// The reason is one that no answer of ours can have.
    pub(super) fn read(delta: &Value) -> Result<Option<Self>, ModelError> {
        let Some(reason) = delta["stop_reason"].as_str() else { return Ok(None) };
        let finish = match reason {
            "end_turn" | "stop_sequence" | "tool_use" => Finish::Stop,
            "max_tokens" => Finish::Length,
            "model_context_window_exceeded" => Finish::Context,
            "pause_turn" => Finish::Pause,
            "refusal" => Finish::Refusal,
            other => return Err(ModelError::lasting(format!("the answer ended for an unknown reason: {other}"))),
        };
        let details = &delta["stop_details"];
        let said = detail(&details["explanation"]).or_else(|| detail(&details["category"]));
        Ok(Some(Self { finish, detail: said }))
    }
}
