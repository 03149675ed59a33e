//! A step: one model call or one tool call inside a run.

#[cfg(test)]
pub mod samples;

use super::finish::Finish;
use super::id::{RunId, StepId};
use super::run::{Usage, wire_enum};
use super::time::Timestamp;
use super::wire::by_value;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Longest input and output that is kept of a step, in bytes each; what is longer is cut and marked.
pub const MAX_PAYLOAD: usize = 16 * 1024;

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
    /// Grows with every change of the step: of two versions, the higher one is the newer.
    pub revision: i32,
    pub started_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    /// Milliseconds; null until finished.
    pub duration_ms: Option<i64>,
    #[serde(flatten, deserialize_with = "by_value")]
    pub usage: Usage,
    /// The rates its cost was computed from; null without a cost.
    pub rates: Option<Value>,
    /// What a model was sent beyond what the call before had sent, or a tool's arguments.
    pub input: Option<String>,
    /// Whether `input` is only the beginning.
    pub input_cut: bool,
    /// What a model wrote and which tools it asked for, or a tool's result.
    pub output: Option<String>,
    /// Whether `output` is only the beginning.
    pub output_cut: bool,
    /// Why a model stopped writing; null for tools, and where its answer broke off.
    pub finish: Option<Finish>,
    /// The model's thoughts to itself, as far as its provider shows them.
    pub reasoning: Option<String>,
    /// Whether `reasoning` is only the beginning.
    pub reasoning_cut: bool,
    /// The model that answered, as its provider calls it.
    pub served_model: Option<String>,
    /// The tries that failed and were repeated, oldest first.
    pub tries: Vec<StepTry>,
    pub error: Option<String>,
}

/// What begins each line in which the record of a model call names a tool that the model asked for.
const CALL_MARK: &str = "→ ";

impl RunStep {
    /// What a model call has said, without the tools it asked for; `None` while it goes on.
    pub fn said(&self) -> Option<&str> {
        let mut said = self.output.as_deref().filter(|_| self.kind == StepKind::ModelCall)?;
        loop {
            let (before, last) = said.rsplit_once('\n').unwrap_or(("", said));
            match names_a_call(last) {
                true => said = before,
                false => return Some(said),
            }
        }
    }
}

/// The line in which the record of a model call names a tool that the model asked for; [`RunStep::said`] leaves it out.
pub fn call_line(name: &str, arguments: &Value) -> String {
    format!("{CALL_MARK}{name} {arguments}")
}

/// Whether a line is a [`call_line`]: `→ name {json}`. An answer may have lines that begin alike.
fn names_a_call(line: &str) -> bool {
    let call = line.strip_prefix(CALL_MARK).and_then(|call| call.split_once(' '));
    call.is_some_and(|(_, arguments)| serde_json::from_str::<serde::de::IgnoredAny>(arguments).is_ok())
}

/// A call that failed and was repeated within its step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepTry {
    /// When it failed.
    pub at: Timestamp,
    pub error: String,
    /// Milliseconds until the next try.
    pub wait_ms: i64,
}

/// The beginning of a text, at most [`MAX_PAYLOAD`] bytes, and whether that is not all.
pub fn clamp_payload(text: &str) -> (&str, bool) {
    match text.len() <= MAX_PAYLOAD {
        true => (text, false),
        false => (&text[..text.floor_char_boundary(MAX_PAYLOAD)], true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model_call(output: &str) -> RunStep {
        RunStep { output: Some(output.to_owned()), ..samples::step(1, StepKind::ModelCall) }
    }

    #[test]
    fn what_a_model_said_is_told_from_what_it_asked_for() {
        for (output, said) in [
            ("All quiet.", "All quiet."),
            ("Let me see.\nNow.\n→ current_time {}\n→ echo {\"a\":1}", "Let me see.\nNow."),
            ("→ current_time {}", ""),
            ("→ is an arrow\nand this is text", "→ is an arrow\nand this is text"),
        ] {
            assert_eq!(model_call(output).said(), Some(said));
        }
    }

    #[test]
    fn a_payload_is_cut_between_characters_and_says_so() {
        let short = "é".repeat(MAX_PAYLOAD / 2);
        assert_eq!(clamp_payload(&short), (short.as_str(), false));
        let long = format!("x{short}");
        let (kept, cut) = clamp_payload(&long);
        assert_eq!((kept.len(), cut), (MAX_PAYLOAD - 1, true));
    }
}
