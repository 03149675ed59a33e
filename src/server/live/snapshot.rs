//! Snapshots: what a topic looks like now. The same for the WebSocket, for SSE and for the pages' first HTML.

use crate::domain::agent::RECENT_RUNS;
use crate::domain::id::{AgentId, RunId};
use crate::domain::live::{AgentState, RunState, ServerMessage, Topic};
use crate::server::runs::registry::Registry;
use crate::server::store::Store;
use crate::server::store::error::StoreResult;
use crate::server::store::scope::Scope;
use crate::server::store::transcripts::RunRecord;

/// Reads snapshots. Cheap to clone.
#[derive(Clone)]
pub struct Snapshots {
    store: Store,
    registry: Registry,
}

impl Snapshots {
    pub fn new(store: Store, registry: Registry) -> Self {
        Self { store, registry }
    }

    /// What a topic looks like now.
    ///
    /// # Errors
    /// No such agent or run.
    pub async fn read(&self, scope: &Scope, topic: Topic) -> StoreResult<ServerMessage> {
        match topic {
            Topic::Agents => self.agents(scope).await,
            Topic::Summary => self.summary(scope).await,
            Topic::Agent(id) => self.agent(scope, id).await,
            Topic::Run(id) => self.run(scope, id).await,
        }
    }

    async fn agents(&self, scope: &Scope) -> StoreResult<ServerMessage> {
        let data = self.store.agent_rows(scope, None).await?;
        Ok(ServerMessage::AgentsState { topic: Topic::Agents, server_now: self.store.now(), data })
    }

    async fn summary(&self, scope: &Scope) -> StoreResult<ServerMessage> {
        let data = Box::new(self.store.summary(scope).await?);
        Ok(ServerMessage::SummaryState { topic: Topic::Summary, server_now: self.store.now(), data })
    }

    async fn agent(&self, scope: &Scope, id: AgentId) -> StoreResult<ServerMessage> {
        let (agent, runs, seq) = self.store.agent_with_runs(scope, id, RECENT_RUNS as u64).await?;
        Ok(ServerMessage::AgentState {
            topic: Topic::Agent(id),
            seq,
            server_now: self.store.now(),
            data: Box::new(AgentState { agent, runs }),
        })
    }

    async fn run(&self, scope: &Scope, id: RunId) -> StoreResult<ServerMessage> {
        let RunRecord { run, seq, steps, .. } = self.store.run_record(scope, id).await?;
        let text = match self.registry.text(id) {
            Some(text) => text,
            // Over, or executed elsewhere.
            None => self.store.answer(id).await?.unwrap_or_default(),
        };
        Ok(ServerMessage::RunState {
            topic: Topic::Run(id),
            seq,
            server_now: self.store.now(),
            data: Box::new(RunState { run, steps, text }),
        })
    }
}

/// The sequence number a snapshot is at; 0 for the list, whose rows each carry their own, and for figures, which have
/// none.
pub fn seq_of(snapshot: &ServerMessage) -> i64 {
    match snapshot {
        ServerMessage::AgentState { seq, .. } | ServerMessage::RunState { seq, .. } => *seq,
        _ => 0,
    }
}
