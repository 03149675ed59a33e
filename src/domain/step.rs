//! A step: one model call or one tool call inside a run.

pub mod payload;

use self::payload::{Extent, PREVIEW, Side, clamp};
use super::finish::Finish;
use super::id::{RunId, StepId};
use super::run::Usage;
use super::time::Timestamp;
use super::wire::FromWire;
use super::wire_enum::wire_enum;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Longest arguments that are kept of all calls of one step together, in bytes; what is beyond is cut and marked.
pub const MAX_ARGUMENTS: usize = 64 * 1024;
/// How deep arguments may be nested that are kept as JSON: readers refuse what is deeper than 128, with all that is around it.
const MAX_DEPTH: usize = 64;

wire_enum! {
    /// Kind of a step.
    StepKind {
        ModelCall = "model_call",
        ToolCall = "tool_call",
    }
}

/// One model or tool call, with its own times, tokens, cost and error.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
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
    #[serde(flatten)]
    pub usage: Usage,
    /// The rates its cost was computed from; null without a cost.
    pub rates: Option<Value>,
    /// A tool's arguments, or the part of a model's prompt that the call before had not sent: at most [`PREVIEW`] bytes.
    pub input: Option<String>,
    /// Whether `input` is only the beginning.
    pub input_cut: bool,
    /// Bytes of the whole input; null without one, and where only its beginning was ever kept.
    pub input_bytes: Option<i64>,
    /// The words of a model, at most [`PREVIEW`] bytes; null until its call is over, and for tools.
    pub said: Option<String>,
    /// Whether `said` is only the beginning.
    pub said_cut: bool,
    /// The tools that a model asked for, in its order.
    pub calls: Vec<StepCall>,
    /// The model's own id of the call that a tool's step makes; null where it gave none.
    pub call_id: Option<String>,
    /// A tool's result, at most [`PREVIEW`] bytes.
    pub output: Option<String>,
    /// Whether `output` is only the beginning.
    pub output_cut: bool,
    /// Bytes of the whole result, or of all that a model said; null as for the input.
    pub output_bytes: Option<i64>,
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

impl RunStep {
    /// Returns how much there is of an input, or of a result or what a model said.
    pub fn extent(&self, side: Side) -> Extent {
        match side {
            Side::Input => Extent::of(self.input_cut, self.input_bytes),
            Side::Output => Extent::of(self.output_cut || self.said_cut, self.output_bytes),
        }
    }
}

/// A tool that a model asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, FromWire)]
pub struct StepCall {
    /// The model's own id of the call; null where it gave none.
    pub id: Option<String>,
    /// The tool's name, as the model wrote it.
    pub name: String,
    /// JSON, mostly an object. Null where there is only `arguments_text`.
    pub arguments: Value,
    /// The arguments as text, where they are no JSON or too long to be kept whole. May be empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arguments_text: Option<String>,
    /// Whether `arguments_text` is only the beginning.
    #[serde(default)]
    pub arguments_cut: bool,
}

impl StepCall {
    /// Returns the arguments as text: what stands in the input of the step that makes the call.
    pub fn text(&self) -> String {
        self.arguments_text.clone().unwrap_or_else(|| self.arguments.to_string())
    }

    /// Returns the call with at most `most` bytes of arguments, and how many it has.
    fn clamped(&self, most: usize) -> (Self, usize) {
        let text = self.text();
        let (kept, is_cut) = clamp(&text, most);
        let call = match is_cut {
            false if is_shallow(&self.arguments, MAX_DEPTH) => self.clone(),
            _ => Self {
                id: self.id.clone(),
                name: self.name.clone(),
                arguments: Value::Null,
                arguments_text: Some(kept.to_owned()),
                arguments_cut: is_cut || self.arguments_cut,
            },
        };
        (call, kept.len())
    }
}

/// Returns the calls of one step as they are kept: with at most [`PREVIEW`] bytes of arguments each and
/// [`MAX_ARGUMENTS`] together, nested at most 64 deep. Others become text, and longer ones are cut and marked.
pub fn clamp_calls(calls: &[StepCall]) -> Vec<StepCall> {
    let mut left = MAX_ARGUMENTS;
    let clamp = |call: &StepCall| {
        let (call, len) = call.clamped(left.min(PREVIEW));
        left -= len;
        call
    };
    calls.iter().map(clamp).collect()
}

fn is_shallow(value: &Value, depth: usize) -> bool {
    let within = |value: &Value| depth > 0 && is_shallow(value, depth - 1);
    match value {
        Value::Array(items) => items.iter().all(within),
        Value::Object(fields) => fields.values().all(within),
        _ => true,
    }
}

