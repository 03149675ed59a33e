//! What a run did between what it was given and its answer, in order. Pure.

use crate::domain::step::{RunStep, StepKind};

/// A piece of the way to the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// What the model call at this position said before it called tools.
    Said(i32, String),
    /// The tools that were called one after the other, by their positions.
    Tools(Vec<i32>),
}

impl Piece {
    /// Tells it from the other pieces of its run; stays as it grows.
    pub fn key(&self) -> i32 {
        match self {
            Self::Said(position, _) => *position,
            Self::Tools(positions) => positions.first().copied().unwrap_or_default(),
        }
    }
}

/// The way that these steps went. What the last model call says is left out: it is the answer, or becomes it.
pub fn way(steps: &[RunStep]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        match (step.kind, pieces.last_mut()) {
            (StepKind::ModelCall, _) => {
                let leads_on = steps.get(at + 1).is_some();
                let said = step.said().map(str::trim).filter(|said| leads_on && !said.is_empty());
                pieces.extend(said.map(|said| Piece::Said(step.position, said.to_owned())));
            }
            (StepKind::ToolCall, Some(Piece::Tools(positions))) => positions.push(step.position),
            (StepKind::ToolCall, _) => pieces.push(Piece::Tools(vec![step.position])),
        }
    }
    pieces
}

/// Whether a text is what the way has ended with: a run that was ended while it called tools has no other answer.
pub fn is_told(way: &[Piece], text: &str) -> bool {
    let last = way.iter().rev().find_map(|piece| match piece {
        Piece::Said(_, said) => Some(said.as_str()),
        Piece::Tools(_) => None,
    });
    matches!(way.last(), Some(Piece::Tools(_))) && last == Some(text.trim())
}

#[cfg(test)]
mod tests;
