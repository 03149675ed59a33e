//! The agent form without its signals: its fields, what they hold, and what is wrong with it. The rules are `AgentInput`'s
//! own, the same as the server's.

pub mod field;
pub mod texts;

use crate::domain::agent::AgentInput;
use crate::error::AppError;
use field::Field;

/// The fields that the rules refuse.
pub fn invalid(input: &AgentInput) -> Vec<Field> {
    let faults = input.faults();
    let is_refused = |field: &Field| faults.iter().any(|(name, _)| *name == field.id());
    Field::ALL.into_iter().filter(is_refused).collect()
}

/// The field that the server's answer names, if it names one, and what it says: `model: unknown provider "x"`.
pub fn refused_field(error: &AppError) -> (Option<Field>, String) {
    let text = error.to_string();
    let named = text.split_once(": ").and_then(|(name, says)| {
        let field = Field::ALL.into_iter().find(|field| field.id() == name)?;
        Some((field, says.to_owned()))
    });
    match named {
        Some((field, says)) => (Some(field), says),
        None => (None, text),
    }
}
