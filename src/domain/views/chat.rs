//! The chats of an agent, as their page shows them.

use crate::domain::id::{RunId, ThreadId};
use crate::domain::live::RunState;
use crate::domain::thread::{Message, Thread, ThreadRow};
use crate::domain::time::Timestamp;
use crate::domain::wire::FromWire;
use serde::Serialize;

/// An agent's chats, and the one that is open.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct Chat {
    pub server_now: Timestamp,
    /// The agent's live counter when this was read.
    pub seq: i64,
    pub agent_name: String,
    /// The agent's, as it is now.
    pub model: String,
    /// The one most recently talked in first, at most 100.
    pub threads: Vec<ThreadRow>,
    /// The thread that is open; `None` where a new one begins.
    pub open: Option<OpenChat>,
}

impl Chat {
    /// Names the thread, or a new one, and who answers.
    pub fn title(&self) -> String {
        let thread = self.open.as_ref().map_or("New chat", |open| &open.thread.title);
        format!("{thread} · {}", self.agent_name)
    }
}

/// A thread with what was said in it.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct OpenChat {
    pub thread: Thread,
    /// Oldest first.
    pub exchanges: Vec<Exchange>,
    /// Whether something was said before them.
    pub has_earlier: bool,
}

/// A message of a person, and the runs that answer it, oldest first: the first and its retries.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct Exchange {
    pub message: Message,
    pub turns: Vec<RunState>,
}

/// Where something was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct Sent {
    pub thread: ThreadId,
    pub run: RunId,
}
