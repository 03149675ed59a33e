//! `/healthz`: the process is alive. `/readyz`: it can do its work.

use super::problem::Problem;
use crate::error::AppError;
use crate::server::state::AppState;
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

/// Returns 200 as long as the process responds.
pub async fn live() -> Json<Value> {
    Json(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }))
}

/// Returns 200 when what is written is stored and all tasks of the server do their work; 503 otherwise. An ending
/// server accepts no connections.
pub async fn ready(State(state): State<AppState>) -> Result<Json<Value>, Problem> {
    state.store.ready().await?;
    if let Some(task) = state.tasks.failing().first() {
        let why = task.last_panic.as_deref().unwrap_or("it takes longer than it should");
        let text = format!("A part of the server is not at work: {} ({why}). It is begun again by itself.", task.name);
        return Err(AppError::busy(text).into());
    }
    Ok(Json(json!({ "status": "ready", "tasks": state.tasks.report() })))
}
