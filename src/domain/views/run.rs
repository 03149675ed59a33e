//! One run, as its page shows it.

use crate::domain::id::RunId;
use crate::domain::live::Writing;
use crate::domain::normal::Normal;
use crate::domain::request::{RequestChange, RunInput};
use crate::domain::run::AgentRun;
use crate::domain::step::RunStep;
use crate::domain::thread::Message;
use crate::domain::time::Timestamp;
use crate::domain::views::comparison::SinceGood;
use crate::domain::wire::FromWire;
use serde::Serialize;

/// All that the page of one run shows.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct RunDetail {
    pub server_now: Timestamp,
    /// The agent's live counter when this was read.
    pub seq: i64,
    pub agent_name: String,
    pub run: AgentRun,
    pub steps: Vec<RunStep>,
    /// The messages that the run was given and those that it wrote, oldest first.
    pub messages: Vec<Message>,
    /// How many runs of its agent must end before it can start; null unless it is queued.
    pub ahead: Option<i64>,
    /// The normal figures of its agent; null before its third success.
    pub normal: Option<Normal>,
    /// The run that repeats this one, if any; the newest.
    pub retried_as: Option<RunId>,
    pub writing: Writing,
    /// Its input, whole.
    pub given: RunInput,
    /// When what its steps were given and gave was removed; null while it is kept.
    pub payloads_removed_at: Option<Timestamp>,
    /// The differences from the request of the run it repeats.
    pub changes: Vec<RequestChange>,
    /// What has changed since the last good run; null unless it failed, or was far slower or more expensive than its agent's
    /// others, and where none succeeded before it.
    pub since_good: Option<SinceGood>,
}

/// Most bytes of a run's JSON that its page shows; the file has it all.
pub const MOST_JSON: usize = 512 * 1024;

/// A run as JSON, as its page shows it.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct RunRaw {
    pub agent_name: String,
    pub run: AgentRun,
    /// Indented; at most [`MOST_JSON`] bytes.
    pub json: String,
    /// Bytes of the whole; more than `json` has where that is only the beginning.
    pub bytes: i64,
}
