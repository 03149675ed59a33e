//! The pages of one run: what it did, and all of it as JSON.

use super::{not_found, page};
use crate::domain::id::RunId;
use crate::domain::views::page::{RunPageData, RunRawData};
use crate::domain::views::run::RunRaw;
use crate::error::{AppError, ErrorKind};
use crate::server::doors::caller::Caller;
use crate::server::doors::problem::status_code;
use crate::server::doors::request_id;
use crate::server::state::AppState;
use crate::server::store::scope::Scope;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

/// `GET /runs/{id}`.
pub async fn show(
    State(state): State<AppState>,
    Caller(scope): Caller,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let Some(id) = path.ok().and_then(|Path(id)| id.parse().ok()) else {
        return not_found(&state, &scope, &headers, "A run's address ends in its number.").await;
    };
    match state.snapshots.run_detail(&scope, id).await.map_err(request_id::named) {
        Err(error) if error.kind == ErrorKind::NotFound => not_found(&state, &scope, &headers, error.detail).await,
        detail => {
            let status = detail.as_ref().err().map_or(StatusCode::OK, status_code);
            let charts = state.snapshots.run_charts(&scope, id).await.map_err(request_id::named);
            page(&state, &scope, &headers, status, RunPageData { id, detail, charts }.into()).await
        }
    }
}

/// `GET /runs/{id}/raw`.
pub async fn raw(
    State(state): State<AppState>,
    Caller(scope): Caller,
    path: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let Some(id) = path.ok().and_then(|Path(id)| id.parse().ok()) else {
        return not_found(&state, &scope, &headers, "A run's address has its number in it.").await;
    };
    match read(&state, &scope, id).await.map_err(request_id::named) {
        Err(error) if error.kind == ErrorKind::NotFound => not_found(&state, &scope, &headers, error.detail).await,
        raw => {
            let status = raw.as_ref().err().map_or(StatusCode::OK, status_code);
            page(&state, &scope, &headers, status, RunRawData { id, raw }.into()).await
        }
    }
}

async fn read(state: &AppState, scope: &Scope, id: RunId) -> Result<RunRaw, AppError> {
    state.snapshots.run_document(scope, id).await?.into_page().await
}
