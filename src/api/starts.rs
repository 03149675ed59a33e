//! Starting runs with something, for the pages.

use crate::codec::{Json, PostJson};
use crate::domain::id::{AgentId, RunId};
use crate::domain::request::{PastInput, RunRequest};
use crate::domain::views::start::StartForm;
use crate::error::AppError;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// Returns what the dialog shows for a run of an agent, or for one that repeats a run of it.
#[server(prefix = "/ui", endpoint = "starts/form", input = GetUrl, output = Json)]
pub async fn read_start_form(agent: AgentId, repeats: Option<RunId>) -> Result<StartForm, AppError> {
    use crate::server::doors::functions;
    functions::serve(async |state, scope| state.starts.form(&scope, agent, repeats).await).await
}

/// Returns the last inputs of an agent that contain a text.
#[server(prefix = "/ui", endpoint = "starts/inputs", input = GetUrl, output = Json)]
pub async fn find_inputs(agent: AgentId, text: String) -> Result<Vec<PastInput>, AppError> {
    use crate::server::doors::functions;
    functions::serve(async |state, scope| state.starts.inputs(&scope, agent, &text).await).await
}

/// Returns what a run was started with.
#[server(prefix = "/ui", endpoint = "starts/request", input = GetUrl, output = Json)]
pub async fn read_request(run: RunId) -> Result<RunRequest, AppError> {
    use crate::server::doors::functions;
    functions::serve(async |state, scope| Ok(state.store.run_request(&scope, run).await?)).await
}

/// Starts a task run of an agent, once for each `key`; returns the run's id.
#[server(prefix = "/ui", endpoint = "starts/new", protocol = PostJson)]
pub async fn start_run_with(agent: AgentId, request: RunRequest, key: String) -> Result<RunId, AppError> {
    use crate::{domain::run::Trigger, server::doors::functions};
    let arguments = (agent, request.clone());
    functions::serve_once("start with", &key, &arguments, async |state, scope| {
        Ok(state.starts.task(&scope, agent, request, Trigger::Manual).await?.id)
    })
    .await
}

/// Repeats a finished run, started with this instead, once for each `key`; returns the new run's id.
#[server(prefix = "/ui", endpoint = "starts/retry", protocol = PostJson)]
pub async fn retry_run_with(run: RunId, request: RunRequest, key: String) -> Result<RunId, AppError> {
    use crate::{domain::request::RunPatch, domain::run::Trigger, server::doors::functions};
    let arguments = (run, request.clone());
    functions::serve_once("retry with", &key, &arguments, async |state, scope| {
        Ok(state.starts.retry_with(&scope, run, RunPatch::whole(request), Trigger::Manual).await?.id)
    })
    .await
}
