//! The wire of live updates: topics, clients' messages, the server's messages.
//!
//! Per topic the server sends a snapshot first, then changes in `seq` order. `seq` is the agent's counter in the
//! database, so an update that is not newer than what the client knows is dropped and a hole makes it subscribe again.

use super::agent::{Agent, AgentPulse, AgentRow, StripCell};
use super::id::{AgentId, RunId};
use super::normal::Normal;
use super::run::AgentRun;
use super::step::RunStep;
use super::summary::Summary;
use super::time::Timestamp;
use super::wire::by_value;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Value, from_value};
use std::{fmt, str::FromStr};

/// A topic to subscribe to: `agents`, `summary`, `agent:1` or `run:48213`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Topic {
    /// The list of agents, compact.
    Agents,
    /// Figures of the last 24 hours.
    Summary,
    /// One agent with its newest runs.
    Agent(AgentId),
    /// One run with its steps.
    Run(RunId),
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agents => f.write_str("agents"),
            Self::Summary => f.write_str("summary"),
            Self::Agent(id) => write!(f, "agent:{id}"),
            Self::Run(id) => write!(f, "run:{id}"),
        }
    }
}

impl FromStr for Topic {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let unknown =
            || format!("unknown topic {text:?}: use \"agents\", \"summary\", \"agent:{{id}}\" or \"run:{{id}}\"");
        match text.split_once(':') {
            None if text == "agents" => Ok(Self::Agents),
            None if text == "summary" => Ok(Self::Summary),
            Some(("agent", id)) => id.parse().map(Self::Agent).map_err(|_| unknown()),
            Some(("run", id)) => id.parse().map(Self::Run).map_err(|_| unknown()),
            _ => Err(unknown()),
        }
    }
}

impl Serialize for Topic {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Topic {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// A client's message. Topics arrive as text, so that the error for a bad one can name it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientMessage {
    Subscribe {
        topics: Vec<String>,
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", try_from = "Value")]
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
            | Self::StepUpdate { .. }
            | Self::OutputDelta { .. }
            | Self::Pong { .. }
            | Self::Error { .. } => None,
        }
    }
}

/// The fields of every message; which of them one must have, its type says. Read like this because the reader that serde
/// derives for an enum with a tag is ten times as large, and every visitor loads it.
#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "type")]
    kind: String,
    topic: Option<Topic>,
    seq: Option<i64>,
    server_now: Option<Timestamp>,
    #[serde(default)]
    data: Value,
    message: Option<String>,
    message_id: Option<String>,
    normal: Option<Normal>,
    blocks: Option<Vec<String>>,
}

impl TryFrom<Value> for ServerMessage {
    type Error = serde_json::Error;

    fn try_from(value: Value) -> serde_json::Result<Self> {
        let Envelope { kind, topic, seq, server_now, data, message, message_id, normal, blocks } = from_value(value)?;
        let missing = de::Error::missing_field;
        let topic = topic.ok_or_else(|| missing("topic"));
        let seq = seq.ok_or_else(|| missing("seq"));
        let server_now = server_now.ok_or_else(|| missing("server_now"));
        Ok(match kind.as_str() {
            "agent_state" => {
                Self::AgentState { topic: topic?, seq: seq?, server_now: server_now?, data: from_value(data)? }
            }
            "summary_state" => Self::SummaryState { topic: topic?, server_now: server_now?, data: from_value(data)? },
            "agents_state" => Self::AgentsState { topic: topic?, server_now: server_now?, data: from_value(data)? },
            "run_state" => {
                Self::RunState { topic: topic?, seq: seq?, server_now: server_now?, data: from_value(data)? }
            }
            "run_update" => Self::RunUpdate { topic: topic?, seq: seq?, data: from_value(data)?, normal },
            "step_update" => Self::StepUpdate { topic: topic?, data: from_value(data)?, blocks },
            "output_delta" => Self::OutputDelta { topic: topic?, data: from_value(data)? },
            "agent_update" => Self::AgentUpdate { topic: topic?, seq: seq?, data: from_value(data)? },
            "agent_delta" => Self::AgentDelta { topic: topic?, seq: seq?, data: from_value(data)? },
            "agent_deleted" => Self::AgentDeleted { topic: topic?, seq: seq?, data: from_value(data)? },
            "pong" => Self::Pong { server_now: server_now?, message_id },
            "error" => Self::Error { message: message.ok_or_else(|| missing("message"))?, message_id },
            other => return Err(de::Error::custom(format_args!("unknown message type `{other}`"))),
        })
    }
}

/// `data` of `agent_state`: the agent with its newest runs, newest first, at most 20.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentState {
    #[serde(flatten, deserialize_with = "by_value")]
    pub agent: Agent,
    pub runs: Vec<AgentRun>,
}

/// `data` of `agent_update`: the whole agent on `agent:{id}`, its row on `agents`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, try_from = "Value")]
pub enum AgentChange {
    Row(Box<AgentRow>),
    Agent(Box<Agent>),
}

impl TryFrom<Value> for AgentChange {
    type Error = serde_json::Error;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        match value.get("strip") {
            Some(_) => from_value(value).map(Self::Row),
            None => from_value(value).map(Self::Agent),
        }
    }
}

/// `data` of `run_state`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunState {
    pub run: AgentRun,
    pub steps: Vec<RunStep>,
    /// Text of the model calls before the newest, those that wrote any.
    #[serde(default)]
    pub said: Vec<Said>,
    #[serde(flatten, deserialize_with = "by_value")]
    pub writing: Writing,
}

/// Text of a model call that is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// Position of its step.
    pub step: i32,
    /// HTML, one piece for each of its Markdown blocks; safe to show.
    pub blocks: Vec<String>,
}

/// Text that the newest model call of a run has written so far, or the run's answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Writing {
    /// Markdown, as the model wrote it.
    pub text: String,
    /// Position of the step that `text` is of; null before the first has written anything.
    pub text_step: Option<i32>,
    /// `text` as HTML, one piece for each of its Markdown blocks; safe to show.
    pub blocks: Vec<String>,
}

/// `data` of `output_delta`. Its pieces replace everything from `offset` on: a call that is repeated starts over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgentDelta {
    pub id: AgentId,
    #[serde(flatten, deserialize_with = "by_value")]
    pub pulse: AgentPulse,
    /// The strip cells that changed since the last delta, newest first.
    pub cells: Vec<StripCell>,
}

/// `data` of `agent_deleted`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deleted {
    pub id: AgentId,
}

#[cfg(test)]
mod tests;
