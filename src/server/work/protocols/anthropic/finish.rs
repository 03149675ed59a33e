//! Why a message ended, in Anthropic's words.

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

    /// Reads the object that holds `stop_reason`; `None` while it is null or empty. A reason that nobody knows ends an answer
    /// like any other: it is all there.
    pub(super) fn read(delta: &Value) -> Option<Self> {
        let reason = delta["stop_reason"].as_str().filter(|reason| !reason.is_empty())?;
        let finish = match reason {
            "max_tokens" => Finish::Length,
            "model_context_window_exceeded" => Finish::Context,
            "pause_turn" => Finish::Pause,
            "refusal" => Finish::Refusal,
            _ => Finish::Stop,
        };
        let details = &delta["stop_details"];
        let said = detail(&details["explanation"]).or_else(|| detail(&details["category"]));
        let is_known = finish != Finish::Stop || matches!(reason, "end_turn" | "stop_sequence" | "tool_use");
        Some(Self { finish, detail: said.or_else(|| detail(&delta["stop_reason"]).filter(|_| !is_known)) })
    }
}
