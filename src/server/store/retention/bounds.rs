//! What of an agent's runs has had its time, in ids and instants; and how much one transaction removes, so that it takes some tens
//! of milliseconds however large a conversation is.

use crate::domain::id::RunId;
use crate::domain::retention::{DAY_MS, RetentionLimits};
use crate::domain::time::Timestamp;

/// Runs that are looked at together.
pub(super) const PAGE_RUNS: i64 = 500;
/// What one transaction removes at most: the sum of what [`weight`] says of its threads.
pub(super) const BUDGET: i64 = 600;
/// Runs from which on a thread is removed in pieces, and runs of a piece.
pub(super) const PIECE_RUNS: i64 = 50;
/// Steps that one transaction removes at most where a thread goes in pieces.
pub(super) const PIECE_STEPS: i64 = 400;
/// Long texts that one transaction removes at most. Each may be a megabyte.
pub(super) const PIECE_PAYLOADS: i64 = 16;
/// How long a chat is in use after what was said last, in milliseconds.
const IN_USE_MS: i64 = DAY_MS;

/// Returns how much work it is to remove so many runs with so many steps and long texts.
pub(super) fn weight(runs: i64, steps: i64, payloads: i64) -> i64 {
    runs * 2 + steps + payloads * 30
}

/// An agent's runs that have had their time: those that ended before an instant, and those up to an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Those of the agent when this was found out.
    pub limits: RetentionLimits,
    /// The present of the round. It stays, whatever becomes of the clock meanwhile.
    pub now: Timestamp,
    /// The newest run that is one too many; `None` where none is.
    pub beyond: Option<RunId>,
    /// The newest run that can have had its time.
    pub upto: RunId,
    /// The newest run whose payloads can have had their time.
    pub payloads_upto: RunId,
}

impl Bounds {
    pub(super) fn old(&self) -> i64 {
        super::before(self.limits.old_before(self.now))
    }

    pub(super) fn payloads_old(&self) -> i64 {
        super::before(self.limits.payloads_old_before(self.now))
    }

    pub(super) fn beyond(&self) -> RunId {
        self.beyond.unwrap_or(RunId(0))
    }

    /// Returns the instant after which a chat is in use if something was said in it.
    pub(super) fn used(&self) -> i64 {
        self.now.ms().saturating_sub(IN_USE_MS)
    }

    /// Returns the same under limits of now; `None` where other runs would be too many, which is to be found out again.
    pub(super) fn under(self, limits: RetentionLimits) -> Option<Self> {
        (limits.runs == self.limits.runs).then_some(Self { limits, ..self })
    }
}
