//! The data of the dialog in which a run is started with something.

use crate::domain::agent::MAX_INSTRUCTIONS;
use crate::domain::money::NanoDollars;
use crate::domain::normal::Normal;
use crate::domain::request::{PastInput, RunRequest};
use crate::domain::wire::FromWire;
use serde::Serialize;

/// How many of the last inputs it offers at first.
pub const LAST_INPUTS: u64 = 5;
/// How much of the task it shows, in bytes: it scrolls, and does not have to be read to its end.
pub const SHOWN_TASK: usize = 8 * 1024;
const _: () = assert!(SHOWN_TASK < MAX_INSTRUCTIONS);

/// An agent as the dialog needs it, and what the fields begin with.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct StartForm {
    pub agent_name: String,
    /// The agent's own.
    pub model: String,
    /// The beginning of the task instructions.
    pub task: String,
    /// The names in the instructions, `input` among them where it has its place.
    pub names: Vec<String>,
    /// The agent's limit for one run, in US dollars.
    pub run_budget_usd: Option<NanoDollars>,
    pub normal: Option<Normal>,
    /// Its last inputs, newest first, at most 5.
    pub past: Vec<PastInput>,
    /// The request of the run that is repeated; an empty one for a new run.
    pub request: RunRequest,
}
