//! Constraints that a dialect has no keyword for, in words.

use super::super::Dialect;
use super::super::node::{Node, Type};
use serde_json::Value;

/// Longest value that is put into words, as JSON, in bytes.
const MAX_WORDS: usize = 400;
/// A grammar repeats a rule as often as a bound says, and llama.cpp multiplies these where schemas are nested; it refuses
/// the whole request beyond 2,000.
const MAX_REPEATED: u64 = 100;

/// Returns the node with what the dialect cannot say in its description.
pub(super) fn said_in_words(node: &Node, dialect: Dialect) -> Node {
    let mut node = node.clone();
    if dialect == Dialect::Gemini {
        values(&mut node);
    }
    let mut bounds: Vec<_> = std::mem::take(&mut node.bounds).into_iter().collect();
    bounds.sort_by(|(one, _), (other, _)| one.cmp(other));
    for (word, value) in bounds {
        if speaks(dialect, &node, &word, &value) {
            node.bounds.insert(word, value);
        } else if let Some(words) = words(&word, &value) {
            node.note(&words);
        }
    }
    node
}

/// Puts other values into words: Gemini enumerates texts only, and none that is empty.
fn values(node: &mut Node) {
    let Some(values) = node.values.take() else { return };
    let is_text = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
    if values.is_empty() || (node.types == [Type::String] && values.iter().all(is_text)) {
        node.values = Some(values);
    } else if let Some(list) = short(&Value::Array(values)) {
        node.note(&format!("One of: {}.", list.trim_matches(['[', ']'])));
    }
}

/// Whether the dialect knows the word, with this value.
fn speaks(dialect: Dialect, node: &Node, word: &str, value: &Value) -> bool {
    match (dialect, word) {
        (Dialect::Plain, _) | (Dialect::OpenAi, "pattern") => false,
        (Dialect::OpenAi, "minLength" | "maxLength" | "minItems" | "maxItems") => {
            value.as_u64().is_some_and(|number| number <= MAX_REPEATED)
        }
        (Dialect::OpenAi | Dialect::Anthropic, _) => true,
        // https://ai.google.dev/api/caching#Schema
        (Dialect::Gemini, "format") => match (node.types.as_slice(), value.as_str()) {
            ([Type::String], Some(format)) => matches!(format, "date-time" | "enum"),
            ([Type::Number], Some(format)) => matches!(format, "float" | "double"),
            ([Type::Integer], Some(format)) => matches!(format, "int32" | "int64"),
            _ => false,
        },
        (Dialect::Gemini, "default" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" | "uniqueItems") => false,
        (Dialect::Gemini, _) => node.any_of.is_empty() && node.types.len() == 1,
    }
}

fn words(word: &str, value: &Value) -> Option<String> {
    let plain = match value {
        Value::String(text) if word != "default" => text.clone(),
        other => short(other)?,
    };
    if plain.len() > MAX_WORDS {
        return None;
    }
    Some(match word {
        "default" => format!("Default: {plain}."),
        "pattern" => format!("Pattern: {plain}"),
        "format" => format!("Format: {plain}."),
        "minLength" => format!("At least {plain} characters."),
        "maxLength" => format!("At most {plain} characters."),
        "minItems" => format!("At least {plain} items."),
        "maxItems" => format!("At most {plain} items."),
        "minimum" => format!("At least {plain}."),
        "maximum" => format!("At most {plain}."),
        "exclusiveMinimum" => format!("More than {plain}."),
        "exclusiveMaximum" => format!("Less than {plain}."),
        "multipleOf" => format!("A multiple of {plain}."),
        "uniqueItems" if plain == "true" => "No two items alike.".to_owned(),
        _ => return None,
    })
}

fn short(value: &Value) -> Option<String> {
    Some(value.to_string()).filter(|text| text.len() <= MAX_WORDS)
}
