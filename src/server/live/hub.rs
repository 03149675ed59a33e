//! The hub: hands what is sent to a topic of one owner, serialised once, to all who watch it.

use super::frame::Frame;
use super::{order, progress};
use crate::domain::id::{AgentId, OwnerId, RunId};
use crate::domain::live::{ServerMessage, Topic};
use crate::server::runs::events::EventBus;
use crate::server::store::Store;
use crate::server::store::scope::Scope;
use crate::server::tasks::Tasks;
use parking_lot::{Mutex, MutexGuard};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

/// Frames a watcher may fall behind before it gets a snapshot instead.
const BACKLOG: usize = 64;

/// A topic as one owner watches it. Whatever the hub sends of an agent names the agent's owner, so nobody else's
/// watchers get it. Progress of a run does not name one: whose the run is was settled when its watcher's snapshot was
/// read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Channel {
    Agents(OwnerId),
    Summary(OwnerId),
    Hold(OwnerId),
    Runs(OwnerId),
    Agent(OwnerId, AgentId),
    Run(RunId),
}

impl Channel {
    pub fn of(scope: &Scope, topic: Topic) -> Self {
        match topic {
            Topic::Agents => Self::Agents(scope.owner()),
            Topic::Summary => Self::Summary(scope.owner()),
            Topic::Hold => Self::Hold(scope.owner()),
            Topic::Runs => Self::Runs(scope.owner()),
            Topic::Agent(id) => Self::Agent(scope.owner(), id),
            Topic::Run(id) => Self::Run(id),
        }
    }
}

/// News for the watchers of a topic.
#[derive(Clone, Debug)]
pub enum News {
    /// A change with a number. The list's carry one agent's each.
    Update(Frame),
    /// A step or a piece of output of a run, which order themselves.
    Progress(Frame),
    /// The thing is gone: the last frame of its topic.
    Deleted(Frame),
    /// Updates are missing: read a snapshot.
    Resync,
}

/// Cheap to clone; every clone is the same hub.
#[derive(Clone)]
pub struct Hub {
    store: Store,
    channels: Arc<Mutex<Channels>>,
    /// Watchers of some rows of the list, each by itself.
    rows: Arc<Mutex<Vec<WatchedRows>>>,
}

type Channels = HashMap<Channel, Watched>;

struct Watched {
    sender: broadcast::Sender<News>,
    /// Scope of those who watch; what is sent to them is read within it.
    scope: Scope,
    /// The agent of a run, once a snapshot of the run has been read.
    agent: Option<AgentId>,
}

struct WatchedRows {
    watched: Watched,
    only: Arc<[AgentId]>,
}

impl WatchedRows {
    fn has(&self, owner: OwnerId, agent: AgentId) -> bool {
        self.watched.scope.owner() == owner && self.only.contains(&agent)
    }
}

impl Hub {
    pub fn new(store: Store) -> Self {
        Self { store, channels: Arc::default(), rows: Arc::default() }
    }

