//! Deleting an agent: no new runs, stop what runs, wait a little, then delete it with everything it has.

use super::Runs;
use super::events::EventKind;
use crate::domain::id::{AgentId, OwnerId};
use crate::server::store::error::{StoreError, StoreResult};
use crate::server::store::removal::Stopping;
use crate::server::store::scope::Scope;
use std::time::Duration;
use tokio::time::Instant;

/// How long its runs have to settle.
const PATIENCE: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Deletes an agent with its threads, runs, messages and steps. Doing it again where it was left off is fine.
///
/// # Errors
/// No such agent.
pub async fn delete_agent(runs: &Runs, scope: &Scope, agent: AgentId) -> StoreResult<()> {
    let stopping = runs.0.store.begin_agent_deletion(scope, agent).await?;
    // Nobody finds the agent any more, and recovery takes up what is left.
    let says = "an agent's deletion has begun and is not finished; it goes on by itself";
    match finish(runs, scope.owner(), agent, &stopping).await {
        // Somebody else has finished it.
        Ok(()) | Err(StoreError::NoAgent(_)) => {}
        Err(error) if error.is_passing() => tracing::warn!(%agent, %error, "{says}"),
        Err(error) => tracing::error!(%agent, %error, "{says}"),
    }
    Ok(())
}

/// Takes up a deletion that nobody is at any longer.
///
/// # Errors
/// No such agent.
pub async fn resume(runs: &Runs, owner: OwnerId, agent: AgentId) -> StoreResult<()> {
    let stopping = runs.0.store.resume_agent_deletion(agent).await?;
    finish(runs, owner, agent, &stopping).await
}

async fn finish(runs: &Runs, owner: OwnerId, agent: AgentId, stopping: &Stopping) -> StoreResult<()> {
    let store = &runs.0.store;
    runs.stopped(owner, agent, stopping);
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until && store.has_active_runs(agent).await? {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let seq = store.delete_agent(agent).await?;
    runs.0.events.publish(owner, agent, seq, EventKind::AgentDeleted);
    Ok(())
}
