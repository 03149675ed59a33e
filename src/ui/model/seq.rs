//! Where a message stands in the order of its agent's changes. Pure.

use crate::domain::run::RunStatus;

/// How a message reached the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Pushed by the live connection, in order.
    Live,
    /// The response of a server function; it may be older than what the connection has brought since.
    Response,
}

/// Effect of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The data changed.
    Applied,
    /// Old, or about something else.
    Ignored,
    /// Something was missed: subscribe again, so that a snapshot comes.
    Resubscribe,
}

/// Where an update's counter stands against the one known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Stale,
    Next,
    Gap,
}

/// Compares the counter of an update with the one known.
pub fn step(known: i64, seq: i64) -> Step {
    match seq {
        seq if seq <= known => Step::Stale,
        seq if seq == known + 1 => Step::Next,
        _ => Step::Gap,
    }
}

/// Whether the same run may go from what is known of it to what a message says: a run that is over stays over.
pub fn may_replace(old: RunStatus, new: RunStatus) -> bool {
    new.is_terminal() || !old.is_terminal()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_very_next_number_is_in_order() {
        assert_eq!(step(7, 6), Step::Stale);
        assert_eq!(step(7, 7), Step::Stale);
        assert_eq!(step(7, 8), Step::Next);
        assert_eq!(step(7, 9), Step::Gap);
    }
}
