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

/// The field that the server's answer points at, if it is one of the form's, and what it says.
pub fn refused_field(error: &AppError) -> (Option<Field>, String) {
    let named = error.errors.iter().find_map(|error| {
        let field = Field::ALL.into_iter().find(|field| field.id() == error.field())?;
        Some((Some(field), error.detail.clone()))
    });
    named.unwrap_or_else(|| (None, error.detail.clone()))
}
