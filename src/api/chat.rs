//! Chats, for the pages.

use crate::codec::{Json, PostJson};
use crate::domain::id::{AgentId, ThreadId};
use crate::domain::thread::ThreadRow;
use crate::domain::views::chat::{Chat, Sent};
use crate::error::AppError;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// Returns an agent's chats, and one of them with its last messages, or as a `whole`.
#[server(prefix = "/ui", endpoint = "chat", input = GetUrl, output = Json)]
pub async fn read_chat(agent: AgentId, thread: Option<ThreadId>, whole: bool) -> Result<Chat, AppError> {
    use crate::server::doors::functions;
    functions::serve(async |state, scope| Ok(state.snapshots.chat(&scope, agent, thread, whole).await?)).await
}

/// Returns the chats of an agent that have a text in their title, or in what a person said: up to 200 characters.
#[server(prefix = "/ui", endpoint = "chat/find", input = GetUrl, output = Json)]
pub async fn find_chats(agent: AgentId, text: String) -> Result<Vec<ThreadRow>, AppError> {
    use crate::server::doors::functions;
    functions::serve(async |state, scope| state.threads.find(&scope, agent, &text).await).await
}

/// Sends a message to a thread, or to a new one, and starts the run that answers it, once for each `key`.
#[server(prefix = "/ui", endpoint = "chat/say", protocol = PostJson)]
pub async fn say(agent: AgentId, thread: Option<ThreadId>, content: String, key: String) -> Result<Sent, AppError> {
    use crate::{domain::run::Trigger, server::doors::functions};
    functions::serve_once("say", &key, &(agent, thread, &content), async |state, scope| {
        let run = state.threads.say(&scope, agent, thread, content.clone(), Trigger::Manual).await?;
        Ok(Sent { thread: run.thread_id, run: run.id })
    })
    .await
}

/// Names a thread.
#[server(prefix = "/ui", endpoint = "chat/rename", protocol = PostJson)]
pub async fn rename_thread(id: ThreadId, title: String) -> Result<(), AppError> {
    use crate::{domain::thread::ThreadTitle, server::doors::functions};
    functions::serve(async |state, scope| state.threads.rename(&scope, id, ThreadTitle { title }).await.map(drop)).await
}

/// Deletes a thread; a run of it that is under way is stopped.
#[server(prefix = "/ui", endpoint = "chat/delete", protocol = PostJson)]
pub async fn delete_thread(id: ThreadId) -> Result<(), AppError> {
    use crate::server::doors::functions;
    functions::serve(async |state, scope| state.threads.delete(&scope, id).await).await
}
