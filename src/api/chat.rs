//! Chats, for the pages.

use crate::api::json::Json;
use crate::domain::id::{AgentId, RunId, ThreadId};
use crate::domain::live::RunState;
use crate::domain::thread::{Message, Thread, ThreadRow};
use crate::domain::time::Timestamp;
use crate::domain::wire::by_value;
use crate::error::AppError;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

/// What the page of an agent's chats shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    pub talk: Option<Talk>,
}

impl Chat {
    /// What the page is about: the thread, or a new one, and who answers.
    pub fn title(&self) -> String {
        let thread = self.talk.as_ref().map_or("New chat", |talk| &talk.thread.title);
        format!("{thread} · {}", self.agent_name)
    }
}

/// A thread with what was said in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Talk {
    pub thread: Thread,
    /// Oldest first.
    pub exchanges: Vec<Exchange>,
    /// Whether something was said before them.
    pub has_earlier: bool,
}

/// What a person said, and the runs that answer it, oldest first: the first and its retries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    pub message: Message,
    #[serde(deserialize_with = "by_value")]
    pub turns: Vec<RunState>,
}

/// Where something was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    pub thread: ThreadId,
    pub run: RunId,
}

/// An agent's chats, and one of them with its last messages, or as a `whole`.
#[server(prefix = "/ui", endpoint = "chat", input = GetUrl, output = Json)]
pub async fn read_chat(agent: AgentId, thread: Option<ThreadId>, whole: bool) -> Result<Chat, AppError> {
    use crate::server::door;
    door::serve(async |state, scope| Ok(state.snapshots.chat(&scope, agent, thread, whole).await?)).await
}

/// Says something in a thread, or in a new one, and has it answered.
#[server(prefix = "/ui", endpoint = "chat/say", input = Json, output = Json)]
pub async fn say(agent: AgentId, thread: Option<ThreadId>, content: String) -> Result<Sent, AppError> {
    use crate::{domain::run::Trigger, server::door};
    door::serve(async |state, scope| {
        let run = state.threads.say(&scope, agent, thread, content, Trigger::Manual).await?;
        Ok(Sent { thread: run.thread_id, run: run.id })
    })
    .await
}

/// Names a thread.
#[server(prefix = "/ui", endpoint = "chat/rename", input = Json, output = Json)]
pub async fn rename_thread(id: ThreadId, title: String) -> Result<(), AppError> {
    use crate::{domain::thread::ThreadTitle, server::door};
    door::serve(async |state, scope| state.threads.rename(&scope, id, ThreadTitle { title }).await.map(drop)).await
}

/// Deletes a thread; a run of it that is under way is stopped.
#[server(prefix = "/ui", endpoint = "chat/delete", input = Json, output = Json)]
pub async fn delete_thread(id: ThreadId) -> Result<(), AppError> {
    use crate::server::door;
    door::serve(async |state, scope| state.threads.delete(&scope, id).await).await
}
