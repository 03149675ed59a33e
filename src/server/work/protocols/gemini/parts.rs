//! The parts of an answer, as they come and as they are sent back: to the letter where they are signed.

use super::super::super::model::{ModelError, ToolCall};
use super::super::dialogue::portable_name;
use super::super::echoes::{Kept, kept};
use super::super::whole_calls::{CallMaker, arguments};
use serde_json::{Value, json};

/// A part of a turn as it is kept.
#[derive(Clone, Debug)]
enum Part {
    /// Plain text.
    Text(String),
    /// JSON.
    Other(String),
}

/// The parts of a turn.
#[derive(Clone, Debug, Default)]
pub(super) struct Parts {
    parts: Vec<Part>,
    keeping: Kept,
    calls: Vec<ToolCall>,
    /// Whether a turn put together from text and calls alone would not do.
    is_own: bool,
}

impl Parts {
    pub(super) fn len(&self) -> usize {
        self.parts.len()
    }

    /// As [`AnswerReader::kept`](super::super::AnswerReader::kept).
    pub(super) fn kept(&self) -> usize {
        self.keeping.bytes()
    }

    /// Takes in a part. Pieces of plain text become one; a signature stays with the part it came with.
    ///
    /// # Errors
    /// As [`CallMaker::call`].
    pub(super) fn push(&mut self, part: &Value, maker: &mut CallMaker) -> Result<(), ModelError> {
        let is_signed = part["thoughtSignature"].is_string();
        let is_thought = part["thought"] == true;
        if part["functionCall"].is_object() {
            self.push_call(part, maker)?;
        } else if let (Some(text), false) = (part["text"].as_str(), is_signed) {
            if !is_thought {
                self.push_text(text);
            }
        } else {
            self.is_own = true;
            self.keep(part);
        }
        self.is_own |= is_signed;
        Ok(())
    }

    fn push_text(&mut self, text: &str) {
        match self.parts.last_mut() {
            _ if text.is_empty() => {}
            Some(Part::Text(before)) => before.push_str(text),
            _ => self.parts.push(Part::Text(text.to_owned())),
        }
    }

    fn keep(&mut self, part: &Value) {
        self.parts.push(Part::Other(self.keeping.keep(part)));
    }

    fn push_call(&mut self, part: &Value, maker: &mut CallMaker) -> Result<(), ModelError> {
        let call = &part["functionCall"];
        let given = call["id"].as_str().filter(|id| !id.is_empty());
        let made = maker.call(given, call["name"].as_str(), arguments(&call["args"]))?;
        let mut sent = json!({ "name": portable_name(&made.name), "args": made.arguments.sendable() });
        if given.is_some() {
            self.is_own = true;
            sent["id"] = json!(made.id);
        }
        let mut part = json!({ "functionCall": sent, "thoughtSignature": part["thoughtSignature"] });
        if part["thoughtSignature"].is_null()
            && let Some(fields) = part.as_object_mut()
        {
            fields.remove("thoughtSignature");
        }
        self.keep(&part);
        self.calls.push(made);
        Ok(())
    }

    /// Returns the calls, and the parts as they are sent back where text and calls do not say as much.
    pub(super) fn into_calls(self) -> (Vec<ToolCall>, Option<Value>) {
        let is_sent = self.is_own && !self.calls.is_empty() && !self.keeping.is_too_much();
        let sent = |part| match part {
            Part::Text(text) => Some(json!({ "text": text })),
            Part::Other(part) => kept(&part),
        };
        (self.calls, is_sent.then(|| self.parts.into_iter().filter_map(sent).collect()))
    }
}

/// Returns the ids of the calls in a turn, of those that the model gave one.
pub(super) fn ids_in(turn: &mut Value) -> Vec<&mut Value> {
    let parts = turn.as_array_mut().into_iter().flatten();
    parts.filter_map(|part| part.get_mut("functionCall")?.get_mut("id")).collect()
}
