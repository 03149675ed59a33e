//! The turns of a conversation as contents.

use super::super::dialogue::{Entry, ModelTurn, Side, portable_name};
use super::super::echoes;
use serde_json::{Value, json};
use std::collections::HashSet;

/// Stands for the signature that a call has lost, since later models refuse a call without one. It says that the turn was
/// put together by another than the model: <https://ai.google.dev/gemini-api/docs/thought-signatures>.
const UNSIGNED: &str = "skip_thought_signature_validator";

/// Returns the contents for `model`. Parts of one side that follow each other are one content: the results of calls
/// that were made at once have to come at once.
pub(super) fn contents(entries: &[Entry<'_>], model: &str) -> Vec<Value> {
    let mut sides: Vec<(Side, Vec<Value>)> = Vec::new();
    // Ids that the model gave its calls. It wants those back, and no others.
    let mut ids = HashSet::new();
    for entry in entries {
        let (side, new) = match entry {
            Entry::Said(text) => (Side::User, vec![json!({ "text": text })]),
            Entry::Model(turn) => (Side::Model, model_parts(turn, model)),
            Entry::Result { call_id, name, content } => (Side::User, vec![result(&ids, call_id, name, content)]),
        };
        ids.extend(new.iter().filter_map(|part| part["functionCall"]["id"].as_str().map(ToOwned::to_owned)));
        match sides.last_mut() {
            Some((last, parts)) if *last == side => parts.extend(new),
            _ => sides.push((side, new)),
        }
    }
    let sides = sides.into_iter().filter(|(_, parts)| !parts.is_empty());
    sides.map(|(side, parts)| json!({ "role": role(side), "parts": parts })).collect()
}

fn role(side: Side) -> &'static str {
    match side {
        Side::User => "user",
        Side::Model => "model",
    }
}

fn model_parts(turn: &ModelTurn<'_>, model: &str) -> Vec<Value> {
    if let Some(echoed) = echoes::parts(turn.echo, model) {
        return echoed;
    }
    let said = (!turn.text.trim().is_empty()).then(|| json!({ "text": turn.text }));
    let mut calls: Vec<Value> = turn
        .calls
        .iter()
        .map(|call| json!({ "functionCall": { "name": portable_name(&call.name), "args": call.arguments.sendable() } }))
        .collect();
    if wants_signatures(model)
        && let Some(first) = calls.first_mut()
    {
        first["thoughtSignature"] = json!(UNSIGNED);
    }
    said.into_iter().chain(calls).collect()
}

/// Whether the model is of the third generation or a later one. Of calls made at once the first one is signed.
fn wants_signatures(model: &str) -> bool {
    let name = model.rsplit('/').next().unwrap_or(model);
    let generation = name.strip_prefix("gemini-").map(|rest| rest.chars().take_while(char::is_ascii_digit).collect());
    generation.and_then(|digits: String| digits.parse::<u32>().ok()).is_some_and(|generation| generation >= 3)
}

fn result(ids: &HashSet<String>, call_id: &str, name: &str, content: &str) -> Value {
    let mut response = json!({ "name": portable_name(name), "response": { "output": content } });
    if ids.contains(call_id) {
        response["id"] = json!(call_id);
    }
    json!({ "functionResponse": response })
}
