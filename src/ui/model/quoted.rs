//! Lines of `name: value` in the fields of forms, with names and texts in quotation marks where they would not be read again as
//! they are. Pure.

use serde_json::{Value, json};

/// Reads a text in quotation marks at the beginning of another; returns it, and what follows it.
pub fn quoted(text: &str) -> Option<(String, &str)> {
    let mut is_escaped = false;
    let end = text.strip_prefix('"')?.find(|c| {
        let is_end = c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        is_end
    });
    let (literal, rest) = text.split_at(end? + 2);
    match serde_json::from_str(literal) {
        Ok(Value::String(read)) => Some((read, rest.trim())),
        _ => None,
    }
}

/// Splits a line at the colon after its name, which may stand in quotation marks; `None` where there is none.
pub fn named(line: &str) -> Option<(String, &str)> {
    match quoted(line) {
        Some((name, rest)) => rest.strip_prefix(':').map(|value| (name, value)),
        None => line.split_once(':').map(|(name, value)| (name.trim().to_owned(), value)),
    }
}

/// Returns a name as [`named`] reads it again.
pub fn name_text(name: &str) -> String {
    match name.trim() == name && !name.contains([':', '"', '\n', '\r']) {
        true => name.to_owned(),
        false => json!(name).to_string(),
    }
}
