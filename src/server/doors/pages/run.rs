//! The pages of one run: what it did, and all of it as JSON.

use super::visit::{PageId, Visit};
use crate::domain::id::RunId;
use crate::domain::views::page::{RunPageData, RunRawData};
use crate::domain::views::run::RunRaw;
use crate::error::AppError;
use crate::server::doors::request_id;
use axum::response::Response;

const NO_NUMBER: &str = "A run's address has its number in it.";

/// `GET /runs/{id}`.
pub async fn show(PageId(id): PageId<RunId>, visit: Visit) -> Response {
    let Some(id) = id else { return visit.not_found(NO_NUMBER).await };
    let snapshots = &visit.state.snapshots;
    let (detail, charts) = tokio::join!(snapshots.run_detail(&visit.scope, id), snapshots.run_charts(&visit.scope, id));
    let charts = charts.map_err(request_id::named);
    visit.page_of_one(detail, |detail| RunPageData { id, detail, charts }).await
}

/// `GET /runs/{id}/raw`.
pub async fn raw(PageId(id): PageId<RunId>, visit: Visit) -> Response {
    let Some(id) = id else { return visit.not_found(NO_NUMBER).await };
    visit.page_of_one(read(&visit, id).await, |raw| RunRawData { id, raw }).await
}

async fn read(visit: &Visit, id: RunId) -> Result<RunRaw, AppError> {
    visit.state.snapshots.run_document(&visit.scope, id).await?.into_page().await
}
