//! One tool call while it is streamed.

use super::super::super::model::{Arguments, ToolCall};
use super::super::limits::{MAX_CALL_ID, MAX_TOOL_NAME};
use super::{Piece, arguments_of};
use crate::server::work::wire::Nesting;
use serde_json::Value;
use std::collections::HashSet;

/// The pieces of a call so far.
#[derive(Debug, Default)]
pub(super) struct Building {
    /// The number by which the server distinguishes calls, as written.
    index: Option<String>,
    /// Where the call stood among the pieces of its first delta, and which delta that was.
    place: usize,
    delta: usize,
    id: String,
    name: String,
    text: String,
    nesting: Nesting,
    /// Arguments that came as a value.
    value: Option<Value>,
    /// Bytes of that value as JSON.
    value_len: usize,
}

/// How much a piece has added to a call's arguments.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Added {
    pub(super) bytes: usize,
    pub(super) chars: usize,
}

impl Building {
    pub(super) fn begun(piece: &Piece<'_>, place: usize, delta: usize) -> Self {
        Self { index: piece.index.map(ToString::to_string), place, delta, ..Self::default() }
    }

    pub(super) fn has_index(&self, index: Option<&Value>) -> bool {
        index.is_some_and(|index| self.index.as_deref() == Some(index.to_string().as_str()))
    }

    pub(super) fn has_id(&self, id: &str) -> bool {
        self.id == id
    }

    pub(super) fn begun_at(&self, place: usize) -> bool {
        self.place == place && self.index.is_none() && self.id.is_empty()
    }

    pub(super) fn is_of_delta(&self, delta: usize) -> bool {
        self.delta == delta
    }

    /// Whether a piece with the same index and another id is of this call all the same: some servers make up an id for
    /// each piece.
    pub(super) fn may_take(&self, id: &str, piece: &Piece<'_>) -> bool {
        self.id.is_empty() || self.id == id || piece.name.is_none() || self.is_unfinished()
    }

    /// Whether arguments have begun and not ended.
    fn is_unfinished(&self) -> bool {
        !self.text.trim().is_empty() && !self.nesting.is_closed()
    }

    /// Whether the arguments are there; empty ones are not.
    fn is_whole(&self) -> bool {
        self.value.is_some() || !self.text.trim().is_empty() && self.nesting.is_closed()
    }

    /// Whether a piece is this very call once more: servers repeat calls when they are over.
    pub(super) fn repeats(&self, piece: &Piece<'_>) -> bool {
        let same_arguments = match piece.arguments {
            Some(Value::String(text)) => *text == self.text,
            Some(value) => self.value.as_ref() == Some(value),
            None => false,
        };
        piece.id == Some(self.id.as_str())
            && piece.name == Some(self.name.as_str())
            && self.is_whole()
            && same_arguments
    }

    /// Whether a piece that stands where this call does goes on with it, rather than being a call of its own.
    pub(super) fn goes_on_with(&self, piece: &Piece<'_>, offered: &HashSet<String>) -> bool {
        let Some(name) = piece.name else { return true };
        let has_more = piece.arguments.is_some_and(|more| !more.as_str().is_some_and(|text| text.trim().is_empty()));
        match self.is_whole() && has_more {
            true => false,
            false => self.name.is_empty() || self.joined_name(name, offered).is_some(),
        }
    }

    /// Returns the name together with another piece of it; `None` where that is another name.
    fn joined_name(&self, piece: &str, offered: &HashSet<String>) -> Option<String> {
        let joined = format!("{}{piece}", self.name);
        if piece == self.name {
            return Some(joined).filter(|joined| offered.contains(joined)).or_else(|| Some(self.name.clone()));
        }
        if offered.contains(&joined) {
            return Some(joined);
        }
        let has_grown = piece.starts_with(&self.name) && offered.contains(piece);
        if has_grown && !self.is_whole() && !offered.contains(&self.name) {
            return Some(piece.to_owned());
        }
        // Of names that nobody offered nothing is known: after a name that is one, another begins another call.
        let is_name = offered.contains(&self.name) || offered.contains(piece) || self.is_whole();
        (!is_name).then_some(joined)
    }

    pub(super) fn add_id(&mut self, id: Option<&str>) {
        if let (true, Some(id)) = (self.id.is_empty(), id) {
            // One that is too long is replaced in the end.
            self.id = id.chars().take(MAX_CALL_ID + 1).collect();
        }
    }

    pub(super) fn add_name(&mut self, name: Option<&str>, offered: &HashSet<String>) {
        let Some(name) = name else { return };
        let joined = match self.name.is_empty() {
            true => Some(name.to_owned()),
            false => self.joined_name(name, offered),
        };
        if let Some(joined) = joined {
            self.name = joined.chars().take(MAX_TOOL_NAME).collect();
        }
    }

    pub(super) fn add_arguments(&mut self, arguments: Option<&Value>) -> Added {
        match arguments {
            None => Added::default(),
            Some(Value::String(text)) => {
                self.text.push_str(text);
                text.bytes().for_each(|byte| self.nesting.step(byte));
                Added { bytes: text.len(), chars: text.chars().count() }
            }
            Some(value) => {
                let length = value.to_string().len();
                self.value = Some(value.clone());
                self.value_len = length;
                Added { bytes: length, chars: length }
            }
        }
    }

    /// Bytes of the arguments, in whichever form they came.
    pub(super) fn arguments_len(&self) -> usize {
        self.text.len().saturating_add(self.value_len)
    }

    /// Whether there is nothing to call.
    pub(super) fn is_nothing(&self) -> bool {
        self.name.is_empty() && self.text.trim().is_empty() && self.value.is_none()
    }

    pub(super) fn into_call(self) -> ToolCall {
        let arguments = match self.value {
            // Text and a value: which of them was meant is not known.
            Some(value) if self.text.trim().is_empty() => Arguments::Read(value),
            Some(value) if arguments_of(&self.text) == Arguments::Read(value.clone()) => Arguments::Read(value),
            Some(value) => arguments_of(&format!("{}{value}", self.text)),
            None => arguments_of(&self.text),
        };
        ToolCall { id: self.id, name: self.name, arguments }
    }
}
