//! Writes agents as TOML.

use super::TABLE;
use crate::domain::agent::settings::Kind;
use crate::domain::agent::{AgentSettings, Setting};
use serde_json::{Map, Value};
use std::fmt::Write;

const HEAD: &str = "\
# Agents of Runboard, by name. `runboard apply` reads this file, and so does Import on the dashboard.
# A setting that is left out has its default. Agents that are not in the file are left alone.
";

/// Writes agents, which are in the order of their names.
pub fn write(agents: &[AgentSettings]) -> String {
    let mut file = HEAD.to_owned();
    for (at, settings) in agents.iter().enumerate() {
        file.push('\n');
        let same = |other: Option<&AgentSettings>| other.is_some_and(|other| other.name == settings.name);
        if same(at.checked_sub(1).and_then(|before| agents.get(before))) || same(agents.get(at + 1)) {
            file.push_str("# Several agents have this name. Before the file is imported, each needs one of its own.\n");
        }
        // Writing to a string cannot fail.
        _ = writeln!(file, "[[{TABLE}]]");
        let mut values = members(settings);
        for setting in Setting::ALL {
            let value = match (setting.kind(), values.remove(setting.name())) {
                (_, None | Some(Value::Null)) => continue,
                // Exactly, which a number that floats is not.
                (kind @ Kind::Dollars { .. }, _) => kind.text(settings),
                (_, Some(value)) => written(&value),
            };
            _ = writeln!(file, "{} = {value}", setting.name());
        }
    }
    file
}

fn members(settings: &AgentSettings) -> Map<String, Value> {
    match serde_json::to_value(settings) {
        Ok(Value::Object(members)) => members,
        // Cannot happen: it is a struct.
        _ => Map::new(),
    }
}

fn written(value: &Value) -> String {
    match value {
        Value::String(text) if text.contains('\n') => lines(text),
        Value::String(text) => line(text),
        Value::Array(items) if items.len() > 1 => {
            let items: String = items.iter().map(|item| format!("  {},\n", written(item))).collect();
            format!("[\n{items}]")
        }
        Value::Array(items) => format!("[{}]", items.iter().map(written).collect::<String>()),
        other => other.to_string(),
    }
}

fn line(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            c => push(&mut out, c),
        }
    }
    out + "\""
}

/// A newline right after the quotes that open it is not part of the text.
fn lines(text: &str) -> String {
    let mut out = String::from("\"\"\"\n");
    let mut chars = text.chars().peekable();
    let mut quotes = 0;
    while let Some(c) = chars.next() {
        quotes = if c == '"' { quotes + 1 } else { 0 };
        match c {
            '\n' => out.push('\n'),
            // Three in a row end the text, and so would one that stands before those that do.
            '"' if quotes == 3 || chars.peek().is_none() => {
                out.push_str("\\\"");
                quotes = 0;
            }
            '"' => out.push('"'),
            // Editors take away what is blank at the end of a line.
            ' ' if chars.peek().is_none_or(|next| *next == '\n') => out.push_str("\\u0020"),
            '\t' if chars.peek().is_none_or(|next| *next == '\n') => out.push_str("\\t"),
            c => push(&mut out, c),
        }
    }
    out + "\"\"\""
}

/// Writes a character of a string, escaped where TOML allows it in no other way (<https://toml.io/en/v1.0.0#string>).
fn push(out: &mut String, c: char) {
    match c {
        '\\' => out.push_str("\\\\"),
        '\t' => out.push('\t'),
        c if c.is_ascii_control() => _ = write!(out, "\\u{:04X}", u32::from(c)),
        c => out.push(c),
    }
}
