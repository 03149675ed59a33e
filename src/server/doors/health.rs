//! `/healthz`: the process is alive. `/readyz`: it can do its work.

use super::problem::Problem;
use crate::server::state::AppState;
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

/// 200 as long as the process answers.
pub async fn live() -> Json<Value> {
    Json(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }))
}

/// 200 when what is written is stored; 503 otherwise. An ending server accepts no connections.
pub async fn ready(State(state): State<AppState>) -> Result<Json<Value>, Problem> {
    state.store.ready().await?;
    Ok(Json(json!({ "status": "ready" })))
}
