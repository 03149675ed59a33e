//! Reads agents from TOML that somebody may have written by hand. All mistakes are found at once, each with its line.

use super::TABLE;
use crate::domain::agent::import::{ImportError, MAX_AGENTS};
use crate::domain::agent::{AgentSettings, Draft, Setting};
use crate::error::{AppError, FieldError, pointer_part};
use serde_json::{Map, Number, Value};
use std::collections::HashMap;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// An agent as the file has it.
#[derive(Clone, Debug)]
pub struct FileAgent {
    /// Its place in the file, from 0.
    pub at: usize,
    /// The line at which it begins, from 1.
    pub line: i64,
    pub draft: Draft,
    /// The lines of its settings.
    lines: HashMap<String, i64>,
}

impl FileAgent {
    /// Returns a mistake in one of its settings with its place in the file.
    pub fn error(&self, error: FieldError) -> ImportError {
        let line = self.lines.get(error.field()).copied().unwrap_or(self.line);
        ImportError { pointer: format!("/{TABLE}/{}{}", self.at, error.pointer), detail: error.detail, line }
    }
}

/// Reads a file.
///
/// # Errors
/// `Malformed` where it is not TOML, `Invalid` where it holds anything but agents, or too many. What is wrong with an agent is
/// in its draft.
pub fn read(text: &str) -> Result<Vec<FileAgent>, AppError> {
    let lines = Lines::of(text);
    let root = DeTable::parse(text).map_err(|error| {
        let place = error.span().map_or_else(String::new, |span| format!(" line {},", lines.at(span.start)));
        AppError::malformed(format!("The file is not TOML:{place} {}.", error.message().replace('\n', ", ")))
    })?;
    let (mut agents, mut errors) = (Vec::new(), Vec::new());
    for (name, value) in root.into_inner() {
        let line = lines.at(name.span().start);
        match (name.get_ref().as_ref(), value.into_inner()) {
            (TABLE, DeValue::Array(tables)) if tables.len() > MAX_AGENTS => {
                let text = format!("must be at most {MAX_AGENTS}; there are {}", tables.len());
                errors.push(FieldError::of(TABLE, text));
            }
            (TABLE, DeValue::Array(tables)) => {
                for (at, table) in tables.into_iter().enumerate() {
                    let line = lines.at(table.span().start);
                    match table.into_inner() {
                        DeValue::Table(table) => agents.push(agent(at, line, table, &lines)),
                        _ => errors.push(FieldError::of(&format!("{TABLE}/{at}"), must_be_table(line))),
                    }
                }
            }
            (TABLE, _) => errors.push(FieldError::of(TABLE, must_be_table(line))),
            (other, _) => {
                let text = format!("line {line}: there is no such table; a file of agents has [[{TABLE}]] only");
                errors.push(FieldError::of(&pointer_part(other), text));
            }
        }
    }
    if errors.is_empty() { Ok(agents) } else { Err(AppError::invalid_fields(errors)) }
}

fn must_be_table(line: i64) -> String {
    format!("line {line}: each agent begins with [[{TABLE}]]")
}

fn agent(at: usize, line: i64, table: DeTable<'_>, lines: &Lines) -> FileAgent {
    let (mut settings, mut unread, mut known) = (AgentSettings::default(), Vec::new(), HashMap::new());
    for (name, value) in table {
        let at = lines.at(name.span().start);
        let name = name.into_inner().into_owned();
        match Setting::named(&name) {
            Some(setting) => {
                unread.extend(setting.set_json(&mut settings, json(value)).err().into_iter().flatten());
                known.insert(name, at);
            }
            None => {
                let place = pointer_part(&name);
                unread.push(FieldError::of(&place, unknown()));
                known.insert(place, at);
            }
        }
    }
    FileAgent { at, line, draft: Draft::new(settings, None, unread), lines: known }
}

fn unknown() -> String {
    let names: Vec<&str> = Setting::ALL.iter().map(|setting| setting.name()).collect();
    format!("there is no such setting: use {}", names.join(", "))
}

/// Returns the value as JSON has it. What no setting can be becomes an object, which none is.
fn json(value: Spanned<DeValue<'_>>) -> Value {
    match value.into_inner() {
        DeValue::String(text) => Value::String(text.into_owned()),
        DeValue::Boolean(on) => Value::Bool(on),
        DeValue::Integer(number) => {
            self::number(i64::from_str_radix(number.as_str(), number.radix()).ok().map(Number::from))
        }
        DeValue::Float(number) => self::number(number.as_str().parse().ok().and_then(Number::from_f64)),
        DeValue::Array(items) => Value::Array(items.into_iter().map(json).collect()),
        DeValue::Datetime(_) | DeValue::Table(_) => number(None),
    }
}

/// Returns the number; of one that JSON cannot have, such as `nan`, an object.
fn number(number: Option<Number>) -> Value {
    number.map_or_else(|| Value::Object(Map::new()), Value::Number)
}

/// The places of a text's lines.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(at, _)| at).collect())
    }

    /// Returns the line of a place, from 1.
    fn at(&self, place: usize) -> i64 {
        let before = self.0.partition_point(|end| *end < place);
        i64::try_from(before + 1).unwrap_or(i64::MAX)
    }
}
