//! A hold: while an owner has one, none of its runs begins. Runs are still accepted, and wait.

use super::agent::version::note_fault;
use super::id::{HoldId, OwnerId};
use super::run::Trigger;
use super::time::Timestamp;
use super::wire::FromWire;
use serde::{Deserialize, Serialize};

/// A hold that is in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct Hold {
    pub id: HoldId,
    pub held_at: Timestamp,
    /// The owner who asked for it.
    pub held_by: OwnerId,
    /// The door through which it was asked for.
    pub trigger: Trigger,
    /// Why, in the words of whoever asked, on one line.
    pub note: Option<String>,
}

/// A request to hold everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoldRequest {
    /// Whether to stop what is running, too. What is queued stays so in any case.
    #[serde(default)]
    pub stop_running: bool,
    /// At most 200 characters. Where everything is on hold already, it replaces the note there is.
    #[serde(default)]
    pub note: Option<String>,
}

impl garde::Validate for HoldRequest {
    type Context = ();

    fn validate_into(&self, (): &(), parent: &mut dyn FnMut() -> garde::Path, report: &mut garde::Report) {
        if let Some(fault) = self.note.as_deref().and_then(note_fault) {
            report.append(parent().join("note"), garde::Error::new(fault));
        }
    }
}

/// The outcome of such a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct HoldStarted {
    #[serde(flatten)]
    pub hold: Hold,
    /// Whether it began with this request.
    pub is_new: bool,
    /// How many running runs have been asked to stop.
    pub stopping: i64,
}

/// Whether everything is on hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, FromWire)]
pub struct HoldStatus {
    pub hold: Option<HoldInForce>,
}

/// A hold with what it holds back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct HoldInForce {
    #[serde(flatten)]
    pub hold: Hold,
    /// Runs that wait, those that are put off included.
    pub queued: i64,
    /// Runs that had begun before and are not over.
    pub running: i64,
}

/// The runs that a hold would hold back, or that its release would let go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, FromWire)]
pub struct HoldReach {
    pub queued: i64,
    pub running: i64,
    /// Agents with a schedule that is not paused.
    pub scheduled: i64,
    /// When the first of them comes due from now on.
    pub next_due_at: Option<Timestamp>,
    /// Agents of which a scheduled time has been missed, and which would run once to catch up.
    pub catching_up: i64,
    /// Agents of which a scheduled time has been missed, and which would note it as skipped.
    pub skipping: i64,
}
