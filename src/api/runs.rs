//! Runs, for the pages.

use crate::codec::{Json, PostJson};
use crate::domain::id::{AgentId, RunId};
use crate::domain::step::payload::Side;
use crate::domain::views::run::RunDetail;
use crate::domain::views::runs::{RunsNews, RunsView};
use crate::error::AppError;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// Returns one run with its steps and messages.
#[server(prefix = "/ui", endpoint = "run", input = GetUrl, output = Json)]
pub async fn read_run(id: RunId) -> Result<RunDetail, AppError> {
    use crate::server::doors::functions;
    functions::serve(async |state, scope| Ok(state.snapshots.run_detail(&scope, id).await?)).await
}

/// Returns the steps of a run over time and their tokens, drawn as HTML; empty before there is a step.
#[server(prefix = "/ui", endpoint = "run/charts", input = GetUrl, output = Json)]
pub async fn read_run_charts(id: RunId) -> Result<String, AppError> {
    use crate::server::doors::functions;
    functions::serve(async |state, scope| Ok(state.snapshots.run_charts(&scope, id).await?)).await
}

/// Returns the page of runs that a query asks for, as in the page's address.
#[server(prefix = "/ui", endpoint = "runs", input = GetUrl, output = Json)]
pub async fn read_runs(query: String) -> Result<RunsView, AppError> {
    use crate::server::doors::{functions, runs_query::RunsQuery};
    functions::serve(async |state, scope| RunsQuery::read(&query)?.view(&state, &scope).await).await
}

/// Returns runs that are shown as they are now, `shown` being their ids with commas between; and, where `above` is given, how
/// many others the query has above that id.
#[server(prefix = "/ui", endpoint = "runs/news", input = GetUrl, output = Json)]
pub async fn read_runs_news(query: String, shown: String, above: Option<RunId>) -> Result<RunsNews, AppError> {
    use crate::server::doors::{functions, runs_query::RunsQuery};
    functions::serve(async |state, scope| {
        let filter = RunsQuery::read(&query)?.filter;
        let shown: Vec<RunId> = shown.split(',').filter_map(|id| id.parse().ok()).collect();
        Ok(state.snapshots.runs_news(&scope, &filter, &shown, above).await?)
    })
    .await
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

/// Asks a run to stop, once for each `key`. It shows as stopping until its executor has settled.
#[server(prefix = "/ui", endpoint = "runs/stop", protocol = PostJson)]
pub async fn stop_run(id: RunId, key: String) -> Result<(), AppError> {
    use crate::server::doors::functions;
    functions::serve_once("stop", &key, &id, async |state, scope| {
        state.runs.stop(&scope, id).await?;
        Ok(())
    })
    .await
}

/// Keeps a run for good, or no longer. Doing it twice is fine.
#[server(prefix = "/ui", endpoint = "runs/keep", protocol = PostJson)]
pub async fn keep_run(id: RunId, is_kept: bool) -> Result<(), AppError> {
    use crate::server::doors::functions;
    functions::serve(async |state, scope| {
        state.runs.keep(&scope, id, is_kept).await?;
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
