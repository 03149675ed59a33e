//! Runs, for the pages.

use crate::api::json::Json;
use crate::domain::id::{AgentId, RunId};
use crate::domain::live::Writing;
use crate::domain::run::AgentRun;
use crate::domain::step::RunStep;
use crate::domain::thread::Message;
use crate::domain::time::Timestamp;
use crate::domain::wire::by_value;
use crate::error::AppError;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

/// All that the page of one run shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunDetail {
    pub server_now: Timestamp,
    /// The agent's live counter when this was read.
    pub seq: i64,
    pub agent_name: String,
    #[serde(deserialize_with = "by_value")]
    pub run: AgentRun,
    #[serde(deserialize_with = "by_value")]
    pub steps: Vec<RunStep>,
    /// What the run was given and what it wrote, oldest first.
    #[serde(deserialize_with = "by_value")]
    pub messages: Vec<Message>,
    /// The run that repeats this one, if any; the newest.
    pub retried_as: Option<RunId>,
    #[serde(deserialize_with = "by_value")]
    pub writing: Writing,
}

/// One run with its steps and messages.
#[server(prefix = "/ui", endpoint = "run", input = GetUrl, output = Json)]
pub async fn read_run(id: RunId) -> Result<RunDetail, AppError> {
    use crate::server::door;
    door::serve(async |state, scope| Ok(state.snapshots.run_detail(&scope, id).await?)).await
}

/// Starts a task run of an agent; answers the run's id.
#[server(prefix = "/ui", endpoint = "runs/start", input = Json, output = Json)]
pub async fn start_run(agent_id: AgentId) -> Result<RunId, AppError> {
    use crate::{domain::run::Trigger, server::door};
    door::serve(async |state, scope| Ok(state.runs.execute_agent_task(&scope, agent_id, Trigger::Manual).await?.id))
        .await
}

/// Asks a run to stop. It shows as stopping until its executor has settled.
#[server(prefix = "/ui", endpoint = "runs/stop", input = Json, output = Json)]
pub async fn stop_run(id: RunId) -> Result<(), AppError> {
    use crate::server::door;
    door::serve(async |state, scope| {
        state.runs.stop(&scope, id).await?;
        Ok(())
    })
    .await
}

/// Repeats a finished run as a new one; answers the new run's id.
#[server(prefix = "/ui", endpoint = "runs/retry", input = Json, output = Json)]
pub async fn retry_run(id: RunId) -> Result<RunId, AppError> {
    use crate::{domain::run::Trigger, server::door};
    door::serve(async |state, scope| Ok(state.runs.retry(&scope, id, Trigger::Manual).await?.id)).await
}