/// Returns the tools that a model asked for, each with the step that made the call, if one has. `after` is what follows
/// the model's step in its run.
pub fn calls_made<'a>(calls: &'a [StepCall], after: &'a [RunStep]) -> Vec<(&'a StepCall, Option<&'a RunStep>)> {
    let mut free: Vec<&RunStep> = after.iter().take_while(|step| step.kind == StepKind::ToolCall).collect();
    let made = |call: &'a StepCall| {
        let at = free.iter().position(|step| step.call_id == call.id && step.name == call.name);
        (call, at.map(|at| free.remove(at)))
    };
    calls.iter().map(made).collect()
}

/// A call that failed and was repeated within its step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, FromWire)]
pub struct StepTry {
    /// When it failed.
    pub at: Timestamp,
    pub error: String,
    /// Milliseconds until the next try.
    pub wait_ms: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;
    use serde_json::json;

    fn call(id: Option<&str>, name: &str, arguments: Value) -> StepCall {
        let (id, name) = (id.map(str::to_owned), name.to_owned());
        StepCall { id, name, arguments, arguments_text: None, arguments_cut: false }
    }

    fn tool(position: i32, id: Option<&str>, name: &str) -> RunStep {
        let (call_id, name) = (id.map(str::to_owned), name.to_owned());
        RunStep { call_id, name, ..samples::step(position, StepKind::ToolCall) }
    }

    #[test]
    fn each_call_finds_the_step_that_made_it() {
        let calls =
            [call(Some("a"), "clock", json!({})), call(Some("a"), "clock", json!({})), call(None, "echo", json!(1))];
        let after = [
            tool(2, None, "mcp:files"),
            tool(3, None, "echo"),
            tool(4, Some("a"), "clock"),
            samples::step(5, StepKind::ModelCall),
            tool(6, Some("a"), "clock"),
        ];
        let made: Vec<_> = calls_made(&calls, &after).iter().map(|(_, step)| step.map(|step| step.position)).collect();
        assert_eq!(made, [Some(4), None, Some(3)], "the second came to nothing, and what follows is of another answer");
    }

    #[test]
    fn long_arguments_are_cut_and_say_so() {
        let long = call(None, "write", json!({ "text": "é".repeat(PREVIEW) }));
        let short = call(None, "clock", json!({ "zone": "UTC" }));
        let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
        let kept = clamp_calls(&[short.clone(), long.clone(), call(None, "echo", deep.clone())]);
        assert_eq!(kept[0], short);
        assert_eq!((kept[2].arguments_text.clone(), kept[2].arguments_cut), (Some(deep.to_string()), false));
        let kept = &kept[1];
        let beginning = kept.arguments_text.as_deref().unwrap();
        assert!(kept.arguments_cut && kept.arguments.is_null() && long.text().starts_with(beginning));
        assert!((PREVIEW - 1..=PREVIEW).contains(&beginning.len()), "{}", beginning.len());
    }

    #[test]
    fn many_calls_have_one_bound_together() {
        let short = call(None, "clock", json!({ "zone": "UTC" }));
        let mut calls = vec![call(None, "write", json!({ "text": "é".repeat(6_000) })); 128];
        calls.insert(0, short.clone());
        let kept = clamp_calls(&calls);
        assert_eq!((kept.len(), &kept[0]), (129, &short));
        let whole = kept.iter().filter(|call| !call.arguments_cut).count();
        assert_eq!((whole, &kept[1..whole]), (6, &calls[1..whole]), "what fits is kept as it was");
        let bytes: usize = kept.iter().map(|call| call.text().len()).sum();
        assert!((MAX_ARGUMENTS - 1..=MAX_ARGUMENTS).contains(&bytes), "{bytes}");
        assert!(kept[whole..].iter().all(|call| call.arguments_cut && calls[1].text().starts_with(&call.text())));
        assert_eq!(kept[128].arguments_text.as_deref(), Some(""));
        let sent = serde_json::to_string(&kept).unwrap();
        assert!(sent.len() < 2 * MAX_ARGUMENTS, "{}", sent.len());
    }

    #[test]
    fn a_call_is_read_as_it_was_written() {
        let plain = call(Some("a"), "clock", json!({}));
        let odd =
            StepCall { arguments: Value::Null, arguments_text: Some("{\"q\":".into()), ..call(None, "echo", json!(0)) };
        let wire = serde_json::to_value([&plain, &odd]).unwrap();
        assert_eq!(wire[0], json!({"id": "a", "name": "clock", "arguments": {}, "arguments_cut": false}));
        assert_eq!(serde_json::from_value::<Vec<StepCall>>(wire).unwrap(), [plain, odd]);
    }
}
