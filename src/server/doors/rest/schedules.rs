//! `/api/schedules`.

use super::extract::Body;
use crate::domain::schedule::{PreviewRequest, SchedulePreview};
use crate::server::doors::problem::Answer;
use crate::server::schedule::preview;
use crate::server::state::AppState;
use axum::Json;
use axum::extract::State;

/// `POST /api/schedules/preview`: how a schedule reads and when it comes due; 422 with what is wrong with it.
pub async fn preview(
    State(state): State<AppState>,
    Body(request): Body<PreviewRequest>,
) -> Answer<Json<SchedulePreview>> {
    Ok(Json(preview::preview(&request, state.store.now())?))
}
