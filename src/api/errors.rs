//! Errors of agents' runs, for the pages.

use crate::codec::{Json, PostJson};
use crate::domain::error_group::{ErrorGroup, ErrorState};
use crate::domain::id::{AgentId, ErrorGroupId};
use crate::error::AppError;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// Returns why an agent's runs failed in the last 30 days, as its page shows it.
#[server(prefix = "/ui", endpoint = "errors", input = GetUrl, output = Json)]
pub async fn read_errors(agent: AgentId) -> Result<Vec<ErrorGroup>, AppError> {
    use crate::server::doors::functions;
    functions::serve(async |state, scope| Ok(state.snapshots.top_errors(&scope, agent).await?)).await
}

/// Writes down what was decided about a group of errors; returns what the page shows by then.
#[server(prefix = "/ui", endpoint = "errors/decide", protocol = PostJson)]
pub async fn decide_error(agent: AgentId, error: ErrorGroupId, state: ErrorState) -> Result<Vec<ErrorGroup>, AppError> {
    use crate::server::doors::functions;
    let decided = state;
    functions::serve(async |state, scope| {
        state.store.decide_error(&scope, agent, error, decided).await?;
        Ok(state.snapshots.top_errors(&scope, agent).await?)
    })
    .await
}
