//! The page of cost and failures of all agents.

use super::visit::Visit;
use crate::domain::views::page::AnalyticsData;
use crate::error::AppError;
use crate::server::doors::stats_query;
use axum::extract::RawQuery;
use axum::response::Response;

/// `GET /analytics?by=model&period=7d`.
pub async fn show(RawQuery(query): RawQuery, visit: Visit) -> Response {
    let view = async {
        let (by, period) = stats_query::of_page(&query.unwrap_or_default())?;
        Ok::<_, AppError>(visit.state.snapshots.analytics(&visit.scope, by, period).await?)
    };
    visit.page_of(view.await, |view| AnalyticsData { view }).await
}
