//! `/api/hold`.

use super::extract::OptionalBody;
use crate::domain::hold::{Hold, HoldRequest, HoldStarted, HoldStatus};
use crate::domain::run::Trigger;
use crate::server::doors::caller::Caller;
use crate::server::doors::problem::Answer;
use crate::server::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::Serialize;

/// Response to a request to hold everything.
#[derive(Serialize)]
pub struct Held {
    #[serde(flatten)]
    hold: Hold,
    /// Running runs that have been asked to stop.
    stopping: i64,
}

/// `GET /api/hold`: the hold that is in force, or null.
pub async fn show(State(state): State<AppState>, Caller(scope): Caller) -> Answer<Json<HoldStatus>> {
    Ok(Json(state.store.hold_status(&scope).await?))
}

/// `POST /api/hold`: 201 with the hold; 200 where everything was on hold already.
pub async fn hold(
    State(state): State<AppState>,
    Caller(scope): Caller,
    OptionalBody(request): OptionalBody<HoldRequest>,
) -> Answer<impl IntoResponse> {
    let HoldStarted { hold, is_new, stopping } = state.runs.hold(&scope, Trigger::Api, request).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(Held { hold, stopping })))
}

/// `DELETE /api/hold`: releases it. 204, also where nothing is on hold.
pub async fn release(State(state): State<AppState>, Caller(scope): Caller) -> Answer<StatusCode> {
    state.runs.release(&scope).await?;
    Ok(StatusCode::NO_CONTENT)
}
