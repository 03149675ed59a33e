//! Words and fields of the dialog in which a run is started with something. Pure.

use crate::domain::normal::Normal;
use crate::domain::request::{Field, Metadata, PastInput, Scalar};
use crate::domain::template::{Part, Template};
use crate::error::{AppError, FieldError};
use crate::ui::model::quoted::{name_text, named, quoted};
use serde_json::json;

/// How much of the task is shown with its values, and of one value, in characters.
const SHOWN: usize = 2_000;
const SHOWN_VALUE: usize = 80;

/// A piece of the task as the model will read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// It stands so in the instructions.
    Text(String),
    /// The beginning of a value, or the name of one that is still to be given.
    Value(String),
}

/// Returns the task with its values, cut where it gets long. An input that no name stands for is its last piece.
pub fn pieces<'v>(task: &str, is_template: bool, value: impl Fn(&str) -> Option<&'v str>, rest: &str) -> Vec<Piece> {
    let template = Some(task).filter(|_| is_template).and_then(|task| Template::parse(task).ok());
    let mut left = SHOWN;
    let mut pieces = Vec::new();
    let parts = template.as_ref().map_or_else(|| vec![Part::Text(task)], |template| template.parts().to_vec());
    for part in parts {
        let piece = match part {
            Part::Text(text) => Piece::Text(beginning(text, left)),
            Part::Name(name) => match value(name).filter(|value| !value.trim().is_empty()) {
                Some(value) => Piece::Value(beginning(value, SHOWN_VALUE)),
                None => Piece::Value(name.to_owned()),
            },
        };
        let (Piece::Text(text) | Piece::Value(text)) = &piece;
        left = left.saturating_sub(text.chars().count());
        pieces.push(piece);
        if left == 0 {
            return pieces;
        }
    }
    if !rest.trim().is_empty() {
        let gap = if task.trim().is_empty() { "" } else { "\n\n" };
        pieces.extend([Piece::Text(gap.to_owned()), Piece::Value(beginning(rest, SHOWN_VALUE))]);
    }
    pieces
}

fn beginning(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Says what the run is likely to cost: the amount, and where it comes from.
pub fn cost_words(normal: Option<Normal>, is_own_model: bool) -> (Option<String>, String) {
    match (normal, is_own_model) {
        (_, false) => (None, "What it costs with another model is not known.".to_owned()),
        (Some(Normal { cost: Some(cost), runs, .. }), true) => {
            (Some(format!("≈ {cost}")), format!("from the last {runs} runs"))
        }
        (_, true) => (None, "What it usually costs is not known yet.".to_owned()),
    }
}

/// Says why a run was not started; of values, each by the name of its field.
pub fn refusal_words(error: &AppError) -> String {
    if error.errors.is_empty() {
        return error.to_string();
    }
    let words = |error: &FieldError| {
        let variable = error.pointer.strip_prefix("/variables/");
        let place = variable.or_else(|| Some(Field::named(error.field())?.label())).unwrap_or(error.field());
        format!("{place}: {}", error.detail)
    };
    error.errors.iter().map(words).collect::<Vec<_>>().join("; ")
}

/// Returns the first line of an input that says something.
pub fn first_line(input: Option<&str>) -> Option<&str> {
    input?.lines().map(str::trim).find(|line| !line.is_empty())
}

/// Returns a past input as it is picked by.
pub fn past_words(past: &PastInput) -> String {
    match past.input_preview.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => text.to_owned(),
        None => past.variables.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join(", "),
    }
}

/// Returns metadata as the field holds it: one value a line.
pub fn metadata_text(metadata: &Metadata) -> String {
    let line = |(name, value): (&String, &Scalar)| format!("{}: {}", name_text(name), value_text(value));
    metadata.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Returns a value as it is read again: a text that would be something else in quotation marks.
fn value_text(value: &Scalar) -> String {
    match value {
        Scalar::Text(text)
            if text.contains(['\n', '\r', '"']) || text.trim() != text || Scalar::typed(text) != *value =>
        {
            json!(text).to_string()
        }
        value => value.to_string(),
    }
}

/// Reads the field. What reads as a number, true or false is one, unless it stands in quotation marks.
///
/// # Errors
/// The first line that has no name.
pub fn read_metadata(text: &str) -> Result<Metadata, String> {
    let mut metadata = Metadata::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (name, value) = named(line).ok_or_else(|| line.to_owned())?;
        let value = match quoted(value.trim()) {
            Some((text, "")) => Scalar::Text(text),
            _ => Scalar::typed(value.trim()),
        };
        metadata.insert(name, value);
    }
    Ok(metadata)
}

#[cfg(test)]
mod tests;
