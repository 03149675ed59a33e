//! One agent, as its pages show it.

use crate::domain::agent::Agent;
use crate::domain::budget::Spent;
use crate::domain::live::ServerMessage;
use crate::domain::wire::FromWire;
use serde::Serialize;

/// All that the pages of one agent show of it.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct AgentDetail {
    /// Snapshot of `agent:{id}`.
    pub state: ServerMessage,
    /// Its schedule in plain English; null without one.
    pub reading: Option<String>,
    /// Usage of its runs in this month (UTC).
    pub spent: Spent,
}

impl AgentDetail {
    /// Returns the agent; `None` where the state is of something else.
    pub fn agent(&self) -> Option<&Agent> {
        match &self.state {
            ServerMessage::AgentState { data, .. } => Some(&data.agent),
            _ => None,
        }
    }
}
