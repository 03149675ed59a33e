//! `/api/tools`: what agents may pick.

use crate::domain::tool::ToolCatalogue;
use crate::server::state::AppState;
use axum::Json;
use axum::extract::State;

/// `GET /api/tools`: the built-in tools, and the declared MCP servers with their state and tools.
pub async fn list(State(state): State<AppState>) -> Json<ToolCatalogue> {
    Json(state.toolbox.catalogue())
}
