//! An agent: its settings, how it stands, and what its list row shows.

pub mod copy;
pub mod draft;
pub mod edit;
pub mod import;
pub mod listing;
pub mod settings;
pub mod version;

pub use self::draft::Draft;
pub use self::settings::{AgentSettings, Setting};

use super::failure::FailureKind;
use super::id::{AgentId, RunId};
use super::money::NanoDollars;
use super::normal::Normal;
use super::run::{AgentRun, RunStatus, Trigger};
use super::time::Timestamp;
use super::wire::{FromWire, Unreadable};
use super::wire_enum::wire_enum;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Longest name, in characters.
pub const MAX_NAME: usize = 100;
/// Longest system or task instructions, in bytes.
pub const MAX_INSTRUCTIONS: usize = 256 * 1024;
/// How many runs a list or a strip shows at most, unless asked for more.
pub const RECENT_RUNS: usize = 20;

wire_enum! {
    /// An agent's activity, in order of precedence.
    AgentStatus {
        Running = "running",
        /// Its schedule is held back; starting by hand still works.
        Paused = "paused",
        /// The last finished run failed.
        Error = "error",
        Scheduled = "scheduled",
        Idle = "idle",
    }
}

impl AgentStatus {
    /// Returns the first that applies of running, paused, error, scheduled (it has a next due time), idle.
    pub fn derive(running_count: i64, paused: bool, last_finished: Option<RunStatus>, scheduled: bool) -> Self {
        match (running_count, paused, last_finished, scheduled) {
            (1.., _, _, _) => Self::Running,
            (_, true, _, _) => Self::Paused,
            (_, _, Some(RunStatus::Failed), _) => Self::Error,
            (_, _, _, true) => Self::Scheduled,
            _ => Self::Idle,
        }
    }
}

/// An agent as the wire shows it.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct Agent {
    pub id: AgentId,
    #[serde(flatten)]
    pub settings: AgentSettings,
    /// Values that a run has to be given: the names in its instructions, without `input`.
    pub variables: Vec<String>,
    /// When the schedule comes due next; null without one and while paused.
    pub next_due_at: Option<Timestamp>,
    /// The number of its present [version](version::AgentVersion), which grows whenever somebody changes the settings.
    pub version: i64,
    /// Usual duration and cost of its runs; null before its third success.
    pub normal: Option<Normal>,
    pub status: AgentStatus,
    pub running_count: i64,
    pub queued_count: i64,
    pub last_run: Option<AgentRun>,
    /// success / (success + failed) of the last 24 hours, 0 to 1; null without such runs.
    pub success_rate: Option<f64>,
    #[serde(flatten)]
    pub day: DayFigures,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Figures of an agent's runs that ended in the last 24 hours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, FromWire)]
pub struct DayFigures {
    /// Milliseconds that 95 of 100 successes and failures did not exceed, 1.6 % off at most; null without such runs.
    pub p95_ms: Option<i64>,
    /// Cost in US dollars as far as it is known; null where nothing is known of it.
    #[serde(rename = "cost_24h_usd")]
    pub cost: Option<NanoDollars>,
    /// Runs whose cost is not known as a whole: `cost` is without what is not known of it.
    #[serde(rename = "unpriced_24h")]
    pub unpriced: i64,
}

impl DayFigures {
    /// `$4.61`, or `≥ $4.61` where it is not known as a whole; `None` where nothing is known of it.
    pub fn cost_words(&self) -> Option<String> {
        let least = if self.unpriced > 0 { "≥ " } else { "" };
        self.cost.map(|cost| format!("{least}{cost}"))
    }
}

/// Everything that is deleted with an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct AgentContents {
    /// All of its runs.
    pub runs: i64,
    /// Those of `runs` that are queued or running: deleting stops them.
    pub active: i64,
    /// Conversations, each with its messages.
    pub chats: i64,
}

/// One bar of the strip that shows an agent's latest runs. On the wire an array in this order, since a list of agents
/// carries twenty for each: `[48213, "failed", "timeout", 600000, 1795521600]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Cell", into = "Cell")]
pub struct StripCell {
    pub run_id: RunId,
    pub status: RunStatus,
    pub failure_kind: Option<FailureKind>,
    /// Milliseconds; null until finished.
    pub duration_ms: Option<i64>,
    /// On the wire in whole seconds since 1970, the smallest form that shows when a run was.
    pub queued_at: Timestamp,
}

/// A [`StripCell`] on the wire.
type Cell = (RunId, RunStatus, Option<FailureKind>, Option<i64>, i64);

impl From<Cell> for StripCell {
    fn from((run_id, status, failure_kind, duration_ms, queued_s): Cell) -> Self {
        Self {
            run_id,
            status,
            failure_kind,
            duration_ms,
            queued_at: Timestamp::from_ms(queued_s.saturating_mul(1_000)),
        }
    }
}

