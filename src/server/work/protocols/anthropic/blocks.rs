//! The blocks of a message as they grow, and as they are sent back.

use super::super::super::model::{ModelError, ToolCall};
use super::super::calls::arguments_of;
use super::super::dialogue::portable_name;
use super::super::echoes::{Kept, kept};
use super::super::whole_calls::{CallMaker, arguments, cut_arguments, push_arguments};
use serde_json::{Map, Value, json};

/// One block of an answer.
#[derive(Clone, Debug)]
pub(super) enum Block {
    Text(String),
    Thinking {
        text: String,
        signature: String,
    },
    Call {
        id: Option<String>,
        name: String,
        /// Where it came at once: JSON, empty where it says nothing.
        input: String,
        /// Where it came in pieces: JSON, once all of them are there.
        json: String,
    },
    /// Anything else, such as encrypted thinking: kept as it came, as JSON.
    Other(String),
}

impl Block {
    /// Returns a block as it begins, or a whole one.
    ///
    /// # Errors
    /// The arguments of a call exceed their bound.
    pub(super) fn new(block: &Value, keeping: &mut Kept) -> Result<Self, ModelError> {
        let text = |field: &str| block[field].as_str().unwrap_or_default().to_owned();
        Ok(match block["type"].as_str() {
            Some("text") => Self::Text(text("text")),
            Some("thinking") => Self::Thinking { text: text("thinking"), signature: text("signature") },
            Some("tool_use") => Self::Call {
                id: block["id"].as_str().map(ToOwned::to_owned),
                name: text("name"),
                input: input(&block["input"])?,
                json: String::new(),
            },
            _ => Self::Other(keeping.keep(block)),
        })
    }

    /// Returns the call this block is, if it is one; `is_cut` says that the answer ended in it.
    ///
    /// # Errors
    /// As [`CallMaker::call`].
    pub(super) fn call(&self, maker: &mut CallMaker, is_cut: bool) -> Result<Option<ToolCall>, ModelError> {
        let Self::Call { id, name, input, json } = self else { return Ok(None) };
        let input: Value = serde_json::from_str(input).unwrap_or_default();
        let arguments = match json.trim() {
            "" if is_cut && input.as_object().is_none_or(Map::is_empty) => cut_arguments(),
            "" => arguments(&input),
            json => arguments_of(json),
        };
        maker.call(id.as_deref(), Some(name), arguments).map(Some)
    }

    /// Whether a turn without this block would not be what the model wrote.
    pub(super) fn is_own(&self) -> bool {
        matches!(self, Self::Thinking { .. } | Self::Other(_))
    }

    /// Returns the block as it is sent back; `call` is the call it is. `None` for what the provider would refuse: blank
    /// text, and thinking whose signature did not come.
    fn sent(&self, call: Option<&ToolCall>) -> Option<Value> {
        match self {
            Self::Text(text) => (!text.trim().is_empty()).then(|| json!({ "type": "text", "text": text })),
            Self::Thinking { text, signature } => {
                (!signature.is_empty()).then(|| json!({ "type": "thinking", "thinking": text, "signature": signature }))
            }
            Self::Call { .. } => call.map(|call| {
                let name = portable_name(&call.name);
                json!({ "type": "tool_use", "id": call.id, "name": name, "input": call.arguments.sendable() })
            }),
            Self::Other(block) => kept(block),
        }
    }
}

/// Returns the input of a call as it is kept.
fn input(input: &Value) -> Result<String, ModelError> {
    let mut text = String::new();
    if !input.is_null() && input.as_object().is_none_or(|fields| !fields.is_empty()) {
        push_arguments(&mut text, &input.to_string())?;
    }
    Ok(text)
}

/// Returns the ids of the calls in a turn.
pub(super) fn ids_in(turn: &mut Value) -> Vec<&mut Value> {
    let blocks = turn.as_array_mut().into_iter().flatten();
    blocks.filter(|block| block["type"] == "tool_use").filter_map(|block| block.get_mut("id")).collect()
}

/// Returns the blocks of a turn as they are sent back, with the calls that were made of them.
pub(super) fn sent(blocks: &[Block], calls: &[ToolCall]) -> Value {
    let mut calls = calls.iter();
    let blocks = blocks.iter().filter_map(|block| match block {
        Block::Call { .. } => block.sent(calls.next()),
        block => block.sent(None),
    });
    blocks.collect()
}
