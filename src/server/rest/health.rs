//! `/healthz`: the process is alive. `/readyz`: it can do its work.

use super::problem::Problem;
use crate::error::AppError;
use crate::server::state::AppState;
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use std::time::Duration;

/// A database that does not answer within this is not ready.
const PATIENCE: Duration = Duration::from_secs(2);

/// 200 as long as the process answers.
pub async fn live() -> Json<Value> {
    Json(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }))
}

/// 200 when the database answers; 503 otherwise. An ending server accepts no connections.
pub async fn ready(State(state): State<AppState>) -> Result<Json<Value>, Problem> {
    match tokio::time::timeout(PATIENCE, state.store.ping()).await {
        Ok(answer) => answer?,
        Err(_) => return Err(AppError::Busy("The database does not answer.".to_owned()).into()),
    }
    Ok(Json(json!({ "status": "ready" })))
}
