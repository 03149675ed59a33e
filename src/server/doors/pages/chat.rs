//! The pages of an agent's chats.

use super::{not_found, page};
use crate::domain::id::{AgentId, ThreadId};
use crate::domain::views::page::ChatPageData;
use crate::error::{AppError, ErrorKind};
use crate::server::doors::caller::Caller;
use crate::server::doors::problem::status_code;
use crate::server::doors::request_id;
use crate::server::state::AppState;
use crate::server::store::scope::Scope;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

/// Query of a chat that is shown as a whole.
const WHOLE: &str = "list=all";

pub async fn new(
    State(state): State<AppState>,
    Caller(scope): Caller,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let agent = path.ok().and_then(|Path(agent)| agent.parse().ok());
    chat_page(state, scope, agent.map(|agent| (agent, None)), false, headers).await
}

pub async fn show(
    State(state): State<AppState>,
    Caller(scope): Caller,
    path: Result<Path<(String, String)>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let ids = |Path((agent, thread)): Path<(String, String)>| Some((agent.parse().ok()?, Some(thread.parse().ok()?)));
    chat_page(state, scope, path.ok().and_then(ids), query.as_deref() == Some(WHOLE), headers).await
}

async fn chat_page(
    state: AppState,
    scope: Scope,
    ids: Option<(AgentId, Option<ThreadId>)>,
    whole: bool,
    headers: HeaderMap,
) -> Response {
    let Some((agent, thread)) = ids else {
        return not_found(&state, &scope, &headers, "A chat's address has the numbers of its agent and of itself.")
            .await;
    };
    let chat = state.snapshots.chat(&scope, agent, thread, whole).await.map_err(request_id::named);
    if let Err(AppError { kind: ErrorKind::NotFound, detail: what, .. }) = chat {
        return not_found(&state, &scope, &headers, what).await;
    }
    let status = chat.as_ref().err().map_or(StatusCode::OK, status_code);
    page(&state, &scope, &headers, status, ChatPageData { agent, thread, whole, chat }.into()).await
}
