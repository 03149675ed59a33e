//! Runs, for the pages.

use crate::codec::{Json, PostJson};
use crate::domain::id::{AgentId, RunId};
use crate::domain::step::payload::Side;
use crate::domain::views::run::RunDetail;
use crate::error::AppError;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// Returns one run with its steps and messages.
#[server(prefix = "/ui", endpoint = "run", input = GetUrl, output = Json)]
pub async fn read_run(id: RunId) -> Result<RunDetail, AppError> {
    use crate::server::doors::functions;
    functions::serve(async |state, scope| Ok(state.snapshots.run_detail(&scope, id).await?)).await
}

/// Returns what a step was given or what came of it, as far as it is kept.
#[server(prefix = "/ui", endpoint = "runs/payload", input = GetUrl, output = Json)]
pub async fn read_payload(run: RunId, position: i32, side: Side) -> Result<String, AppError> {
    use crate::server::{aside, doors::functions};
    functions::serve(async |state, scope| {
        let payload = state.store.payload(&scope, run, position, side).await?;
        Ok(aside::run(move || payload.text()).await?)
    })
    .await
}

/// Starts a task run of an agent, once for each `key`; returns the run's id.
#[server(prefix = "/ui", endpoint = "runs/start", protocol = PostJson)]
pub async fn start_run(agent_id: AgentId, key: String) -> Result<RunId, AppError> {
    use crate::{domain::request::RunRequest, domain::run::Trigger, server::doors::functions};
    functions::serve_once("start", &key, &agent_id, async |state, scope| {
        Ok(state.starts.task(&scope, agent_id, RunRequest::default(), Trigger::Manual).await?.id)
    })
    .await
}

/// Asks a run to stop. It shows as stopping until its executor has settled.
#[server(prefix = "/ui", endpoint = "runs/stop", protocol = PostJson)]
pub async fn stop_run(id: RunId) -> Result<(), AppError> {
    use crate::server::doors::functions;
    functions::serve(async |state, scope| {
        state.runs.stop(&scope, id).await?;
        Ok(())
    })
    .await
}

/// Repeats a finished run as a new one, once for each `key`; returns the new run's id.
#[server(prefix = "/ui", endpoint = "runs/retry", protocol = PostJson)]
pub async fn retry_run(id: RunId, key: String) -> Result<RunId, AppError> {
    use crate::{domain::run::Trigger, server::doors::functions};
    functions::serve_once("retry", &key, &id, async |state, scope| {
        Ok(state.starts.retry(&scope, id, Trigger::Manual).await?.id)
    })
    .await
}
