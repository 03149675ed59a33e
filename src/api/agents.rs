//! Agents, for the pages.

use crate::domain::agent::AgentInput;
use crate::domain::id::AgentId;
use crate::domain::live::ServerMessage;
use crate::error::AppError;
use leptos::prelude::*;
use leptos::server_fn::codec::{GetUrl, Json};
use serde::{Deserialize, Serialize};

/// A model one can choose in a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelChoice {
    /// `provider/model`.
    pub name: String,
    /// What it is, in a few words.
    pub note: String,
}

/// The models a form offers, and the one an agent gets when it names none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelChoices {
    pub default: String,
    pub choices: Vec<ModelChoice>,
    /// Whether a provider's key is configured; without one only the demo model answers.
    pub provider_configured: bool,
}

/// Snapshot of the `agents` topic: every agent's row.
#[server(prefix = "/ui", endpoint = "agents", input = GetUrl)]
pub async fn agents_snapshot() -> Result<ServerMessage, AppError> {
    use crate::{domain::live::Topic, server::door};
    door::serve(async |state, scope| state.snapshots.read(&scope, Topic::Agents).await).await
}

/// Snapshot of `agent:{id}`: the agent and its newest 20 runs.
#[server(prefix = "/ui", endpoint = "agent", input = GetUrl)]
pub async fn agent_snapshot(id: AgentId) -> Result<ServerMessage, AppError> {
    use crate::{domain::live::Topic, server::door};
    door::serve(async |state, scope| state.snapshots.read(&scope, Topic::Agent(id)).await).await
}

/// Makes an agent; answers its id.
#[server(prefix = "/ui", endpoint = "agents/create", input = Json)]
pub async fn create_agent(input: AgentInput) -> Result<AgentId, AppError> {
    use crate::server::door;
    door::serve(async |state, scope| Ok(state.agents.create(&scope, input).await?.id)).await
}

/// The models a form offers.
#[server(name = GetModelChoices, prefix = "/ui", endpoint = "models", input = GetUrl)]
pub async fn model_choices() -> Result<ModelChoices, AppError> {
    use crate::server::door;
    door::serve(async |state, _scope| Ok(state.models.choices())).await
}
