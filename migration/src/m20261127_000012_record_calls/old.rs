//! The record of a model call as one text, taken apart and put together. Pure.

use serde_json::{Value, json};

/// Begins a line that names a tool.
const MARK: &str = "→ ";
/// Longest text that was kept, in bytes.
const MAX_PAYLOAD: usize = 16 * 1024;
/// Arguments that are nested deeper are kept as text: readers of JSON refuse what is too deep.
const MAX_DEPTH: usize = 64;

/// A tool call that was made.
pub struct Made {
    pub id: Option<String>,
    pub name: String,
    /// Its arguments as text, mostly JSON.
    pub input: String,
    /// Whether `input` is only the beginning.
    pub is_cut: bool,
}

/// A text that was taken apart.
#[derive(Debug, PartialEq, Eq)]
pub struct Split {
    pub said: String,
    pub is_cut: bool,
    /// JSON: a list of calls.
    pub calls: String,
}

/// Takes the calls out of a text: those that were made after it, and what stands among their lines. Where their lines are
/// not found, all of the text was said.
pub fn split(text: &str, is_cut: bool, made: &[Made]) -> Split {
    let found = if is_cut { last_lines_cut(text, made) } else { last_lines(text, made) };
    let (said, is_cut, calls) = match found {
        // Cut after the end of a line: whether words or calls came next is not known.
        Some((start, calls)) => {
            (text[..start].strip_suffix('\n').unwrap_or_default(), is_cut && start == text.len(), calls)
        }
        None => (text, is_cut, made.iter().map(Made::record).collect()),
    };
    Split { said: said.to_owned(), is_cut, calls: Value::Array(calls).to_string() }
}

/// Returns the words and the calls of a list as one text, and whether that is only the beginning.
pub fn joined(said: &str, is_cut: bool, calls: &str) -> (String, bool) {
    let calls: Vec<Value> = serde_json::from_str(calls).unwrap_or_default();
    let lines = calls.iter().map(|call| format!("{MARK}{} {}", call["name"].as_str().unwrap_or_default(), given(call)));
    let said = Some(said.to_owned()).filter(|said| !said.is_empty());
    let mut text = said.into_iter().chain(lines).collect::<Vec<_>>().join("\n");
    let is_long = text.len() > MAX_PAYLOAD;
    text.truncate(text.floor_char_boundary(MAX_PAYLOAD));
    (text, is_cut || is_long)
}

/// Returns the arguments of a call as its line has them.
fn given(call: &Value) -> String {
    match call["arguments_text"].as_str() {
        Some(text) if call["arguments_cut"] == true || is_json(text) => text.to_owned(),
        Some(text) => Value::from(text).to_string(),
        None => call["arguments"].to_string(),
    }
}

/// Returns where the lines of the calls begin, and the calls. It is as few lines as have all calls that were made.
fn last_lines(text: &str, made: &[Made]) -> Option<(usize, Vec<Value>)> {
    let starts = starts_of_last_lines(text, |line| line.starts_with(MARK));
    starts.into_iter().rev().skip(made.len().saturating_sub(1)).find_map(|start| {
        let mut left = made.iter().peekable();
        let call = |line| match left.next_if(|made| made.is_in(line)) {
            Some(made) => Some(made.record()),
            None => not_made(line),
        };
        let calls: Option<Vec<Value>> = text[start..].split('\n').map(call).collect();
        calls.filter(|_| left.peek().is_none()).map(|calls| (start, calls))
    })
}

/// Does the same for a text that was cut, perhaps within a line. It is as many lines as begin like the calls that were
/// made.
fn last_lines_cut(text: &str, made: &[Made]) -> Option<(usize, Vec<Value>)> {
    let starts = starts_of_last_lines(text, |line| line.starts_with(MARK) || MARK.starts_with(line));
    starts.into_iter().find_map(|start| {
        let lines: Vec<&str> = text[start..].split('\n').collect();
        let (last, whole) = lines.split_last()?;
        let begins = made.get(whole.len())?.begins(last) && whole.iter().zip(made).all(|(line, made)| made.is_in(line));
        begins.then(|| (start, made.iter().map(Made::record).collect()))
    })
}

/// Returns where the last lines of a text begin that all are of a kind; the first of them first.
fn starts_of_last_lines(text: &str, is_one: impl Fn(&str) -> bool) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut end = text.len();
    loop {
        let start = text[..end].rfind('\n').map_or(0, |at| at + 1);
        if !is_one(&text[start..end]) {
            break;
        }
        starts.push(start);
        match start {
            0 => break,
            _ => end = start - 1,
        }
    }
    starts.reverse();
    starts
}

impl Made {
    /// Whether a line names this call.
    fn is_in(&self, line: &str) -> bool {
        let given = line.strip_prefix(MARK).and_then(|call| call.strip_prefix(self.name.as_str())?.strip_prefix(' '));
        given.is_some_and(|given| {
            // Arguments that are no JSON stood there as a JSON string.
            let raw: Option<String> = serde_json::from_str(given).ok();
            let is_it = |text: &str| text == self.input || (self.is_cut && text.starts_with(&self.input));
            is_it(given) || raw.as_deref().is_some_and(is_it)
        })
    }

    /// Whether a line is the beginning of one that names this call.
    fn begins(&self, line: &str) -> bool {
        [self.input.clone(), Value::from(self.input.as_str()).to_string()].into_iter().any(|given| {
            let whole = format!("{MARK}{} {given}", self.name);
            whole.starts_with(line) || (self.is_cut && line.starts_with(&whole))
        })
    }

    fn record(&self) -> Value {
        record(self.id.as_deref(), &self.name, &self.input, self.is_cut)
    }
}

/// Reads a line that names a tool whose call was not made.
fn not_made(line: &str) -> Option<Value> {
    let (name, given) = line.strip_prefix(MARK)?.split_once(' ')?;
    is_json(given).then(|| record(None, name, given, false))
}

fn record(id: Option<&str>, name: &str, given: &str, is_cut: bool) -> Value {
    let arguments: Option<Value> =
        serde_json::from_str(given).ok().filter(|value| !is_cut && is_shallow(value, MAX_DEPTH));
    match arguments {
        Some(arguments) => json!({ "id": id, "name": name, "arguments": arguments, "arguments_cut": false }),
        None => json!({ "id": id, "name": name, "arguments": null, "arguments_text": given, "arguments_cut": is_cut }),
    }
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok()
}

fn is_shallow(value: &Value, depth: usize) -> bool {
    let within = |value: &Value| depth > 0 && is_shallow(value, depth - 1);
    match value {
        Value::Array(items) => items.iter().all(within),
        Value::Object(fields) => fields.values().all(within),
        _ => true,
    }
}

#[cfg(test)]
mod tests;
