//! Tool calls out of the pieces in which servers stream them. Memory is bounded by what was received: what a server
//! calls a call's index is a label here, never a size or a place.
//!
//! Servers number pieces or do not, number them all 0, repeat ids and names or cut names in pieces, and send arguments
//! as text in pieces, as whole text or as an object. A call is made with what the model meant, or is not made at all.

mod building;
mod read;

pub use self::read::arguments_of;

use self::building::Building;
use super::super::model::{ChatEvent, ModelError, ToolCall};
use super::limits::{MAX_ALL_ARGUMENTS, MAX_ARGUMENTS, MAX_CALL_ID, MAX_CALLS};
use serde_json::Value;
use std::collections::HashSet;

/// A piece of a call, as far as the server gave any.
#[derive(Clone, Copy, Debug, Default)]
pub struct Piece<'a> {
    /// Value that stands as the index; only numbers count.
    pub index: Option<&'a Value>,
    pub id: Option<&'a str>,
    pub name: Option<&'a str>,
    /// Text to be appended, or a whole JSON value.
    pub arguments: Option<&'a Value>,
}

/// The calls of one answer while they are streamed.
#[derive(Debug)]
pub struct CallPieces {
    /// Names that the model may call, by which a piece of a name is distinguished from a name.
    offered: HashSet<String>,
    calls: Vec<Building>,
    /// How many deltas have come.
    deltas: usize,
    /// Bytes of arguments so far.
    arguments: usize,
}

impl CallPieces {
    pub fn new<'a>(offered: impl IntoIterator<Item = &'a str>) -> Self {
        let offered = offered.into_iter().map(str::to_owned).collect();
        Self { offered, calls: Vec::new(), deltas: 0, arguments: 0 }
    }

    pub fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// Takes in the pieces that came in one delta, in their order.
    ///
    /// # Errors
    /// There are too many calls, or their arguments are too long.
    pub fn push(&mut self, pieces: &[Piece<'_>], out: &mut Vec<ChatEvent>) -> Result<(), ModelError> {
        self.deltas += 1;
        for (place, piece) in pieces.iter().enumerate() {
            self.push_one(place, pieces.len(), piece, out)?;
        }
        Ok(())
    }

    fn push_one(
        &mut self,
        place: usize,
        of: usize,
        piece: &Piece<'_>,
        out: &mut Vec<ChatEvent>,
    ) -> Result<(), ModelError> {
        let piece = Piece {
            index: piece.index.filter(|index| index.is_number()),
            id: piece.id.filter(|id| !id.trim().is_empty()),
            name: piece.name.filter(|name| !name.is_empty()),
            arguments: piece.arguments.filter(|arguments| !arguments.is_null()),
        };
        let at = match self.continued(place, of, &piece) {
            Some(at) => at,
            None if self.calls.len() == MAX_CALLS => {
                return Err(ModelError::lasting(format!("the model asked for more than {MAX_CALLS} tools at once")));
            }
            None => {
                self.calls.push(Building::begun(&piece, place, self.deltas));
                self.calls.len() - 1
            }
        };
        let call = &mut self.calls[at];
        if call.repeats(&piece) {
            return Ok(());
        }
        call.add_id(piece.id);
        call.add_name(piece.name, &self.offered);
        let added = call.add_arguments(piece.arguments);
        self.arguments += added.bytes;
        if call.arguments_len() > MAX_ARGUMENTS || self.arguments > MAX_ALL_ARGUMENTS {
            return Err(ModelError::lasting("the model's tool call arguments exceeded the size limit"));
        }
        if added.chars > 0 {
            out.push(ChatEvent::Unseen(added.chars));
        }
        Ok(())
    }

    /// Returns the call that a piece goes on with; `None` where it begins another.
    fn continued(&self, place: usize, of: usize, piece: &Piece<'_>) -> Option<usize> {
        let last = |is_it: &dyn Fn(&Building) -> bool| self.calls.iter().rposition(is_it);
        let same_index = |call: &Building| call.has_index(piece.index);
        let at = match (piece.id, piece.index, piece.name) {
            (Some(id), Some(_), _) => last(&|call| call.has_id(id) && same_index(call))
                .or_else(|| last(&same_index).filter(|at| self.calls[*at].may_take(id, piece))),
            (Some(id), None, _) => last(&|call| call.has_id(id)),
            (None, Some(_), _) => last(&same_index),
            // Pieces without anything to identify them go on with the calls at their places.
            (None, None, None) if of > 1 => self.calls.len().checked_sub(of).map(|first| first + place),
            (None, None, None) => self.calls.len().checked_sub(1),
            (None, None, Some(_)) => last(&|call| call.begun_at(place) && !call.is_of_delta(self.deltas)),
        }?;
        let call = &self.calls[at];
        (call.repeats(piece) || call.goes_on_with(piece, &self.offered)).then_some(at)
    }

    /// Returns the calls, in the order in which they began. `made_up` gives the id of the `n`th call to those that have
    /// none of their own.
    pub fn finish(self, made_up: impl Fn(usize) -> String) -> Vec<ToolCall> {
        let mut seen = HashSet::new();
        let real = self.calls.into_iter().filter(|call| !call.is_nothing()).enumerate();
        real.map(|(n, call)| {
            let mut call = call.into_call();
            if call.id.is_empty() || call.id.len() > MAX_CALL_ID || !seen.insert(call.id.clone()) {
                call.id = (n..).map(&made_up).find(|id| seen.insert(id.clone())).unwrap_or_default();
            }
            call
        })
        .collect()
    }
}

/// Returns an id for the `n`th call after `turns` turns: nine letters and digits, which the strictest of providers
/// takes, and another one in each turn.
pub fn made_up_id(turns: usize, n: usize) -> String {
    format!("r{:05}{:03}", turns % 100_000, n % 1_000)
}

#[cfg(test)]
mod tests;
