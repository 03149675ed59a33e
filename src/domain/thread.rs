//! A thread: one conversation of an agent, and the messages in it.

use super::agent::StripCell;
use super::id::{AgentId, MessageId, RunId, ThreadId};
use super::time::Timestamp;
use super::wire::FromWire;
use super::wire_enum::wire_enum;
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
    /// The speaker.
    Role {
        System = "system",
        User = "user",
        Assistant = "assistant",
        Tool = "tool",
    }
}

/// One conversation of an agent.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct Thread {
    pub id: ThreadId,
    pub agent_id: AgentId,
    pub kind: ThreadKind,
    pub title: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A chat in a list.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct ThreadRow {
    pub id: ThreadId,
    pub title: String,
    pub updated_at: Timestamp,
    /// The run that is under way or next; where all are over, the newest.
    pub run: Option<StripCell>,
}

/// One message of a thread.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct Message {
    pub id: MessageId,
    pub thread_id: ThreadId,
    /// The run that wrote it; null for what a person said.
    pub run_id: Option<RunId>,
    pub role: Role,
    pub content: String,
    pub created_at: Timestamp,
}

/// Request to open a thread.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct NewThread {
    /// 1 to 200 characters, not all blank; "New chat" when left out.
    #[serde(default = "default_title")]
    #[garde(length(chars, min = 1, max = 200), custom(super::rules::no_nul), custom(not_blank))]
    pub title: String,
}

/// Title of a thread until it is named or something is said in it.
pub const UNTITLED: &str = "New chat";
/// Longest title that a message gives, in characters.
const TITLE_OF_MESSAGE: usize = 60;

fn default_title() -> String {
    UNTITLED.to_owned()
}

/// Returns the title that a thread gets from its first message: the beginning of it, up to the end of a word.
pub fn title_of(content: &str) -> String {
    let words = content.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((end, _)) = words.char_indices().nth(TITLE_OF_MESSAGE) else { return words };
    let beginning = &words[..end];
    // A word that fills half of the title is cut.
    let end = beginning.rfind(' ').filter(|at| *at >= end / 2).unwrap_or(end);
    format!("{}…", &words[..end])
}

/// How a person calls a thread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct ThreadTitle {
    /// 1 to 200 characters, not all blank.
    #[garde(length(chars, min = 1, max = 200), custom(super::rules::no_nul), custom(not_blank))]
    pub title: String,
}

fn not_blank(text: &str, (): &()) -> garde::Result {
    match text.trim().is_empty() {
        false => Ok(()),
        true => Err(garde::Error::new("must not be blank")),
    }
}

/// A person's message in a thread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct NewMessage {
    #[garde(custom(is_user))]
    pub role: Role,
    /// 1 byte to 1 MiB, without NUL.
    #[garde(length(bytes, min = 1, max = MAX_CONTENT), custom(super::rules::no_nul))]
    pub content: String,
}

fn is_user(role: &Role, (): &()) -> garde::Result {
    match role {
        Role::User => Ok(()),
        _ => Err(garde::Error::new("must be \"user\": the other roles are written by runs")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_message_is_the_title() {
        assert_eq!(title_of("  What\n is new? "), "What is new?");
    }

    #[test]
    fn a_long_message_is_cut_after_a_word() {
        let title = title_of(&"word ".repeat(40));
        assert_eq!(title, format!("{}…", "word ".repeat(12).trim_end()));
        assert_eq!(title_of(&"é".repeat(70)), format!("{}…", "é".repeat(60)));
    }
}
