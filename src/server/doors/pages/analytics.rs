//! The page of cost and failures of all agents.

use super::page;
use crate::domain::views::page::AnalyticsData;
use crate::error::AppError;
use crate::server::doors::caller::Caller;
use crate::server::doors::problem::status_code;
use crate::server::doors::{request_id, stats_query};
use crate::server::state::AppState;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

/// `GET /analytics?by=model&period=7d`.
pub async fn show(
    State(state): State<AppState>,
    Caller(scope): Caller,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let view = async {
        let (by, period) = stats_query::of_page(&query.unwrap_or_default())?;
        Ok::<_, AppError>(state.snapshots.analytics(&scope, by, period).await?)
    };
    let view = view.await.map_err(request_id::named);
    let status = view.as_ref().err().map_or(StatusCode::OK, status_code);
    page(&state, &scope, &headers, status, AnalyticsData { view }.into()).await
}
