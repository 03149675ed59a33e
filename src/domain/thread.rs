//! A thread: one conversation of an agent, and the messages in it.

use super::id::{AgentId, MessageId, RunId, ThreadId};
use super::run::wire_enum;
use super::time::Timestamp;
use garde::Validate;
use serde::{Deserialize, Serialize};

/// Longest message content accepted, in bytes.
pub const MAX_CONTENT: usize = 1024 * 1024;

wire_enum! {
    /// How a thread came about.
    ThreadKind {
        /// Made by a task run, from the agent's instructions.
        Task = "task",
        /// Opened for a conversation; many runs answer on it.
        Chat = "chat",
    }
}

wire_enum! {
    /// Who speaks.
    Role {
        System = "system",
        User = "user",
        Assistant = "assistant",
        Tool = "tool",
    }
}

/// One conversation of an agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Thread {
    pub id: ThreadId,
    pub agent_id: AgentId,
    pub kind: ThreadKind,
    pub title: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// One message of a thread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub id: MessageId,
    pub thread_id: ThreadId,
    /// The run that wrote it; null for what a person said.
    pub run_id: Option<RunId>,
    pub role: Role,
    pub content: String,
    pub created_at: Timestamp,
}

/// What it takes to open a thread.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct NewThread {
    /// 1 to 200 characters; "New thread" when left out.
    #[serde(default = "default_title")]
    #[garde(length(chars, min = 1, max = 200), custom(super::rules::no_nul))]
    pub title: String,
}

fn default_title() -> String {
    "New thread".to_owned()
}

/// What a person says in a thread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct NewMessage {
    #[garde(custom(is_user))]
    pub role: Role,
    /// 1 byte to 1 MiB.
    #[garde(length(bytes, min = 1, max = MAX_CONTENT))]
    pub content: String,
}

fn is_user(role: &Role, (): &()) -> garde::Result {
    match role {
        Role::User => Ok(()),
        _ => Err(garde::Error::new("must be \"user\": the other roles are written by runs")),
    }
}
