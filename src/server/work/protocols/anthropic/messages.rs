//! The turns of a conversation as messages: sides take turns, and the results of tools come first in theirs.

use super::super::dialogue::{Entry, ModelTurn, Side, portable_name};
use super::super::echoes;
use serde_json::{Value, json};

/// Returns the messages for `model`. Blocks of one side that follow each other are one message.
pub(super) fn messages(entries: &[Entry<'_>], model: &str) -> Vec<Value> {
    let mut sides: Vec<(Side, Vec<Value>)> = Vec::new();
    for entry in entries {
        let (side, new) = match entry {
            Entry::Said(text) => (Side::User, vec![json!({ "type": "text", "text": text })]),
            Entry::Model(turn) => (Side::Model, model_blocks(turn, model)),
            Entry::Result { call_id, content, .. } => (Side::User, vec![result(call_id, content)]),
        };
        match sides.last_mut() {
            Some((last, blocks)) if *last == side => blocks.extend(new),
            _ => sides.push((side, new)),
        }
    }
    let sides = sides.into_iter().filter(|(_, blocks)| !blocks.is_empty());
    sides.map(|(side, blocks)| message(side, blocks)).collect()
}

fn message(side: Side, mut blocks: Vec<Value>) -> Value {
    // The API wants the results before any text; the sort keeps their order otherwise.
    blocks.sort_by_key(|block| block["type"] != "tool_result" && side == Side::User);
    let role = match side {
        Side::User => "user",
        Side::Model => "assistant",
    };
    json!({ "role": role, "content": blocks })
}

fn model_blocks(turn: &ModelTurn<'_>, model: &str) -> Vec<Value> {
    if let Some(echoed) = echoes::parts(turn.echo, model) {
        return echoed;
    }
    let said = (!turn.text.trim().is_empty()).then(|| json!({ "type": "text", "text": turn.text }));
    let calls = turn.calls.iter().map(|call| {
        json!({
            "type": "tool_use",
            "id": call.id,
            "name": portable_name(&call.name),
            "input": call.arguments.sendable(),
        })
    });
    said.into_iter().chain(calls).collect()
}

fn result(call_id: &str, content: &str) -> Value {
    let mut result = json!({ "type": "tool_result", "tool_use_id": call_id });
    // An empty result is one without content; a blank text would be refused.
    if !content.trim().is_empty() {
        result["content"] = json!(content);
    }
    result
}
