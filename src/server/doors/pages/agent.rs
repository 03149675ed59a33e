//! The pages of one agent.

use super::{not_found, page};
use crate::domain::id::AgentId;
use crate::domain::tool::ToolCatalogue;
use crate::domain::views::agent::AgentDetail;
use crate::domain::views::page::{AgentHooksData, AgentPageData, AgentSettingsData, AgentVersionsData, PageData};
use crate::error::{AppError, ErrorKind};
use crate::server::agents::versions::Asked;
use crate::server::doors::caller::Caller;
use crate::server::doors::problem::status_code;
use crate::server::doors::request_id;
use crate::server::hooks;
use crate::server::state::AppState;
use crate::server::store::scope::Scope;
use crate::ui::model::hooks::HooksAddress;
use crate::ui::model::versions::VersionsAddress;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

pub async fn show(
    State(state): State<AppState>,
    Caller(scope): Caller,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let id = path.as_ref().ok().and_then(|Path(id)| id.parse().ok());
    let (charts, errors) = match id {
        Some(id) => (
            state.snapshots.overview(&scope, id).await.map_err(request_id::named),
            state.snapshots.top_errors(&scope, id).await.map_err(request_id::named),
        ),
        None => (Err(no_number()), Err(no_number())),
    };
    let data = |_: &AppState, id, detail, tools| AgentPageData { id, detail, tools, charts, errors }.into();
    agent_page(state, scope, path, headers, data).await
}

pub async fn settings(
    State(state): State<AppState>,
    Caller(scope): Caller,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    agent_page(state, scope, path, headers, |state, id, detail, tools| {
        let present = detail.as_ref().ok().and_then(AgentDetail::agent).map(|agent| agent.settings.model.as_str());
        let models = state.agents.models(present);
        AgentSettingsData { id, detail, models, tools }.into()
    })
    .await
}

pub async fn versions(
    State(state): State<AppState>,
    Caller(scope): Caller,
    path: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let VersionsAddress { a, b, below } = VersionsAddress::from_query(&query.unwrap_or_default());
    let id = path.as_ref().ok().and_then(|Path(id)| id.parse().ok());
    let versions = match id {
        Some(id) => state.agents.versions(&scope, id, Asked { a, b, below }).await.map_err(request_id::named),
        None => Err(no_number()),
    };
    agent_page(state, scope, path, headers, |_, id, detail, _| AgentVersionsData { id, detail, versions }.into()).await
}

pub async fn webhooks(
    State(state): State<AppState>,
    Caller(scope): Caller,
    path: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let HooksAddress { hook, outcome, below } = HooksAddress::from_query(&query.unwrap_or_default());
    let id = path.as_ref().ok().and_then(|Path(id)| id.parse().ok());
    let hooks = match id {
        Some(id) => {
            state.hooks.view(&scope, id, hooks::Asked { hook, outcome, below }).await.map_err(request_id::named)
        }
        None => Err(no_number()),
    };
    let data = move |_: &AppState, id, detail, _| AgentHooksData { id, detail, hook, outcome, below, hooks }.into();
    agent_page(state, scope, path, headers, data).await
}

/// Returns the error of an address without an agent's number.
fn no_number() -> AppError {
    AppError::not_found("An agent's address has its number in it.")
}

/// Serves one of the pages of an agent.
async fn agent_page(
    state: AppState,
    scope: Scope,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
    data: impl FnOnce(&AppState, AgentId, Result<AgentDetail, AppError>, ToolCatalogue) -> PageData,
) -> Response {
    let Some(id) = path.ok().and_then(|Path(id)| id.parse().ok()) else {
        return not_found(&state, &scope, &headers, "An agent's address has its number in it.").await;
    };
    match state.snapshots.agent_detail(&scope, id).await.map_err(request_id::named) {
        Err(error) if error.kind == ErrorKind::NotFound => not_found(&state, &scope, &headers, error.detail).await,
        detail => {
            let status = detail.as_ref().err().map_or(StatusCode::OK, status_code);
            page(&state, &scope, &headers, status, data(&state, id, detail, state.toolbox.catalogue())).await
        }
    }
}
