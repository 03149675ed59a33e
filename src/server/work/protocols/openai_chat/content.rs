//! The content of a delta: text, or a list of parts of which some are reasoning.

use super::super::super::model::ChatEvent;
use super::super::think::ThinkSplitter;
use serde_json::Value;

/// Reads content into text and reasoning.
pub(super) fn read(content: &Value, think: &mut ThinkSplitter, out: &mut Vec<ChatEvent>) {
    match content {
        Value::String(text) => think.push(text, out),
        Value::Array(parts) => parts.iter().for_each(|part| read_part(part, think, out)),
        _ => {}
    }
}

/// `{"type":"text","text":…}`, or Mistral's `{"type":"thinking","thinking":[{"type":"text","text":…}]}`.
fn read_part(part: &Value, think: &mut ThinkSplitter, out: &mut Vec<ChatEvent>) {
    if let Some(thought) = part.get("thinking") {
        let thought = words(thought);
        if !thought.is_empty() {
            think.told_apart(out);
            out.push(ChatEvent::Reasoning(thought));
        }
    } else if let Some(text) = part.as_str().or_else(|| part.get("text")?.as_str()) {
        think.push(text, out);
    }
}

fn words(thought: &Value) -> String {
    match thought {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().map(words).collect(),
        Value::Object(part) => part.get("text").and_then(Value::as_str).unwrap_or_default().to_owned(),
        _ => String::new(),
    }
}
