//! The event bus: what has been committed, for whoever wants to know. The engine knows none of its subscribers.

use crate::domain::id::AgentId;
use crate::domain::run::AgentRun;
use std::sync::Arc;
use tokio::sync::broadcast;

/// Events a slow subscriber may fall behind before it is told that it has lost some.
const CAPACITY: usize = 8_192;

/// Something that has been committed.
#[derive(Clone, Debug)]
pub struct Event {
    pub agent: AgentId,
    /// The agent's live sequence number of this change. Events may arrive out of this order.
    pub seq: i64,
    pub kind: EventKind,
}

/// What has changed.
#[derive(Clone, Debug)]
pub enum EventKind {
    RunCreated(Arc<AgentRun>),
    RunUpdated(Arc<AgentRun>),
    /// The agent was made or its settings were changed.
    AgentChanged,
    AgentDeleted,
}

/// Hands every event to every subscriber. Cheap to clone.
#[derive(Clone)]
pub struct EventBus(broadcast::Sender<Event>);

impl Default for EventBus {
    fn default() -> Self {
        Self(broadcast::Sender::new(CAPACITY))
    }
}

impl EventBus {
    /// Publishes what has been committed. Never waits; without subscribers it does nothing.
    pub fn publish(&self, agent: AgentId, seq: i64, kind: EventKind) {
        let _ = self.0.send(Event { agent, seq, kind });
    }

    /// Everything published from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.0.subscribe()
    }
}
