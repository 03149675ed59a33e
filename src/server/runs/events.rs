//! The event bus: what has been committed and how runs get on, for whoever wants to know. The engine knows none of its
//! subscribers.

use crate::domain::id::{AgentId, OwnerId, RunId};
use crate::domain::run::{AgentRun, RunStatus};
use crate::domain::step::RunStep;
use crate::server::execution::output::LiveOutput;
use std::sync::Arc;
use tokio::sync::{broadcast, watch};

/// Events a slow subscriber may fall behind before it loses some, which it notices.
const CAPACITY: usize = 8_192;

/// Something that has been committed.
#[derive(Clone, Debug)]
pub struct Event {
    /// The agent's.
    pub owner: OwnerId,
    pub agent: AgentId,
    /// The agent's live sequence number of this change. Events may arrive out of this order.
    pub seq: i64,
    pub kind: EventKind,
}

/// The kinds of change.
#[derive(Clone, Debug)]
pub enum EventKind {
    /// A run was accepted, or has come due, and waits for a worker.
    RunQueued(Arc<AgentRun>),
    /// It has begun.
    RunStarted(Arc<AgentRun>),
    /// It is where it was: a step has ended, it seems to loop or no longer does, a stop was asked for, its tags have changed, or somebody
    /// keeps it for good, or no longer.
    RunProgressed(Arc<AgentRun>),
    /// It is over. `before` is its status before, `None` where it was born over: skipped.
    RunEnded {
        run: Arc<AgentRun>,
        before: Option<RunStatus>,
    },
    /// Many of its runs were stopped or removed together: whoever shows them reads them again.
    RunsChanged,
    /// The agent was created or its settings were changed.
    AgentChanged,
    AgentDeleted,
}

impl EventKind {
    /// Returns the run that it is about, as it is now.
    pub fn run(&self) -> Option<&Arc<AgentRun>> {
        match self {
            Self::RunQueued(run) | Self::RunStarted(run) | Self::RunProgressed(run) | Self::RunEnded { run, .. } => {
                Some(run)
            }
            Self::RunsChanged | Self::AgentChanged | Self::AgentDeleted => None,
        }
    }

    /// Names a run's way from one status to another; `before` is `None` for a run that has just been created.
    pub fn of_run(before: Option<RunStatus>, run: AgentRun) -> Self {
        let (now, run) = (run.status, Arc::new(run));
        match before {
            Some(before) if before == now => Self::RunProgressed(run),
            _ if now.is_terminal() => Self::RunEnded { run, before },
            None => Self::RunQueued(run),
            Some(_) => Self::RunStarted(run),
        }
    }
}

/// How a run gets on between its transitions. Not numbered: steps carry their revision, output its offset.
#[derive(Clone, Debug)]
pub enum Progress {
    /// A step began or changed; committed.
    Step(Arc<RunStep>),
    Output(Arc<OutputPiece>),
}

/// A model call's output since the last piece.
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
    /// Holds come and go with few words: whoever wants to know reads them again.
    holds: watch::Sender<()>,
}

impl Default for EventBus {
    fn default() -> Self {
        let (events, progress) = (broadcast::Sender::new(CAPACITY), broadcast::Sender::new(CAPACITY));
        Self { events, progress, holds: watch::Sender::new(()) }
    }
}

impl EventBus {
    /// Publishes what has been committed. Never waits; without subscribers it does nothing.
    pub fn publish(&self, owner: OwnerId, agent: AgentId, seq: i64, kind: EventKind) {
        let _ = self.events.send(Event { owner, agent, seq, kind });
    }

    /// Publishes a run's progress. Never waits; without subscribers it does nothing.
    pub fn progress(&self, progress: Progress) {
        let _ = self.progress.send(progress);
    }

    /// Called when somebody's hold has begun, has been changed or is released; committed.
    pub fn hold_changed(&self) {
        self.holds.send_replace(());
    }

    /// Subscribes to changes of holds from now on.
    pub fn subscribe_holds(&self) -> watch::Receiver<()> {
        self.holds.subscribe()
    }

    /// Subscribes to everything published from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// Subscribes to runs' progress from now on.
    pub fn subscribe_progress(&self) -> broadcast::Receiver<Progress> {
        self.progress.subscribe()
    }
}

#[cfg(test)]
mod tests;
