//! The wire of live updates: topics, clients' messages, the server's messages.
//!
//! Per topic the server sends a snapshot first, then changes in `seq` order. `seq` is the agent's counter in the
//! database, so an update that is not newer than what the client knows is dropped and a hole makes it subscribe again.

mod topic;

pub use topic::Topic;

use super::agent::listing::Page;
use super::agent::{Agent, AgentPulse, AgentRow, StripCell};
use super::hold::HoldStatus;
use super::id::{AgentId, RunId};
use super::normal::Normal;
use super::run::AgentRun;
use super::step::RunStep;
use super::summary::Summary;
use super::time::Timestamp;
use super::wire::{Fields, FromWire, NOT_OF_TYPE, Unreadable};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A client's message. Topics arrive as text, so that the error for a bad one can name it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientMessage {
    Subscribe {
        topics: Vec<String>,
        /// On `agents`: rows of these agents alone. Without it, of all.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        only: Option<Vec<AgentId>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message_id: Option<String>,
    },
    Unsubscribe {
        topics: Vec<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message_id: Option<String>,
    },
    Ping {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message_id: Option<String>,
    },
}

/// A server's message.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// Snapshot of `agent:{id}`; replaces what the client had.
    AgentState {
        topic: Topic,
        seq: i64,
        server_now: Timestamp,
        data: Box<AgentState>,
    },
    /// Snapshot of `agents`. Each row carries its own agent's `seq`.
    AgentsState {
        topic: Topic,
        server_now: Timestamp,
        data: Vec<AgentRow>,
        /// Which page of the agents it is, where a page was asked for. The live connection sends none.
        #[serde(skip_serializing_if = "Option::is_none")]
        page: Option<Box<Page>>,
    },
    /// Snapshot of `run:{id}`. `seq` is its agent's.
    RunState {
        topic: Topic,
        seq: i64,
        server_now: Timestamp,
        data: Box<RunState>,
    },
    /// Figures of the last 24 hours: the whole each time, at most one in 2 seconds.
    SummaryState {
        topic: Topic,
        server_now: Timestamp,
        data: Box<Summary>,
    },
    /// Whether everything is on hold: the whole each time.
    HoldState {
        topic: Topic,
        server_now: Timestamp,
        data: Box<HoldStatus>,
    },
    /// Which runs have changed, at most once a second: whoever shows some reads them again.
    RunsState {
        topic: Topic,
        server_now: Timestamp,
        data: Box<RunsPulse>,
    },
    /// One transition: the whole run as it is now.
    RunUpdate {
        topic: Topic,
        seq: i64,
        data: Box<AgentRun>,
        /// On `agent:{id}`, with a success: what is normal for the agent from now on.
        #[serde(skip_serializing_if = "Option::is_none")]
        normal: Option<Normal>,
    },
    /// On `run:{id}`: a step began or changed. No `seq`: of two versions of a step the higher `revision` is the newer.
    StepUpdate {
        topic: Topic,
        data: Box<RunStep>,
        /// With a model call that is over: what it has said, as HTML; safe to show.
        #[serde(skip_serializing_if = "Option::is_none")]
        blocks: Option<Vec<String>>,
    },
    /// On `run:{id}`: what a model call has written has grown; at most 10 a second.
    OutputDelta {
        topic: Topic,
        data: Box<OutputDelta>,
    },
    /// The agent itself changed: its settings or, on `agents`, a row that is new to the list.
    AgentUpdate {
        topic: Topic,
        seq: i64,
        data: AgentChange,
    },
    /// The fields that runs change in one row of `agents`; at most 4 a second per agent.
    AgentDelta {
        topic: Topic,
        seq: i64,
        data: Box<AgentDelta>,
    },
    AgentDeleted {
        topic: Topic,
        seq: i64,
        data: Deleted,
    },
    Pong {
        server_now: Timestamp,
        #[serde(skip_serializing_if = "Option::is_none")]
        message_id: Option<String>,
    },
    /// A message could not be used; the connection stays open.
    Error {
        message: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        message_id: Option<String>,
    },
}

impl ServerMessage {
    /// Returns its `type`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::AgentState { .. } => "agent_state",
            Self::AgentsState { .. } => "agents_state",
            Self::RunState { .. } => "run_state",
            Self::SummaryState { .. } => "summary_state",
            Self::HoldState { .. } => "hold_state",
            Self::RunsState { .. } => "runs_state",
            Self::RunUpdate { .. } => "run_update",
            Self::StepUpdate { .. } => "step_update",
            Self::OutputDelta { .. } => "output_delta",
            Self::AgentUpdate { .. } => "agent_update",
            Self::AgentDelta { .. } => "agent_delta",
            Self::AgentDeleted { .. } => "agent_deleted",
            Self::Pong { .. } => "pong",
            Self::Error { .. } => "error",
        }
    }

    /// Returns the agent's live counter that it is at; `None` for messages that have none.
    pub fn seq(&self) -> Option<i64> {
        match self {
            Self::AgentState { seq, .. }
            | Self::RunState { seq, .. }
            | Self::RunUpdate { seq, .. }
            | Self::AgentUpdate { seq, .. }
            | Self::AgentDelta { seq, .. }
            | Self::AgentDeleted { seq, .. } => Some(*seq),
            Self::AgentsState { .. }
            | Self::SummaryState { .. }
            | Self::HoldState { .. }
            | Self::RunsState { .. }
            | Self::StepUpdate { .. }
            | Self::OutputDelta { .. }
            | Self::Pong { .. }
            | Self::Error { .. } => None,
        }
    }
}

