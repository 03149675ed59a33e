//! The dashboard, and pages about many agents or none yet.

use super::{cookies, page};
use crate::domain::live::Topic;
use crate::domain::views::page::{DashboardData, ImportData, NewAgentData, SelectData};
use crate::server::doors::caller::Caller;
use crate::server::doors::problem::status_code;
use crate::server::doors::request_id;
use crate::server::reads::snapshots::DashboardSnapshots;
use crate::server::state::AppState;
use crate::ui::model::address::Address;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

pub async fn dashboard(
    State(state): State<AppState>,
    Caller(scope): Caller,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    let address = Address::from_query(&query);
    let (listing, open) = (address.listing(), address.open);
    let (agents, summary, history) = match state.snapshots.dashboard(&scope, &listing, open).await {
        Ok(DashboardSnapshots { agents, summary, history }) => (Ok(agents), Ok(summary), history),
        // Each by itself, so that a part that cannot be read leaves the others alone.
        Err(_) => {
            let read = async |topic| state.snapshots.read(&scope, topic).await.map_err(request_id::named);
            let history = async {
                match open {
                    Some(id) => Some(read(Topic::Agent(id)).await),
                    None => None,
                }
            };
            let agents = async { state.snapshots.agent_list(&scope, &listing, open).await.map_err(request_id::named) };
            tokio::join!(agents, read(Topic::Summary), history)
        }
    };
    let provider_notice = !state.models.choices().provider_configured && !cookies::has_dismissed_notice(&headers);
    let data = DashboardData { query, agents, summary, history, provider_notice };
    page(&state, &scope, &headers, StatusCode::OK, data.into()).await
}

pub async fn new_agent(State(state): State<AppState>, Caller(scope): Caller, headers: HeaderMap) -> Response {
    let data = NewAgentData { models: state.agents.models(None), tools: state.toolbox.catalogue() };
    page(&state, &scope, &headers, StatusCode::OK, data.into()).await
}

pub async fn import(State(state): State<AppState>, Caller(scope): Caller, headers: HeaderMap) -> Response {
    page(&state, &scope, &headers, StatusCode::OK, ImportData {}.into()).await
}

pub async fn select(
    State(state): State<AppState>,
    Caller(scope): Caller,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    let listing = Address::from_query(&query).listing();
    let agents = state.snapshots.agent_list(&scope, &listing, None).await.map_err(request_id::named);
    let status = agents.as_ref().err().map_or(StatusCode::OK, status_code);
    page(&state, &scope, &headers, status, SelectData { query, agents }.into()).await
}
