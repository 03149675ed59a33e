//! Schedules, for the pages.

use crate::codec::Json;
use crate::domain::schedule::SchedulePreview;
use crate::error::AppError;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// Returns how a schedule reads, and the next five times it comes due.
#[server(prefix = "/ui", endpoint = "schedules/preview", input = GetUrl, output = Json)]
pub async fn preview_schedule(schedule: String, time_zone: String) -> Result<SchedulePreview, AppError> {
    use crate::{domain::schedule::PreviewRequest, server::doors::functions, server::schedule::preview::preview};
    let request = PreviewRequest::of(schedule, time_zone);
    functions::serve(async |state, _| preview(&request, state.store.now())).await
}
