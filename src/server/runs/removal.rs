//! Deleting an agent: no new runs, stop what runs, wait a little, then delete it with everything it has.

use super::Runs;
use super::events::EventKind;
use crate::domain::id::AgentId;
use crate::server::store::error::StoreResult;
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
    let store = &runs.0.store;
    let stopping = store.begin_agent_deletion(scope, agent).await?;
    runs.stopped(agent, &stopping);
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until && store.has_active_runs(agent).await? {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let seq = store.delete_agent(scope, agent).await?;
    runs.0.events.publish(agent, seq, EventKind::AgentDeleted);
    Ok(())
}
