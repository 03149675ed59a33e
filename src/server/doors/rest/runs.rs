//! `/api/agents/{id}/runs` and `/api/runs`.

use super::conditional;
use super::extract::{Id, NoBody, OptionalBody, Params};
use super::list;
use crate::domain::agent::RECENT_RUNS;
use crate::domain::id::{AgentId, RunId};
use crate::domain::request::{RunInput, RunPatch};
use crate::domain::run::{AgentRun, Trigger};
use crate::domain::step::RunStep;
use crate::domain::time::Timestamp;
use crate::server::doors::caller::Caller;
use crate::server::doors::problem::Answer;
use crate::server::state::AppState;
use crate::server::store::inputs::RunWithInput;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

const MAX_LIMIT: u64 = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListParams {
    limit: Option<String>,
}

/// Response to starting a run.
#[derive(Serialize)]
pub struct RunStarted {
    pub run_id: RunId,
}

/// `GET /api/agents/{id}/runs?limit=20`: newest first, 1 to 100. 304 to a client that has them.
pub async fn list(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Id(agent): Id<AgentId>,
    Params(params): Params<ListParams>,
    headers: HeaderMap,
) -> Answer<Response> {
    let limit = list::limit(params.limit.as_deref(), RECENT_RUNS as u64, MAX_LIMIT)?;
    let accepts = conditional::accepted(&headers);
    let render = |runs| async move { conditional::rendered(&runs, accepts).await };
    let list = state.run_lists.read(&scope, agent, limit, accepts, render).await?;
    Ok(conditional::respond(&headers, list))
}

/// A run, and what it was given, whole.
#[derive(Serialize)]
pub struct WholeRun {
    #[serde(flatten)]
    run: AgentRun,
    #[serde(flatten)]
    given: RunInput,
    /// When that, and what its steps were given and gave, was removed; null while it is kept.
    payloads_removed_at: Option<Timestamp>,
}

/// `GET /api/runs/{id}`.
pub async fn show(State(state): State<AppState>, Caller(scope): Caller, Id(id): Id<RunId>) -> Answer<Json<WholeRun>> {
    let RunWithInput { run, given, removed_at } = state.store.run_with_input(&scope, id).await?;
    Ok(Json(WholeRun { run, given, payloads_removed_at: removed_at }))
}

/// `GET /api/runs/{id}/steps`: first to last.
pub async fn steps(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Id(id): Id<RunId>,
) -> Answer<Json<Vec<RunStep>>> {
    let mut steps = state.store.steps(&scope, id).await?;
    // Programs may still look for what a model said where it stood before `said`.
    for step in steps.iter_mut().filter(|step| step.said.is_some()) {
        (step.output, step.output_cut) = (step.said.clone(), step.said_cut);
    }
    Ok(Json(steps))
}

/// `POST /api/runs/{id}/stop`: 202 with the run; 409 when it is over.
pub async fn stop(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Id(id): Id<RunId>,
    _: NoBody,
) -> Answer<impl IntoResponse> {
    let run = state.runs.stop(&scope, id).await?;
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, format!("/api/runs/{id}"))], Json(run)))
}

/// `POST /api/runs/{id}/retry`: 202 with the new run's id; 409 unless the run is over. The body says what it is started with
/// otherwise than the original.
pub async fn retry(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Id(id): Id<RunId>,
    OptionalBody(patch): OptionalBody<RunPatch>,
) -> Answer<impl IntoResponse> {
    let run = state.starts.retry_with(&scope, id, patch, Trigger::Api).await?;
    let location = format!("/api/runs/{}", run.id);
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], Json(RunStarted { run_id: run.id })))
}
