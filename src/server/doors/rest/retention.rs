//! `/api/retention`, and `/api/runs/{id}/kept`.

use super::extract::{Id, NoBody};
use crate::domain::id::RunId;
use crate::domain::run::AgentRun;
use crate::server::doors::caller::Caller;
use crate::server::doors::problem::Answer;
use crate::server::retention::RetentionStatus;
use crate::server::state::AppState;
use axum::Json;
use axum::extract::State;

/// `GET /api/retention`: the limits, and what would be removed by now.
pub async fn show(State(state): State<AppState>, Caller(scope): Caller) -> Answer<Json<RetentionStatus>> {
    Ok(Json(state.retention.status(&scope).await?))
}

/// `PUT /api/runs/{id}/kept`: keeps the run for good. Doing it twice is fine.
pub async fn keep(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Id(id): Id<RunId>,
    _: NoBody,
) -> Answer<Json<AgentRun>> {
    Ok(Json(state.runs.keep(&scope, id, true).await?))
}

/// `DELETE /api/runs/{id}/kept`: it is removed in its time again.
pub async fn release(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Id(id): Id<RunId>,
) -> Answer<Json<AgentRun>> {
    Ok(Json(state.runs.keep(&scope, id, false).await?))
}
