//! `/api/agents`.

use super::extract::{Body, Id, NoBody, OptionalBody};
use super::if_match::from_version;
use crate::domain::agent::{Agent, Draft};
use crate::domain::id::{AgentId, RunId, ThreadId};
use crate::domain::request::{RunPatch, RunRequest};
use crate::domain::run::Trigger;
use crate::server::doors::caller::Caller;
use crate::server::doors::problem::Answer;
use crate::server::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use garde::Validate;
use serde::{Deserialize, Serialize};

/// Response to starting a task.
#[derive(Serialize)]
pub struct TaskStarted {
    run_id: RunId,
    thread_id: ThreadId,
}

/// `GET /api/agents`: all, oldest first.
pub async fn list(State(state): State<AppState>, Caller(scope): Caller) -> Answer<Json<Vec<Agent>>> {
    let agents = state.store.agents(&scope).await?;
    Ok(Json(agents.into_iter().map(|(agent, _)| agent).collect()))
}

/// `POST /api/agents`: 201 with the agent and its address.
pub async fn create(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Body(draft): Body<Draft>,
) -> Answer<impl IntoResponse> {
    let agent = state.agents.create(&scope, draft).await?;
    let location = format!("/api/agents/{}", agent.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(agent)))
}

/// Body of a request to copy an agent.
#[derive(Default, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct DuplicateBody {
    /// The copy's name. Left out, it is called after its original.
    #[serde(default)]
    #[garde(skip)]
    name: Option<String>,
}

/// `POST /api/agents/{id}/duplicate`: 201 with the copy, which is paused, and its address.
pub async fn duplicate(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Id(id): Id<AgentId>,
    OptionalBody(DuplicateBody { name }): OptionalBody<DuplicateBody>,
) -> Answer<impl IntoResponse> {
    let agent = state.agents.duplicate(&scope, id, name).await?;
    let location = format!("/api/agents/{}", agent.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(agent)))
}

/// `GET /api/agents/{id}`.
pub async fn show(State(state): State<AppState>, Caller(scope): Caller, Id(id): Id<AgentId>) -> Answer<Json<Agent>> {
    Ok(Json(state.store.agent(&scope, id).await?.0))
}

/// `PUT /api/agents/{id}`: replaces every setting; what is left out gets its default. `If-Match` or `version` says which version
/// the change was made from.
pub async fn replace(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Id(id): Id<AgentId>,
    headers: HeaderMap,
    Body(draft): Body<Draft>,
) -> Answer<Json<Agent>> {
    let draft = Draft { version: from_version(draft.version, &headers)?, ..draft };
    Ok(Json(state.agents.replaced(&scope, id, draft).await?))
}

/// `DELETE /api/agents/{id}`: stops its runs, then deletes it with all it has. 204.
pub async fn delete(State(state): State<AppState>, Caller(scope): Caller, Id(id): Id<AgentId>) -> Answer<StatusCode> {
    state.runs.delete_agent(scope, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How many runs were stopped or asked to.
#[derive(Serialize)]
pub struct Stopped {
    stopped: u64,
}

/// `POST /api/agents/{id}/stop`: stops all its runs. 202 with their number, and the address of its runs.
pub async fn stop(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Id(id): Id<AgentId>,
    _: NoBody,
) -> Answer<impl IntoResponse> {
    let stopped = state.runs.stop_all(&scope, id).await?;
    let location = format!("/api/agents/{id}/runs");
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], Json(Stopped { stopped })))
}

/// `POST /api/agents/{id}/task` and `POST /api/agents/{id}/runs`: 202 with the ids of the run and its thread. The body says
/// what the run is given; without one it is given nothing.
pub async fn task(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Id(id): Id<AgentId>,
    OptionalBody(patch): OptionalBody<RunPatch>,
) -> Answer<impl IntoResponse> {
    let run = state.starts.task(&scope, id, patch.over(RunRequest::default()), Trigger::Api).await?;
    let location = format!("/api/runs/{}", run.id);
    let started = TaskStarted { run_id: run.id, thread_id: run.thread_id };
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], Json(started)))
}
