//! `/api/runs/{id}/raw`: a run with its steps and messages, as one file.
//! Of inputs and outputs of steps it has the first 16 KiB, as `/api/runs/{id}/steps` has.

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
    let json = state.snapshots.run_document(&scope, id).await?.into_json().await?;
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"run-{id}.json\"")),
    ];
    Ok((headers, json).into_response())
}
