//! Pieces of a run between its input and its answer, in order. Pure.

use crate::domain::run::RunStatus;
use crate::domain::step::{RunStep, StepCall, StepKind, calls_made};

/// A piece of the way to the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text of the model call at this position, before it called tools.
    Said(i32, String),
    /// The tools that were called one after the other, by their positions.
    Tools(Vec<i32>),
    /// Calls that the model call at this position asked for and nobody made: the run ended before.
    NotMade(i32, Vec<StepCall>),
}

impl Piece {
    /// Returns a key, unique within its run; it stays as the piece grows.
    pub fn key(&self) -> i32 {
        match self {
            Self::Said(position, _) => *position,
            Self::Tools(positions) => positions.first().copied().unwrap_or_default(),
            // Positions are positive.
            Self::NotMade(position, _) => -position,
        }
    }
}

/// Returns the pieces that these steps make, of a run that is over or not. The text of the last model call is left out
/// unless it asked for tools: it is the answer, or becomes it.
pub fn way(steps: &[RunStep], is_over: bool) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut not_made = None;
    for (at, step) in steps.iter().enumerate() {
        match (step.kind, pieces.last_mut()) {
            (StepKind::ModelCall, _) => {
                pieces.extend(not_made.take());
                let after = &steps[at + 1..];
                // Until the run is over they may be made yet.
                let is_past = is_over || after.iter().any(|step| step.kind == StepKind::ModelCall);
                let made = calls_made(&step.calls, after).into_iter().filter(|(_, made)| is_past && made.is_none());
                let idle: Vec<StepCall> = made.map(|(call, _)| call.clone()).collect();
                let leads_on = !after.is_empty() || !idle.is_empty();
                let said = step.said.as_deref().map(str::trim).filter(|said| leads_on && !said.is_empty());
                pieces.extend(said.map(|said| Piece::Said(step.position, said.to_owned())));
                not_made = (!idle.is_empty()).then_some(Piece::NotMade(step.position, idle));
            }
            (StepKind::ToolCall, Some(Piece::Tools(positions))) => positions.push(step.position),
            (StepKind::ToolCall, _) => pieces.push(Piece::Tools(vec![step.position])),
        }
    }
    pieces.extend(not_made);
    pieces
}

/// Returns what the answer of a run is called.
pub fn answer_title(status: RunStatus) -> &'static str {
    match status {
        RunStatus::Success => "Answer",
        _ => "Partial answer",
    }
}

/// Whether the way has the whole text of the last model call in it. Then the run was ended while it called tools, and its
/// answer, which is that text, is shown already.
pub fn has_answer(way: &[Piece], steps: &[RunStep]) -> bool {
    let last = steps.iter().rfind(|step| step.kind == StepKind::ModelCall).filter(|last| !last.said_cut);
    last.is_some_and(|last| way.iter().any(|piece| matches!(piece, Piece::Said(at, _) if *at == last.position)))
}

#[cfg(test)]
mod tests;
