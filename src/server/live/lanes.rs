//! Hands each agent's changes to its watchers in their order. Reads that this needs happen in a lane of the agent's
//! own: a slow query holds up nobody else's changes.

use super::frame::Frame;
use super::hub::{Channel, Hub, News};
use crate::domain::id::{AgentId, OwnerId};
use crate::domain::live::{AgentChange, Deleted, ServerMessage, Topic};
use crate::domain::normal::Normal;
use crate::domain::run::{AgentRun, RunStatus};
use crate::server::runs::events::EventKind;
use crate::server::store::scope::Scope;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Changes in their order.
type Change = (i64, EventKind);

struct Lane {
    changes: UnboundedSender<Change>,
    /// How many of them are not yet delivered.
    waiting: Arc<AtomicUsize>,
}

/// Where changes wait for what is read. An agent has a lane only while one does.
pub(super) struct Lanes {
    hub: Hub,
    lanes: HashMap<AgentId, Lane>,
}

impl Lanes {
    pub fn new(hub: Hub) -> Self {
        Self { hub, lanes: HashMap::new() }
    }

    /// Delivers a change after those of the same agent that came before it.
    pub fn deliver(&mut self, owner: OwnerId, agent: AgentId, seq: i64, kind: EventKind) {
        let is_busy = |lane: &Lane| lane.waiting.load(Ordering::Acquire) > 0;
        self.lanes.retain(|_, lane| is_busy(lane));
        if !self.lanes.contains_key(&agent) {
            if needs_reading(&self.hub, owner, agent, &kind).is_none() {
                return tell(&self.hub, owner, agent, seq, &kind);
            }
            let (changes, queue) = unbounded_channel();
            let lane = Lane { changes, waiting: Arc::default() };
            tokio::spawn(work_off(self.hub.clone(), owner, agent, queue, Arc::clone(&lane.waiting)));
            self.lanes.insert(agent, lane);
        }
        if let Some(lane) = self.lanes.get(&agent) {
            lane.waiting.fetch_add(1, Ordering::AcqRel);
            if lane.changes.send((seq, kind)).is_err() {
                // It has panicked: what it held is lost.
                self.lanes.remove(&agent);
                self.hub.missed(owner, agent);
            }
        }
    }
}

async fn work_off(
    hub: Hub,
    owner: OwnerId,
    agent: AgentId,
    mut changes: UnboundedReceiver<Change>,
    waiting: Arc<AtomicUsize>,
) {
    while let Some((seq, kind)) = changes.recv().await {
        match needs_reading(&hub, owner, agent, &kind) {
            Some(scope) => read_and_tell(&hub, &scope, agent, seq, kind).await,
            None => tell(&hub, owner, agent, seq, &kind),
        }
        waiting.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Returns the watchers' scope where they need more than the event says.
fn needs_reading(hub: &Hub, owner: OwnerId, agent: AgentId, kind: &EventKind) -> Option<Scope> {
    let is_asked = match kind {
        // After a success something else may be normal.
        EventKind::RunEnded { run, .. } => run.status == RunStatus::Success,
        EventKind::AgentChanged => true,
        _ => false,
    };
    hub.scope_of(Channel::Agent(owner, agent)).filter(|_| is_asked)
}

async fn read_and_tell(hub: &Hub, scope: &Scope, agent: AgentId, seq: i64, kind: EventKind) {
    let (owner, topic) = (scope.owner(), Topic::Agent(agent));
    let channel = Channel::of(scope, topic);
    match kind {
        EventKind::RunEnded { run, .. } => {
            // Without it the message is as true.
            let normal = hub.store().normal(scope, agent, false).await.ok().flatten();
            tell_run(hub, owner, agent, seq, &run, normal);
        }
        EventKind::AgentChanged => match hub.store().agent(scope, agent).await {
            Ok((data, _)) => {
                let data = AgentChange::Agent(Box::new(data));
                hub.update(channel, &ServerMessage::AgentUpdate { topic, seq, data });
            }
            Err(_) => hub.send(channel, News::Resync),
        },
        kind => tell(hub, owner, agent, seq, &kind),
    }
}

fn tell(hub: &Hub, owner: OwnerId, agent: AgentId, seq: i64, kind: &EventKind) {
    if let Some(run) = kind.run() {
        return tell_run(hub, owner, agent, seq, run, None);
    }
    match kind {
        EventKind::RunsChanged => hub.missed(owner, agent),
        EventKind::AgentDeleted => {
            let deleted = |topic| Frame::of(&ServerMessage::AgentDeleted { topic, seq, data: Deleted { id: agent } });
            // Its runs are gone too; whoever watches one finds that out by reading it again.
            hub.resync_runs(agent);
            hub.send(Channel::Agent(owner, agent), News::Deleted(deleted(Topic::Agent(agent))));
            hub.send_row(owner, agent, News::Update(deleted(Topic::Agents)));
        }
        // Of an agent that nobody watches.
        _ => {}
    }
}

/// `normal`: what is normal for the agent from now on, for its own watchers.
fn tell_run(hub: &Hub, owner: OwnerId, agent: AgentId, seq: i64, run: &AgentRun, normal: Option<Normal>) {
    let of_agent = (Channel::Agent(owner, agent), Topic::Agent(agent), normal);
    for (channel, topic, normal) in [of_agent, (Channel::Run(run.id), Topic::Run(run.id), None)] {
        if hub.is_watched(channel) {
            hub.update(channel, &ServerMessage::RunUpdate { topic, seq, data: Box::new(run.clone()), normal });
        }
    }
}
