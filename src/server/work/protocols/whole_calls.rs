//! Tool calls of protocols that send each whole, or say of each piece which call it is of.

use super::super::model::{Arguments, ChatCall, ModelError, ToolCall};
use super::calls::{arguments_of, made_up_id};
use super::limits::{MAX_ALL_ARGUMENTS, MAX_ARGUMENTS, MAX_CALL_ID, MAX_CALLS, MAX_TOOL_NAME};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// Makes the calls of an answer, each with an id of its own: the one that the model gave, or a made-up one in place of
/// none, of one that was there before, and of one that is too long.
#[derive(Clone, Debug)]
pub(super) struct CallMaker {
    /// Turns before the answer, which distinguish its made-up ids from those of other answers.
    turns: usize,
    made_up: usize,
    /// Ids of the calls so far.
    seen: HashSet<String>,
    /// Bytes of arguments so far.
    arguments: usize,
}

impl CallMaker {
    pub(super) fn new(call: &ChatCall) -> Self {
        Self { turns: call.turns.len(), made_up: 0, seen: HashSet::new(), arguments: 0 }
    }

    fn pass_on(&mut self, given: Option<&str>) -> String {
        let given = given.filter(|id| !id.trim().is_empty() && id.len() <= MAX_CALL_ID);
        if let Some(id) = given.filter(|id| self.seen.insert((*id).to_owned())) {
            return id.to_owned();
        }
        loop {
            let id = made_up_id(self.turns, self.made_up);
            self.made_up += 1;
            if self.seen.insert(id.clone()) {
                return id;
            }
        }
    }

    /// Makes the next call.
    ///
    /// # Errors
    /// There are too many calls, or their arguments are too long.
    pub(super) fn call(
        &mut self,
        given: Option<&str>,
        name: Option<&str>,
        arguments: Arguments,
    ) -> Result<ToolCall, ModelError> {
        if self.seen.len() == MAX_CALLS {
            return Err(ModelError::lasting(format!("the model asked for more than {MAX_CALLS} tools at once")));
        }
        let length = arguments.to_string().len();
        self.arguments = self.arguments.saturating_add(length);
        if length > MAX_ARGUMENTS || self.arguments > MAX_ALL_ARGUMENTS {
            return Err(too_long());
        }
        let name = name.unwrap_or_default().chars().take(MAX_TOOL_NAME).collect();
        Ok(ToolCall { id: self.pass_on(given), name, arguments })
    }
}

/// Reads arguments that came as a value, or as text in one.
pub(super) fn arguments(value: &Value) -> Arguments {
    match value {
        Value::String(text) => arguments_of(text),
        Value::Null => Arguments::Read(Value::Object(Map::new())),
        value => Arguments::Read(value.clone()),
    }
}

/// Returns the arguments of a call in which the answer ended before any of them came. That is not the same as having
/// none.
pub(super) fn cut_arguments() -> Arguments {
    let why = "the answer was cut off before the arguments: call the tool again".to_owned();
    Arguments::Unreadable { raw: String::new(), why }
}

/// Adds a piece to the arguments of a call.
///
/// # Errors
/// They are too long.
pub(super) fn push_arguments(arguments: &mut String, piece: &str) -> Result<(), ModelError> {
    if arguments.len().saturating_add(piece.len()) > MAX_ARGUMENTS {
        return Err(too_long());
    }
    arguments.push_str(piece);
    Ok(())
}

fn too_long() -> ModelError {
    ModelError::lasting("the model's tool call arguments exceeded the size limit")
}

#[cfg(test)]
mod tests;