    /// Follows the events until `closing`.
    pub fn start(&self, events: &EventBus, closing: CancellationToken, tasks: &Tasks) {
        let (hub, bus, end) = (self.clone(), events.clone(), closing.clone());
        tasks.keep("live progress", move || progress::relay(hub.clone(), bus.subscribe_progress(), end.clone()));
        let (hub, bus) = (self.clone(), events.clone());
        tasks.keep("live updates", move || {
            order::follow(hub.clone(), bus.subscribe(), bus.subscribe_holds(), closing.clone())
        });
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// Subscribes to everything sent to a topic within a scope from now on.
    pub fn watch(&self, scope: &Scope, topic: Topic) -> broadcast::Receiver<News> {
        let new = || Watched { sender: broadcast::Sender::new(BACKLOG), scope: *scope, agent: None };
        self.channels().entry(Channel::of(scope, topic)).or_insert_with(new).sender.subscribe()
    }

    /// Takes note of the agent of a run that is watched: what is missed of other agents does not concern its watchers.
    pub(super) fn belongs_to(&self, run: RunId, agent: AgentId) {
        if let Some(watched) = self.channels().get_mut(&Channel::Run(run)) {
            watched.agent = Some(agent);
        }
    }

    /// Subscribes to what is sent of these agents' rows of the list from now on.
    pub fn watch_rows(&self, scope: &Scope, only: &Arc<[AgentId]>) -> broadcast::Receiver<News> {
        let watched = Watched { sender: broadcast::Sender::new(BACKLOG), scope: *scope, agent: None };
        let news = watched.sender.subscribe();
        self.rows.lock().push(WatchedRows { watched, only: Arc::clone(only) });
        news
    }

    /// Returns the scope of those who watch the row of an agent, with all others or by itself; `None` where nobody does.
    pub(super) fn scope_of_row(&self, owner: OwnerId, agent: AgentId) -> Option<Scope> {
        self.scope_of(Channel::Agents(owner)).or_else(|| {
            let rows = self.rows.lock();
            rows.iter().find(|rows| rows.has(owner, agent) && rows.watched.is_watched()).map(|rows| rows.watched.scope)
        })
    }

    /// Sends news of an agent's row to whoever watches it.
    pub(super) fn send_row(&self, owner: OwnerId, agent: AgentId, news: News) {
        self.send(Channel::Agents(owner), news.clone());
        for rows in self.rows.lock().iter().filter(|rows| rows.has(owner, agent)) {
            let _ = rows.watched.sender.send(news.clone());
        }
    }

    /// Whether anybody watches.
    pub fn is_watched(&self, channel: Channel) -> bool {
        self.scope_of(channel).is_some()
    }

    /// Returns the scope of those who watch; `None` where nobody does.
    pub(super) fn scope_of(&self, channel: Channel) -> Option<Scope> {
        let channels = self.channels();
        channels.get(&channel).filter(|watched| watched.is_watched()).map(|watched| watched.scope)
    }

    /// Returns the owners whose figures are watched.
    pub(super) fn owners_of_figures(&self) -> Vec<OwnerId> {
        self.owners(|channel| match channel {
            Channel::Summary(owner) => Some(*owner),
            _ => None,
        })
    }

    /// Returns the owners of whom it is watched whether everything is on hold.
    pub(super) fn owners_of_holds(&self) -> Vec<OwnerId> {
        self.owners(|channel| match channel {
            Channel::Hold(owner) => Some(*owner),
            _ => None,
        })
    }

    /// Returns the owners whose runs are watched all together.
    pub(super) fn owners_of_runs(&self) -> Vec<OwnerId> {
        self.owners(|channel| match channel {
            Channel::Runs(owner) => Some(*owner),
            _ => None,
        })
    }

    fn owners(&self, of: impl Fn(&Channel) -> Option<OwnerId>) -> Vec<OwnerId> {
        self.channels().keys().filter_map(of).collect()
    }

    /// Sends news to a channel's watchers.
    pub fn send(&self, channel: Channel, news: News) {
        if let Some(watched) = self.channels().get(&channel) {
            let _ = watched.sender.send(news);
        }
    }

    /// Serialises an update and sends it to a channel's watchers.
    pub fn update(&self, channel: Channel, message: &ServerMessage) {
        self.send(channel, News::Update(Frame::of(message)));
    }

    pub(super) fn resync(&self, matching: impl Fn(&Channel) -> bool) {
        for (_, watched) in self.channels().iter().filter(|(channel, _)| matching(channel)) {
            watched.resync();
        }
        for WatchedRows { watched, .. } in self.rows.lock().iter() {
            if matching(&Channel::Agents(watched.scope.owner())) {
                watched.resync();
            }
        }
    }

    /// Called on a change of which nothing else is known: watchers of the agent and of its runs get snapshots.
    pub(super) fn missed(&self, owner: OwnerId, agent: AgentId) {
        self.resync(|channel| *channel == Channel::Agent(owner, agent));
        self.resync_runs(agent);
    }

    /// Gives snapshots to the watchers of an agent's runs, and of those of which the agent is not known yet.
    pub(super) fn resync_runs(&self, agent: AgentId) {
        for (channel, watched) in self.channels().iter() {
            if matches!(channel, Channel::Run(_)) && watched.agent.is_none_or(|known| known == agent) {
                watched.resync();
            }
        }
    }

    /// Drops channels that nobody watches any longer.
    pub(super) fn sweep(&self) {
        self.channels().retain(|_, watched| watched.is_watched());
        self.rows.lock().retain(|rows| rows.watched.is_watched());
    }

    fn channels(&self) -> MutexGuard<'_, Channels> {
        self.channels.lock()
    }
}

impl Watched {
    fn is_watched(&self) -> bool {
        self.sender.receiver_count() > 0
    }

    fn resync(&self) {
        let _ = self.sender.send(News::Resync);
    }
}

#[cfg(test)]
mod tests;
