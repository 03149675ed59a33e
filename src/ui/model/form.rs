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

/// The fields of the form that the server's answer points at, and what it says of each; empty where it points at none.
pub fn refused_fields(error: &AppError) -> Vec<(Field, String)> {
    let named = error.errors.iter().filter_map(|error| {
        let field = Field::ALL.into_iter().find(|field| field.id() == error.field())?;
        Some((field, error.detail.clone()))
    });
    named.collect()
}
