//! A step: one model call or one tool call inside a run.

use super::id::{RunId, StepId};
use super::run::{Usage, wire_enum};
use super::time::Timestamp;
use super::wire::by_value;
use serde::{Deserialize, Serialize};

wire_enum! {
    /// What a step did.
    StepKind {
        ModelCall = "model_call",
        ToolCall = "tool_call",
    }
}

/// One model or tool call, with its own times, tokens, cost and error.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunStep {
    pub id: StepId,
    pub run_id: RunId,
    /// 1 for the first step of its run.
    pub position: i32,
    pub kind: StepKind,
    /// The model's or the tool's name.
    pub name: String,
    pub started_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    /// Milliseconds; null until finished.
    pub duration_ms: Option<i64>,
    #[serde(flatten, deserialize_with = "by_value")]
    pub usage: Usage,
    pub error: Option<String>,
}
