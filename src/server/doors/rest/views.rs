//! `/api/views`: saved views of the page of runs.

use super::extract::{Body, FromJson, Id};
use super::json;
use crate::domain::id::ViewId;
use crate::domain::saved_view::{SavedView, ViewDraft};
use crate::error::AppError;
use crate::server::doors::caller::Caller;
use crate::server::doors::problem::Answer;
use crate::server::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde::Serialize;

/// A list of views.
#[derive(Serialize)]
pub struct SavedViews {
    data: Vec<SavedView>,
}

impl FromJson for ViewDraft {
    fn from_json(bytes: &[u8]) -> Result<Self, AppError> {
        json::read(bytes)
    }
}

/// `GET /api/views`: all of them, by name.
pub async fn list(State(state): State<AppState>, Caller(scope): Caller) -> Answer<Json<SavedViews>> {
    Ok(Json(SavedViews { data: state.views.list(&scope).await? }))
}

/// `POST /api/views`: 201 with the new view.
pub async fn create(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Body(draft): Body<ViewDraft>,
) -> Answer<impl IntoResponse> {
    Ok((StatusCode::CREATED, Json(state.views.save(&scope, draft).await?)))
}

/// `PUT /api/views/{id}`: replaces it.
pub async fn replace(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Id(id): Id<ViewId>,
    Body(draft): Body<ViewDraft>,
) -> Answer<Json<SavedView>> {
    Ok(Json(state.views.replace(&scope, id, draft).await?))
}

/// `DELETE /api/views/{id}`: 204.
pub async fn delete(State(state): State<AppState>, Caller(scope): Caller, Id(id): Id<ViewId>) -> Answer<StatusCode> {
    state.views.delete(&scope, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
