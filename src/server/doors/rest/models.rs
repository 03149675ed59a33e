//! `/api/models`.

use crate::domain::model::ModelListing;
use crate::server::state::AppState;
use axum::Json;
use axum::extract::State;

/// `GET /api/models`: the models on offer, and the providers that did not respond.
pub async fn list(State(state): State<AppState>) -> Json<ModelListing> {
    Json(state.catalogue.models().await)
}
