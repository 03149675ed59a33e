//! The turns of a conversation as input items.

use super::super::dialogue::{Entry, ModelTurn, portable_name};
use super::super::echoes;
use serde_json::{Value, json};

/// Returns the items for `model`.
pub(super) fn input(entries: &[Entry<'_>], model: &str) -> Vec<Value> {
    let items = entries.iter().flat_map(|entry| match entry {
        Entry::Said(text) => vec![json!({ "role": "user", "content": text })],
        Entry::Model(turn) => model_items(turn, model),
        Entry::Result { call_id, content, .. } => {
            vec![json!({ "type": "function_call_output", "call_id": call_id, "output": content })]
        }
    });
    items.collect()
}

fn model_items(turn: &ModelTurn<'_>, model: &str) -> Vec<Value> {
    if let Some(echoed) = echoes::parts(turn.echo, model) {
        return echoed;
    }
    let said = (!turn.text.trim().is_empty()).then(|| json!({ "role": "assistant", "content": turn.text }));
    let calls = turn.calls.iter().map(|call| {
        json!({
            "type": "function_call",
            "call_id": call.id,
            "name": portable_name(&call.name),
            "arguments": call.arguments.sendable().to_string(),
        })
    });
    said.into_iter().chain(calls).collect()
}
