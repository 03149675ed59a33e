//! A conversation as the providers with two sides want it: instructions apart, sides that take turns, nothing blank, ids
//! and names that every provider takes. Knows no protocol.

use super::super::model::{ChatTurn, ToolCall};
use std::borrow::Cow;

/// A side of the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// People, and the tools that the model asked for.
    User,
    Model,
}

/// A turn of one of the two sides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Entry<'a> {
    /// Not blank.
    Said(&'a str),
    Model(ModelTurn<'a>),
    /// The result of a tool.
    Result {
        call_id: &'a str,
        name: &'a str,
        content: &'a str,
    },
}

/// A turn of the model: it said something, asked for tools, or both.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ModelTurn<'a> {
    /// May be blank, where it asked for tools.
    pub(super) text: &'a str,
    pub(super) calls: &'a [ToolCall],
    /// The turn as its own protocol's reader kept it.
    pub(super) echo: Option<&'a serde_json::Value>,
}

/// A conversation, its instructions apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Dialogue<'a> {
    /// The system's words, separated by blank lines; empty without any.
    pub(super) instructions: String,
    /// Oldest first; it begins with the user's side and is empty only if there is nothing at all.
    pub(super) entries: Vec<Entry<'a>>,
}

/// Stands where a conversation would begin with the model: its beginning was left out, and providers want the user first.
const LEFT_OUT: &str = "[The beginning of this conversation has been left out.]";

impl<'a> Dialogue<'a> {
    /// Puts the turns of a call apart. Where there are only instructions they are what the user says, since providers
    /// refuse a conversation in which nobody has said anything.
    pub(super) fn new(turns: &'a [ChatTurn]) -> Self {
        let spoken = |text: &&str| !text.trim().is_empty();
        let system = turns.iter().filter_map(|turn| match turn {
            ChatTurn::System(text) => Some(text.as_str()),
            _ => None,
        });
        let system: Vec<&str> = system.filter(spoken).collect();
        let mut entries: Vec<Entry<'a>> = turns.iter().filter_map(entry).collect();
        if entries.is_empty() {
            return Self { instructions: String::new(), entries: system.into_iter().map(Entry::Said).collect() };
        }
        if matches!(entries[0], Entry::Model(_)) {
            entries.insert(0, Entry::Said(LEFT_OUT));
        }
        Self { instructions: system.join("\n\n"), entries }
    }
}

fn entry(turn: &ChatTurn) -> Option<Entry<'_>> {
    match turn {
        ChatTurn::System(_) => None,
        ChatTurn::User(text) => Some(Entry::Said(text)).filter(|_| !text.trim().is_empty()),
        ChatTurn::Assistant { text, calls, echo } => {
            let echo = echo.as_ref().map(|echo| &echo.content);
            let says = !text.trim().is_empty() || !calls.is_empty() || echo.is_some();
            says.then_some(Entry::Model(ModelTurn { text, calls, echo }))
        }
        ChatTurn::Tool { call_id, name, content } => Some(Entry::Result { call_id, name, content }),
    }
}

/// Longest id of a call that OpenAI takes in Responses, the strictest of the providers with ids of their own.
const MAX_ID: usize = 64;
/// Longest name of a function that OpenAI takes.
const MAX_NAME: usize = 64;

/// Returns an id as every provider takes it: up to 64 letters, digits, `_` and `-`. An id of another provider that has
/// other characters becomes one that depends on it alone, so that call and result still match.
pub(super) fn portable_id(id: &str) -> Cow<'_, str> {
    short_id(id, MAX_ID)
}

/// Returns the same for a provider that takes no longer ones than this; 21 letters is the least.
pub(super) fn short_id(id: &str, longest: usize) -> Cow<'_, str> {
    if (1..=longest).contains(&id.len()) && id.bytes().all(is_portable) {
        return Cow::Borrowed(id);
    }
    Cow::Owned(format!("call_{:016x}", fnv1a(id)))
}

/// Returns a function's name as every provider takes it; a model may have made up any.
pub(super) fn portable_name(name: &str) -> Cow<'_, str> {
    if (1..=MAX_NAME).contains(&name.len()) && name.bytes().all(is_portable) {
        return Cow::Borrowed(name);
    }
    let portable = |c: char| u8::try_from(c).ok().filter(|byte| is_portable(*byte)).map_or('_', char::from);
    let name: String = name.chars().take(MAX_NAME).map(portable).collect();
    Cow::Owned(if name.is_empty() { "unnamed".to_owned() } else { name })
}

fn is_portable(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

/// Returns the 64-bit FNV-1a hash: the same in every version of the program, which the standard library's is not.
pub(super) fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests;
