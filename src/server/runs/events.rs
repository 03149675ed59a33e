//! The event bus: what has been committed and how runs get on, for whoever wants to know. The engine knows none of its
//! subscribers.

use crate::domain::id::{AgentId, RunId};
use crate::domain::run::AgentRun;
use crate::domain::step::RunStep;
use crate::server::execution::output::LiveOutput;
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
    /// Many of its runs at once: whoever shows them reads them again.
    RunsChanged,
    /// The agent was made or its settings were changed.
    AgentChanged,
    AgentDeleted,
}

/// How a run gets on between its transitions. Not numbered: steps carry their revision, output its offset.
#[derive(Clone, Debug)]
pub enum Progress {
    /// A step began or changed; committed.
    Step(Arc<RunStep>),
    Output(Arc<OutputPiece>),
}

/// What a model call has written since the last piece.
#[derive(Clone, Debug)]
pub struct OutputPiece {
    pub run: RunId,
    /// Position of the step.
    pub step: i32,
    /// Which beginning of the output it belongs to.
    pub begun: u32,
    /// Bytes before `text`; whatever was written from there on before is void.
    pub offset: usize,
    pub text: String,
    /// All of it.
    pub whole: LiveOutput,
}

/// Hands every event to every subscriber. Cheap to clone.
#[derive(Clone)]
pub struct EventBus {
    events: broadcast::Sender<Event>,
    progress: broadcast::Sender<Progress>,
}

impl Default for EventBus {
    fn default() -> Self {
        Self { events: broadcast::Sender::new(CAPACITY), progress: broadcast::Sender::new(CAPACITY) }
    }
}

impl EventBus {
    /// Publishes what has been committed. Never waits; without subscribers it does nothing.
    pub fn publish(&self, agent: AgentId, seq: i64, kind: EventKind) {
        let _ = self.events.send(Event { agent, seq, kind });
    }

    /// Tells how a run gets on. Never waits; without subscribers it does nothing.
    pub fn progress(&self, progress: Progress) {
        let _ = self.progress.send(progress);
    }

    /// Everything published from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// How runs get on from now on.
    pub fn subscribe_progress(&self) -> broadcast::Receiver<Progress> {
        self.progress.subscribe()
    }
}
