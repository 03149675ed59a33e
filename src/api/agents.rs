//! Agents, for the pages.

use crate::api::json::Json;
use crate::domain::agent::AgentInput;
use crate::domain::id::AgentId;
use crate::domain::live::ServerMessage;
use crate::domain::model::ModelChoices;
use crate::error::AppError;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// Snapshot of the `agents` topic: every agent's row.
#[server(prefix = "/ui", endpoint = "agents", input = GetUrl, output = Json)]
pub async fn agents_snapshot() -> Result<ServerMessage, AppError> {
    use crate::{domain::live::Topic, server::door};
    door::serve(async |state, scope| Ok(state.snapshots.read(&scope, Topic::Agents).await?)).await
}

/// Snapshot of `agent:{id}`: the agent and its newest 20 runs.
#[server(prefix = "/ui", endpoint = "agent", input = GetUrl, output = Json)]
pub async fn agent_snapshot(id: AgentId) -> Result<ServerMessage, AppError> {
    use crate::{domain::live::Topic, server::door};
    door::serve(async |state, scope| Ok(state.snapshots.read(&scope, Topic::Agent(id)).await?)).await
}

/// Makes an agent; answers its id.
#[server(prefix = "/ui", endpoint = "agents/create", input = Json, output = Json)]
pub async fn create_agent(input: AgentInput) -> Result<AgentId, AppError> {
    use crate::server::door;
    door::serve(async |state, scope| Ok(state.agents.create(&scope, input).await?.id)).await
}

/// The models a form offers.
#[server(prefix = "/ui", endpoint = "models", input = GetUrl, output = Json)]
pub async fn list_models() -> Result<ModelChoices, AppError> {
    use crate::server::door;
    door::serve(async |state, _scope| Ok(state.models.choices())).await
}
