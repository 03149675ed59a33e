//! `/api/runs/{id}/raw`: all that is on record of a run, as one file.

use super::extract::Id;
use crate::domain::id::RunId;
use crate::server::doors::caller::Caller;
use crate::server::doors::problem::Answer;
use crate::server::state::AppState;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

/// `GET /api/runs/{id}/raw`: the run with its steps and messages, as indented JSON to be saved.
pub async fn show(State(state): State<AppState>, Caller(scope): Caller, Id(id): Id<RunId>) -> Answer<Response> {
    let json = state.snapshots.run_document(&scope, id).await?.to_json().await?;
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"run-{id}.json\"")),
    ];
    Ok((headers, json).into_response())
}
