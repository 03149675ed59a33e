//! Errors of an agent's runs that say the same but for what differs from run to run, and what somebody has decided about them.

use super::failure::FailureKind;
use super::id::{ErrorGroupId, RunId};
use super::time::Timestamp;
use super::wire::FromWire;
use super::wire_enum::wire_enum;
use garde::Validate;
use serde::{Deserialize, Serialize};

/// How many groups are kept of each agent; of more, those that were seen longest ago go.
pub const MOST_GROUPS: usize = 500;

wire_enum! {
    /// The decision about a group of errors.
    ErrorState {
        Open = "open",
        /// It is thought to be over. It is open again when it comes again.
        Resolved = "resolved",
        /// It may come again without being shown among those that are open.
        Ignored = "ignored",
    }
}

/// Errors that say the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct ErrorGroup {
    pub id: ErrorGroupId,
    pub failure_kind: FailureKind,
    /// The text that they have in common: an ellipsis stands for numbers, ids, quoted text and the like.
    pub message: String,
    /// The beginning of the latest of them.
    pub sample: String,
    /// How many runs have failed with it.
    pub runs: i64,
    pub first_seen: Timestamp,
    pub last_seen: Timestamp,
    /// The latest of these runs; it may be gone.
    pub last_run_id: RunId,
    pub state: ErrorState,
    pub state_changed_at: Timestamp,
}

/// A decision about a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ErrorDecision {
    #[garde(skip)]
    pub state: ErrorState,
}
