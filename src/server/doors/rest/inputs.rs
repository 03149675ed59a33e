//! `/api/agents/{id}/inputs`: what an agent was given before.

use super::extract::{Id, Params};
use super::list;
use crate::domain::id::AgentId;
use crate::domain::request::PastInput;
use crate::error::AppError;
use crate::server::doors::caller::Caller;
use crate::server::doors::problem::Answer;
use crate::server::state::AppState;
use crate::server::store::inputs::AMONG;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

/// How many inputs are listed unless asked otherwise, and at most.
const LIMIT: u64 = 50;
const MAX_LIMIT: u64 = 200;
/// Longest text that is looked for, in bytes.
const MAX_TEXT: usize = 1_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputParams {
    #[serde(default)]
    q: String,
    limit: Option<String>,
}

/// Inputs, and how they were looked for.
#[derive(Serialize)]
pub struct Inputs {
    /// Newest first.
    data: Vec<PastInput>,
    applied_filters: AppliedFilters,
}

#[derive(Serialize)]
struct AppliedFilters {
    q: Option<String>,
    limit: u64,
    /// How many of the agent's newest runs they were looked for among.
    newest_runs: i64,
}

/// `GET /api/agents/{id}/inputs?q=&limit=50`: its last inputs, each once, newest first; with `q` those that contain it.
pub async fn list(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Id(agent): Id<AgentId>,
    Params(params): Params<InputParams>,
) -> Answer<Json<Inputs>> {
    let limit = list::limit(params.limit.as_deref(), LIMIT, MAX_LIMIT)?;
    let q = Some(params.q).filter(|q| !q.is_empty());
    if q.as_ref().is_some_and(|q| q.len() > MAX_TEXT || q.contains('\0')) {
        let text = format!("must be text of at most {MAX_TEXT} bytes, without the character NUL.");
        return Err(AppError::invalid_field("q", text).into());
    }
    let data = state.store.past_inputs(&scope, agent, q.as_deref(), limit).await?;
    Ok(Json(Inputs { data, applied_filters: AppliedFilters { q, limit, newest_runs: AMONG } }))
}
