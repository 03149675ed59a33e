//! The loop guard: notices a run that calls the same tool with the same arguments again and again. Pure.

use super::super::model::{Arguments, ToolCall};

/// Equal calls in a row that look like a loop.
const SUSPICIOUS: u32 = 3;
/// Equal calls in a row that end the run.
const HOPELESS: u32 = 6;

/// The meaning of a call for its run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Suspicion {
    None,
    /// It seems to be stuck in a loop.
    Looping,
    /// It does.
    Hopeless,
}

/// The last call, and how often it came in a row.
#[derive(Debug, Default)]
pub(super) struct LoopGuard {
    last: Option<(String, Arguments)>,
    times: u32,
}

impl LoopGuard {
    /// Takes in the next call.
    pub(super) fn see(&mut self, call: &ToolCall) -> Suspicion {
        // Compared as values: the order in which arguments are written means nothing.
        let is_same = self.last.as_ref().is_some_and(|(name, given)| *name == call.name && *given == call.arguments);
        self.times = if is_same { self.times + 1 } else { 1 };
        self.last = Some((call.name.clone(), call.arguments.clone()));
        match self.times {
            HOPELESS.. => Suspicion::Hopeless,
            SUSPICIOUS.. => Suspicion::Looping,
            _ => Suspicion::None,
        }
    }

    /// Returns the error of a run that ends because of it.
    pub(super) fn verdict(call: &ToolCall) -> String {
        format!("Stopped: the agent called {} with the same arguments {HOPELESS} times in a row.", call.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn call(name: &str, arguments: serde_json::Value) -> ToolCall {
        ToolCall { id: String::new(), name: name.to_owned(), arguments: Arguments::Read(arguments) }
    }

    #[test]
    fn three_equal_calls_look_like_a_loop_and_six_are_one() {
        let mut guard = LoopGuard::default();
        let seen: Vec<_> = (0..6).map(|_| guard.see(&call("clock", json!({"zone": "UTC", "form": 1})))).collect();
        use Suspicion::*;
        assert_eq!(seen, [None, None, Looping, Looping, Looping, Hopeless]);
    }

    #[test]
    fn other_arguments_or_another_tool_break_the_row() {
        let mut guard = LoopGuard::default();
        for _ in 0..4 {
            guard.see(&call("clock", json!({})));
        }
        assert_eq!(guard.see(&call("clock", json!({"zone": "UTC"}))), Suspicion::None);
        assert_eq!(guard.see(&call("clock", json!({}))), Suspicion::None);
        assert_eq!(guard.see(&call("calendar", json!({}))), Suspicion::None);
    }

    #[test]
    fn the_order_of_arguments_does_not_matter() {
        let mut guard = LoopGuard::default();
        for text in [r#"{"a":1,"b":2}"#, r#"{"b":2,"a":1}"#] {
            guard.see(&call("clock", serde_json::from_str(text).unwrap()));
        }
        assert_eq!(guard.see(&call("clock", json!({"a": 1, "b": 2}))), Suspicion::Looping);
    }
}
