//! The list's deltas: what runs changed in an agent's row, computed once per change, at most 4 a second per agent.

use super::frame::Frame;
use super::hub::{Hub, News};
use crate::domain::agent::{AgentRow, StripCell};
use crate::domain::id::{AgentId, OwnerId, RunId};
use crate::domain::live::{AgentChange, AgentDelta, ServerMessage, Topic};
use crate::domain::run::AgentRun;
use crate::server::store::which::Which;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::Instant;

/// Time between two deltas of the same agent.
const PACE: Duration = Duration::from_millis(250);

/// A change of one row.
#[derive(Debug)]
pub(super) enum Mark {
    /// A run of the agent has changed; what the strip shows of it.
    Run(OwnerId, AgentId, StripCell),
    /// The row is new or its settings have changed: it is sent whole.
    Row(OwnerId, AgentId),
    Gone(AgentId),
}

impl Mark {
    pub fn run(owner: OwnerId, agent: AgentId, run: &AgentRun) -> Self {
        Self::Run(owner, agent, StripCell::from(run))
    }
}

/// Changes in one row since its last delta.
struct Pending {
    /// The owner in whose list the row is.
    owner: OwnerId,
    /// Changed strip cells, by run.
    cells: BTreeMap<RunId, StripCell>,
    whole: bool,
}

impl Pending {
    fn of(owner: OwnerId) -> Self {
        Self { owner, cells: BTreeMap::new(), whole: false }
    }
}

/// Collects changes and sends them when they are due, for as long as there are some to come.
pub(super) async fn keep(hub: &Hub, mut marks: UnboundedReceiver<Mark>) {
    let mut pulses = Pulses::default();
    loop {
        tokio::select! {
            mark = marks.recv() => match mark {
                Some(mark) => pulses.take(mark),
                None => return,
            },
            () = pulses.due() => {
                // All that has happened by now is in the rows that are read.
                while let Ok(mark) = marks.try_recv() {
                    pulses.take(mark);
                }
                pulses.flush(hub).await;
            }
        }
    }
}

#[derive(Default)]
struct Pulses {
    pending: HashMap<AgentId, Pending>,
    last_sent: HashMap<AgentId, Instant>,
}

impl Pulses {
    fn take(&mut self, mark: Mark) {
        match mark {
            Mark::Run(owner, agent, cell) => {
                self.pending_of(owner, agent).cells.insert(cell.run_id, cell);
            }
            Mark::Row(owner, agent) => self.pending_of(owner, agent).whole = true,
            Mark::Gone(agent) => {
                self.pending.remove(&agent);
                self.last_sent.remove(&agent);
            }
        }
    }

    fn pending_of(&mut self, owner: OwnerId, agent: AgentId) -> &mut Pending {
        self.pending.entry(agent).or_insert_with(|| Pending::of(owner))
    }

    fn due_at(&self, agent: AgentId) -> Option<Instant> {
        self.last_sent.get(&agent).map(|sent| *sent + PACE)
    }

    /// Completes when a delta may be sent; never while nothing has changed.
    async fn due(&self) {
        let mut next: Option<Instant> = None;
        for agent in self.pending.keys() {
            match self.due_at(*agent) {
                None => return,
                Some(at) => next = Some(next.map_or(at, |next| next.min(at))),
            }
        }
        match next {
            Some(at) => tokio::time::sleep_until(at).await,
            None => std::future::pending().await,
        }
    }

    /// Sends what is due. Without watchers nothing is computed.
    async fn flush(&mut self, hub: &Hub) {
        let now = Instant::now();
        let due: Vec<AgentId> =
            self.pending.keys().copied().filter(|agent| self.due_at(*agent).is_none_or(|at| at <= now)).collect();
        for agent in due {
            let Some(pending) = self.pending.remove(&agent) else { continue };
            self.last_sent.insert(agent, now);
            let Some(scope) = hub.scope_of_row(pending.owner, agent) else { continue };
            match hub.store().agent_rows(&scope, Which::These(&[agent])).await {
                Ok(rows) => {
                    if let Some(row) = rows.into_iter().next() {
                        send(hub, row, pending);
                    }
                }
                Err(error) => {
                    tracing::warn!(%agent, %error, "computing a row's delta");
                    self.pending.insert(agent, pending);
                }
            }
        }
    }
}

fn send(hub: &Hub, row: AgentRow, pending: Pending) {
    let (owner, agent, topic, seq) = (pending.owner, row.id, Topic::Agents, row.seq);
    let message = if pending.whole {
        ServerMessage::AgentUpdate { topic, seq, data: AgentChange::Row(Box::new(row)) }
    } else {
        let cells = pending.cells.into_values().rev().collect();
        ServerMessage::AgentDelta { topic, seq, data: Box::new(AgentDelta { id: row.id, pulse: row.pulse, cells }) }
    };
    hub.send_row(owner, agent, News::Update(Frame::of(&message)));
}
