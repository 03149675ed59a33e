//! Every bound on an answer, in one place. Bounds hold for what was received, as values: no number that a provider
//! sends is ever a size.

use serde_json::Value;

/// Longest answer, in bytes of text.
pub const MAX_ANSWER: usize = 4 << 20;
/// Longest reasoning of one answer, in bytes of text.
pub const MAX_REASONING: usize = 4 << 20;
/// Most parts of one answer, in protocols that send it in parts.
pub const MAX_PARTS: usize = 1_024;
/// Most tool calls in one answer.
pub const MAX_CALLS: usize = 128;
/// Longest arguments of one tool call, in bytes.
pub const MAX_ARGUMENTS: usize = 1 << 20;
/// Longest arguments of all tool calls of one answer together, in bytes.
pub const MAX_ALL_ARGUMENTS: usize = 4 << 20;
/// Longest name of a tool that is passed on, in characters; a model may make up any.
pub const MAX_TOOL_NAME: usize = 128;
/// Longest id of a tool call that is passed on, in bytes; a longer one is replaced.
pub const MAX_CALL_ID: usize = 256;
/// Largest [`Echo`](crate::server::work::model::Echo), in bytes of JSON; a larger one is left out.
pub const MAX_ECHO: usize = 1 << 20;
/// Longest detail of an end, in characters.
pub const MAX_DETAIL: usize = 1_000;
/// Longest name of a model that is passed on, in characters.
pub const MAX_MODEL_NAME: usize = 200;

/// Returns the detail of an end, as far as it is passed on; `None` where nothing is said.
pub(super) fn detail(said: &Value) -> Option<String> {
    let said = said.as_str().filter(|said| !said.trim().is_empty())?;
    Some(said.chars().take(MAX_DETAIL).collect())
}

/// Returns the name of the model that answers, as far as it is passed on.
pub(super) fn model_name(name: &Value) -> Option<String> {
    let name = name.as_str().filter(|name| !name.is_empty())?;
    Some(name.chars().take(MAX_MODEL_NAME).collect())
}
