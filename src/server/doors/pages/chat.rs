//! The pages of an agent's chats.

use super::visit::{PageId, PageIds, Visit};
use crate::domain::id::{AgentId, ThreadId};
use crate::domain::views::page::ChatPageData;
use axum::extract::RawQuery;
use axum::response::Response;

/// Query of a chat that is shown as a whole.
const WHOLE: &str = "list=all";

pub async fn new(PageId(agent): PageId<AgentId>, visit: Visit) -> Response {
    chat_page(&visit, agent.map(|agent| (agent, None)), false).await
}

pub async fn show(PageIds(ids): PageIds<AgentId, ThreadId>, RawQuery(query): RawQuery, visit: Visit) -> Response {
    let ids = ids.map(|(agent, thread)| (agent, Some(thread)));
    chat_page(&visit, ids, query.as_deref() == Some(WHOLE)).await
}

async fn chat_page(visit: &Visit, ids: Option<(AgentId, Option<ThreadId>)>, whole: bool) -> Response {
    let Some((agent, thread)) = ids else {
        return visit.not_found("A chat's address has the numbers of its agent and of itself.").await;
    };
    let chat = visit.state.snapshots.chat(&visit.scope, agent, thread, whole).await;
    visit.page_of_one(chat, |chat| ChatPageData { agent, thread, whole, chat }).await
}