impl FromWire for StripCell {
    fn from_wire(value: Value) -> Result<Self, Unreadable> {
        let mut values = Vec::<Value>::from_wire(value)?.into_iter();
        let mut next = || values.next().unwrap_or_default();
        let run_id = FromWire::from_wire(next())?;
        let status = FromWire::from_wire(next())?;
        let failure_kind = FromWire::from_wire(next())?;
        let duration_ms = FromWire::from_wire(next())?;
        let cell: Cell = (run_id, status, failure_kind, duration_ms, FromWire::from_wire(next())?);
        Ok(cell.into())
    }
}

impl From<StripCell> for Cell {
    fn from(StripCell { run_id, status, failure_kind, duration_ms, queued_at }: StripCell) -> Self {
        (run_id, status, failure_kind, duration_ms, queued_at.ms() / 1_000)
    }
}

impl From<&AgentRun> for StripCell {
    fn from(run: &AgentRun) -> Self {
        let AgentRun { id, status, failure_kind, duration_ms, queued_at, .. } = *run;
        Self { run_id: id, status, failure_kind, duration_ms, queued_at }
    }
}

/// A list row's view of an agent's newest run: no errors and no figures, since a list carries many of these.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct LastRun {
    pub id: RunId,
    pub status: RunStatus,
    pub trigger: Trigger,
    pub chat: bool,
    pub retry_of: Option<RunId>,
    pub queued_at: Timestamp,
    pub started_at: Option<Timestamp>,
}

impl From<&AgentRun> for LastRun {
    fn from(run: &AgentRun) -> Self {
        let AgentRun { id, status, trigger, chat, retry_of, queued_at, started_at, .. } = *run;
        Self { id, status, trigger, chat, retry_of, queued_at, started_at }
    }
}

/// The part of a list row that runs change. Small: it is pushed at every change.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct AgentPulse {
    pub status: AgentStatus,
    pub running_count: i64,
    pub queued_count: i64,
    /// 0 to 1 over the last 24 hours; null without finished runs.
    pub success_rate: Option<f64>,
    #[serde(flatten)]
    pub day: DayFigures,
    /// Error of the latest finished run: the beginning of its first line, at most 200 characters. Null unless that run
    /// failed.
    pub last_error: Option<String>,
    pub last_run: Option<LastRun>,
    /// When the schedule comes due next; null without one and while paused.
    pub next_run_at: Option<Timestamp>,
}

/// An agent's row in the dashboard: what the table shows and nothing more.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct AgentRow {
    pub id: AgentId,
    /// The agent's live counter when the row was read; an older delta is dropped.
    pub seq: i64,
    pub name: String,
    pub description: String,
    pub model: String,
    pub paused: bool,
    /// The first one groups it.
    pub tags: Vec<String>,
    #[serde(flatten)]
    pub pulse: AgentPulse,
    /// Latest runs, newest first, at most 20.
    pub strip: Vec<StripCell>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::wire::from_json;

    #[test]
    fn a_running_agent_shows_as_running_even_when_paused() {
        assert_eq!(AgentStatus::derive(1, true, Some(RunStatus::Failed), true), AgentStatus::Running);
    }

    #[test]
    fn only_a_failed_last_run_is_an_error() {
        let of = |last| AgentStatus::derive(0, false, last, false);
        assert_eq!(of(Some(RunStatus::Failed)), AgentStatus::Error);
        assert_eq!(of(Some(RunStatus::Cancelled)), AgentStatus::Idle);
        assert_eq!(of(None), AgentStatus::Idle);
    }

    #[test]
    fn an_agent_that_is_due_some_time_is_scheduled_unless_something_is_wrong_with_it() {
        let of = |paused, last| AgentStatus::derive(0, paused, last, true);
        assert_eq!(of(false, Some(RunStatus::Success)), AgentStatus::Scheduled);
        assert_eq!(of(false, Some(RunStatus::Failed)), AgentStatus::Error);
        assert_eq!(of(true, None), AgentStatus::Paused);
    }

    #[test]
    fn a_cost_that_is_not_known_as_a_whole_says_so() {
        let of = |cost: Option<i64>, unpriced| {
            DayFigures { p95_ms: None, cost: cost.map(NanoDollars), unpriced }.cost_words()
        };
        assert_eq!(of(Some(4_610_000_000), 0).as_deref(), Some("$4.61"));
        assert_eq!(of(Some(4_610_000_000), 1).as_deref(), Some("≥ $4.61"));
        assert_eq!((of(None, 2), of(None, 0)), (None, None));
    }

    #[test]
    fn a_cell_of_the_strip_is_an_array() {
        let cell = StripCell {
            run_id: RunId(48_213),
            status: RunStatus::Failed,
            failure_kind: Some(FailureKind::Timeout),
            duration_ms: Some(600_000),
            queued_at: Timestamp::from_ms(1_795_521_600_000),
        };
        let wire = r#"[48213,"failed","timeout",600000,1795521600]"#;
        assert_eq!(serde_json::to_string(&cell).unwrap(), wire);
        assert_eq!(serde_json::from_str::<StripCell>(wire).unwrap(), cell);
        assert_eq!(from_json(wire), Ok(cell));
    }
}
