//! Agents, for the pages.

use crate::codec::{Json, PostJson};
use crate::domain::agent::{AgentContents, AgentSettings};
use crate::domain::id::AgentId;
use crate::domain::live::ServerMessage;
use crate::domain::model::ModelRates;
use crate::domain::views::agent::AgentDetail;
use crate::error::AppError;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// Returns the rows that the dashboard at an address with this query shows: every agent's, or where there are many those of a
/// page, and that of the open agent.
#[server(prefix = "/ui", endpoint = "agents", input = GetUrl, output = Json)]
pub async fn agents_snapshot(#[server(default)] query: String) -> Result<ServerMessage, AppError> {
    use crate::{server::doors::functions, ui::model::address::Address};
    let address = Address::from_query(&query);
    let listing = address.listing();
    functions::serve(async |state, scope| Ok(state.snapshots.agent_list(&scope, &listing, address.open).await?)).await
}

/// Returns a snapshot of `agent:{id}`: the agent and its newest 20 runs.
#[server(prefix = "/ui", endpoint = "agent", input = GetUrl, output = Json)]
pub async fn agent_snapshot(id: AgentId) -> Result<ServerMessage, AppError> {
    use crate::{domain::live::Topic, server::doors::functions};
    functions::serve(async |state, scope| Ok(state.snapshots.read(&scope, Topic::Agent(id)).await?)).await
}

/// Returns one agent with its newest runs, and what it has used this month.
#[server(prefix = "/ui", endpoint = "agent/detail", input = GetUrl, output = Json)]
pub async fn read_agent(id: AgentId) -> Result<AgentDetail, AppError> {
    use crate::server::doors::functions;
    functions::serve(async |state, scope| Ok(state.snapshots.agent_detail(&scope, id).await?)).await
}

/// Returns the charts of an agent's last 30 days as HTML.
#[server(prefix = "/ui", endpoint = "agent/overview", input = GetUrl, output = Json)]
pub async fn read_overview(id: AgentId) -> Result<String, AppError> {
    use crate::server::doors::functions;
    functions::serve(async |state, scope| Ok(state.snapshots.overview(&scope, id).await?)).await
}

/// Returns a snapshot of the `summary` topic: the figures of the last 24 hours.
#[server(prefix = "/ui", endpoint = "summary", input = GetUrl, output = Json)]
pub async fn summary_snapshot() -> Result<ServerMessage, AppError> {
    use crate::{domain::live::Topic, server::doors::functions};
    functions::serve(async |state, scope| Ok(state.snapshots.read(&scope, Topic::Summary).await?)).await
}

/// Creates an agent, once for each `key`; returns its id.
#[server(prefix = "/ui", endpoint = "agents/create", protocol = PostJson)]
pub async fn create_agent(settings: AgentSettings, key: String) -> Result<AgentId, AppError> {
    use crate::{domain::agent::Draft, server::doors::functions};
    functions::serve_once("create", &key, &settings, async |state, scope| {
        let draft = Draft::new(settings.clone(), None, Vec::new());
        Ok(state.agents.create(&scope, draft).await?.id)
    })
    .await
}

/// Creates an agent with the settings of another, once for each `key`; returns its id.
#[server(prefix = "/ui", endpoint = "agents/duplicate", protocol = PostJson)]
pub async fn duplicate_agent(id: AgentId, key: String) -> Result<AgentId, AppError> {
    use crate::server::doors::functions;
    functions::serve_once("duplicate", &key, &id, async |state, scope| {
        Ok(state.agents.duplicate(&scope, id, None).await?.id)
    })
    .await
}

/// Whether an agent may have this model, and what it costs; null where that is not known.
#[server(prefix = "/ui", endpoint = "models/check", input = GetUrl, output = Json)]
pub async fn check_model(model: String) -> Result<Option<ModelRates>, AppError> {
    use crate::server::doors::functions;
    functions::serve(async |state, _| state.agents.check_model(&model)).await
}

/// Returns in words what these settings would cost a month; `budget` is what is typed. Null where there is nothing to say.
#[server(prefix = "/ui", endpoint = "agents/estimate", input = GetUrl, output = Json)]
pub async fn estimate_cost(
    id: Option<AgentId>,
    model: String,
    schedule: String,
    time_zone: String,
    budget: String,
) -> Result<Option<String>, AppError> {
    use crate::{domain::money::NanoDollars, server::agents::estimates::Intended, server::doors::functions};
    functions::serve(async |state, scope| {
        let budget = NanoDollars::from_decimal(&budget);
        let intended = Intended { model: &model, schedule: &schedule, time_zone: &time_zone, budget };
        state.agents.estimate(&scope, id, intended).await
    })
    .await
}

/// Replaces an agent's settings, and returns the version that has them; refused if the agent is at another `version` by now,
/// with other settings.
#[server(prefix = "/ui", endpoint = "agents/replace", protocol = PostJson)]
pub async fn replace_agent(id: AgentId, settings: AgentSettings, version: i64) -> Result<i64, AppError> {
    use crate::{domain::agent::Draft, server::doors::functions};
    let draft = Draft::new(settings, Some(version), Vec::new());
    functions::serve(async |state, scope| state.agents.replace(&scope, id, draft).await).await
}

/// Gives an agent the settings of one of its versions again, once for each `key`; refused if it is at another `version` by
/// now.
#[server(prefix = "/ui", endpoint = "agents/restore", protocol = PostJson)]
pub async fn restore_version(
    id: AgentId,
    number: i64,
    version: i64,
    note: Option<String>,
    key: String,
) -> Result<(), AppError> {
    use crate::server::{agents::versions::Restoring, doors::functions};
    functions::serve_once("restore", &key, &(id, number, version, &note), async |state, scope| {
        let how = Restoring { from: Some(version), note: note.clone() };
        state.agents.restore(&scope, id, number, how).await?;
        Ok(())
    })
    .await
}

/// Holds back an agent's schedule or lets it go on.
#[server(prefix = "/ui", endpoint = "agents/pause", protocol = PostJson)]
pub async fn pause_agent(id: AgentId, paused: bool) -> Result<(), AppError> {
    use crate::server::doors::functions;
    functions::serve(async |state, scope| state.agents.set_paused(&scope, id, paused).await).await
}

/// Stops all runs of an agent, once for each `key`; returns how many.
#[server(prefix = "/ui", endpoint = "agents/stop", protocol = PostJson)]
pub async fn stop_agent_runs(id: AgentId, key: String) -> Result<u64, AppError> {
    use crate::server::doors::functions;
    functions::serve_once("stop-all", &key, &id, async |state, scope| Ok(state.runs.stop_all(&scope, id).await?)).await
}

/// Returns what would be deleted with an agent.
#[server(prefix = "/ui", endpoint = "agents/contents", input = GetUrl, output = Json)]
pub async fn read_contents(id: AgentId) -> Result<AgentContents, AppError> {
    use crate::server::doors::functions;
    functions::serve(async |state, scope| Ok(state.store.agent_contents(&scope, id).await?)).await
}

/// Stops an agent's runs and deletes it with all it has. Takes up to 5 seconds while runs settle.
#[server(prefix = "/ui", endpoint = "agents/delete", protocol = PostJson)]
pub async fn delete_agent(id: AgentId) -> Result<(), AppError> {
    use crate::server::doors::functions;
    functions::serve(async |state, scope| Ok(state.runs.delete_agent(scope, id).await?)).await
}
