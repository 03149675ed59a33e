//! `/api/agents/{id}/threads` and `/api/threads`.

use super::extract::{Body, Id, NoBody};
use super::runs::RunStarted;
use crate::domain::id::{AgentId, ThreadId};
use crate::domain::run::Trigger;
use crate::domain::thread::{Message, NewMessage, NewThread, Thread, ThreadTitle};
use crate::server::doors::caller::Caller;
use crate::server::doors::problem::Answer;
use crate::server::state::AppState;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;

/// `GET /api/agents/{id}/threads`: newest first, at most 100.
pub async fn list(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Id(agent): Id<AgentId>,
) -> Answer<Json<Vec<Thread>>> {
    Ok(Json(state.store.threads(&scope, agent).await?))
}

/// `POST /api/agents/{id}/threads`: 201 with the new chat thread.
pub async fn create(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Id(agent): Id<AgentId>,
    Body(new): Body<NewThread>,
) -> Answer<impl IntoResponse> {
    let thread = state.threads.create(&scope, agent, new).await?;
    Ok((StatusCode::CREATED, Json(thread)))
}

/// `PATCH /api/threads/{id}`: names the thread.
pub async fn rename(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Id(thread): Id<ThreadId>,
    Body(to): Body<ThreadTitle>,
) -> Answer<Json<Thread>> {
    Ok(Json(state.threads.rename(&scope, thread, to).await?))
}

/// `DELETE /api/threads/{id}`: 204; its runs that are not over are stopped, and all of them stay on record.
pub async fn delete(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Id(thread): Id<ThreadId>,
) -> Answer<StatusCode> {
    state.threads.delete(&scope, thread).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /api/threads/{id}/messages`: oldest first.
pub async fn messages(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Id(thread): Id<ThreadId>,
) -> Answer<Json<Vec<Message>>> {
    Ok(Json(state.store.messages(&scope, thread).await?))
}

/// `POST /api/threads/{id}/messages`: 201 with the stored message.
pub async fn post_message(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Id(thread): Id<ThreadId>,
    Body(new): Body<NewMessage>,
) -> Answer<impl IntoResponse> {
    let message = state.threads.post(&scope, thread, new).await?;
    Ok((StatusCode::CREATED, Json(message)))
}

/// `POST /api/threads/{id}/run`: 202 with the id of the run that answers the thread's messages so far.
pub async fn run(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Id(thread): Id<ThreadId>,
    _: NoBody,
) -> Answer<impl IntoResponse> {
    let run = state.runs.accept_thread_run(&scope, thread, Trigger::Api).await?;
    let location = format!("/api/runs/{}", run.id);
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], Json(RunStarted { run_id: run.id })))
}