impl FromWire for ServerMessage {
    fn from_wire(value: Value) -> Result<Self, Unreadable> {
        let f = &mut Fields::of(value)?;
        let kind: String = f.take("type")?;
        // Those that have one; a message without has null.
        let topic: Option<Topic> = f.take("topic")?;
        let topic = topic.ok_or(NOT_OF_TYPE);
        Ok(match kind.as_str() {
            "agent_state" => Self::AgentState {
                topic: topic?,
                seq: f.take("seq")?,
                server_now: f.take("server_now")?,
                data: f.take("data")?,
            },
            "agents_state" => Self::AgentsState {
                topic: topic?,
                server_now: f.take("server_now")?,
                data: f.take("data")?,
                page: f.take("page")?,
            },
            "run_state" => Self::RunState {
                topic: topic?,
                seq: f.take("seq")?,
                server_now: f.take("server_now")?,
                data: f.take("data")?,
            },
            "summary_state" => {
                Self::SummaryState { topic: topic?, server_now: f.take("server_now")?, data: f.take("data")? }
            }
            "hold_state" => Self::HoldState { topic: topic?, server_now: f.take("server_now")?, data: f.take("data")? },
            "runs_state" => Self::RunsState { topic: topic?, server_now: f.take("server_now")?, data: f.take("data")? },
            "run_update" => {
                Self::RunUpdate { topic: topic?, seq: f.take("seq")?, data: f.take("data")?, normal: f.take("normal")? }
            }
            "step_update" => Self::StepUpdate { topic: topic?, data: f.take("data")?, blocks: f.take("blocks")? },
            "output_delta" => Self::OutputDelta { topic: topic?, data: f.take("data")? },
            "agent_update" => Self::AgentUpdate { topic: topic?, seq: f.take("seq")?, data: f.take("data")? },
            "agent_delta" => Self::AgentDelta { topic: topic?, seq: f.take("seq")?, data: f.take("data")? },
            "agent_deleted" => Self::AgentDeleted { topic: topic?, seq: f.take("seq")?, data: f.take("data")? },
            "pong" => Self::Pong { server_now: f.take("server_now")?, message_id: f.take("message_id")? },
            "error" => Self::Error { message: f.take("message")?, message_id: f.take("message_id")? },
            _ => return Err(NOT_OF_TYPE),
        })
    }
}

/// `data` of `agent_state`: the agent with its newest runs, newest first, at most 20.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct AgentState {
    #[serde(flatten)]
    pub agent: Agent,
    pub runs: Vec<AgentRun>,
}

/// `data` of `agent_update`: the whole agent on `agent:{id}`, its row on `agents`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum AgentChange {
    Row(Box<AgentRow>),
    Agent(Box<Agent>),
}

impl FromWire for AgentChange {
    fn from_wire(value: Value) -> Result<Self, Unreadable> {
        match value.get("strip") {
            Some(_) => FromWire::from_wire(value).map(Self::Row),
            None => FromWire::from_wire(value).map(Self::Agent),
        }
    }
}

/// `data` of `run_state`.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct RunState {
    pub run: AgentRun,
    pub steps: Vec<RunStep>,
    /// Text of the model calls before the newest, those that wrote any.
    #[serde(default)]
    pub said: Vec<Said>,
    #[serde(flatten)]
    pub writing: Writing,
}

/// `data` of `runs_state`.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct RunsPulse {
    /// The newest run; null before there is any.
    pub newest: Option<RunId>,
    /// The runs that have changed since the message before, new ones included, at most [`MOST_CHANGED`]; null where any may
    /// have.
    pub changed: Option<Vec<RunId>>,
}

/// How many runs a message names.
pub const MOST_CHANGED: usize = 200;

/// Text of a model call that is over.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct Said {
    /// Position of its step.
    pub step: i32,
    /// HTML, one piece for each of its Markdown blocks; safe to show.
    pub blocks: Vec<String>,
}

/// Text that the newest model call of a run has written so far, or the run's answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, FromWire)]
pub struct Writing {
    /// Markdown, as the model wrote it.
    pub text: String,
    /// Position of the step that `text` is of; null before the first has written anything.
    pub text_step: Option<i32>,
    /// `text` as HTML, one piece for each of its Markdown blocks; safe to show.
    pub blocks: Vec<String>,
}

/// `data` of `output_delta`. Its pieces replace everything from `offset` on: a call that is repeated starts over.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct OutputDelta {
    /// Position of the step whose output it is.
    pub step: i32,
    /// Bytes of UTF-8 that stand before `text`.
    pub offset: i64,
    pub text: String,
    /// How many of the blocks known so far stay as they are.
    pub kept_blocks: i64,
    /// The blocks after those, as HTML; safe to show.
    pub blocks: Vec<String>,
}

/// `data` of `agent_delta`.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct AgentDelta {
    pub id: AgentId,
    #[serde(flatten)]
    pub pulse: AgentPulse,
    /// The strip cells that changed since the last delta, newest first.
    pub cells: Vec<StripCell>,
}

/// `data` of `agent_deleted`.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct Deleted {
    pub id: AgentId,
}

#[cfg(test)]
mod tests;
