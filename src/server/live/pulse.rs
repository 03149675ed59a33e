//! The list's deltas: what runs changed in an agent's row, computed once per change, at most 4 a second per agent.

use super::hub::Hub;
use crate::domain::agent::{AgentRow, StripCell};
use crate::domain::id::AgentId;
use crate::domain::live::{AgentChange, AgentDelta, ServerMessage, Topic};
use crate::domain::run::AgentRun;
use crate::server::store::Store;
use crate::server::store::scope::Scope;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;
use tokio::time::Instant;

/// Time between two deltas of the same agent.
const PACE: Duration = Duration::from_millis(250);

/// What has changed in one row since its last delta.
#[derive(Default)]
struct Pending {
    /// Changed strip cells, by run.
    cells: BTreeMap<i64, StripCell>,
    /// The row is new or its settings have changed: send it whole.
    whole: bool,
}

/// Collects changes and sends them when they are due.
#[derive(Default)]
pub struct Pulses {
    pending: HashMap<AgentId, Pending>,
    last_sent: HashMap<AgentId, Instant>,
}

impl Pulses {
    /// A run of this agent has changed.
    pub fn mark_run(&mut self, agent: AgentId, run: &AgentRun) {
        self.pending.entry(agent).or_default().cells.insert(run.id.0, StripCell::from(run));
    }

    /// The whole row is to be sent.
    pub fn mark_row(&mut self, agent: AgentId) {
        self.pending.entry(agent).or_default().whole = true;
    }

    /// The agent is gone.
    pub fn forget(&mut self, agent: AgentId) {
        self.pending.remove(&agent);
        self.last_sent.remove(&agent);
    }

    fn due_at(&self, agent: AgentId) -> Option<Instant> {
        self.last_sent.get(&agent).map(|sent| *sent + PACE)
    }

    /// Completes when a delta may be sent; never while nothing has changed.
    pub async fn due(&self) {
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
    pub async fn flush(&mut self, hub: &Hub, store: &Store) {
        let now = Instant::now();
        let due: Vec<AgentId> =
            self.pending.keys().copied().filter(|agent| self.due_at(*agent).is_none_or(|at| at <= now)).collect();
        for agent in due {
            let Some(pending) = self.pending.remove(&agent) else { continue };
            self.last_sent.insert(agent, now);
            if !hub.is_watched(Topic::Agents) {
                continue;
            }
            match store.agent_rows(&Scope::local_owner(), Some(agent)).await {
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
    let (topic, seq) = (Topic::Agents, row.seq);
    let message = if pending.whole {
        ServerMessage::AgentUpdate { topic, seq, data: AgentChange::Row(Box::new(row)) }
    } else {
        let cells = pending.cells.into_values().rev().collect();
        ServerMessage::AgentDelta { topic, seq, data: Box::new(AgentDelta { id: row.id, pulse: row.pulse, cells }) }
    };
    hub.update(topic, &message);
}
