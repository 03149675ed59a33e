//! The hub: hands what is sent to a topic, serialised once, to all who watch it.

use super::frame::Frame;
use super::{order, progress};
use crate::domain::id::AgentId;
use crate::domain::live::{ServerMessage, Topic};
use crate::server::runs::events::EventBus;
use crate::server::store::Store;
use crate::server::tasks::Tasks;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

/// Frames a watcher may fall behind before it gets a snapshot instead.
const BACKLOG: usize = 64;
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
    topics: Arc<Mutex<HashMap<Topic, broadcast::Sender<News>>>>,
}

impl Hub {
    pub fn new(store: Store) -> Self {
        Self { store, topics: Arc::default() }
    }

    /// Follows the events until `closing`.
    pub fn start(&self, events: &EventBus, closing: CancellationToken, tasks: &Tasks) {
        let (hub, bus, end) = (self.clone(), events.clone(), closing.clone());
        tasks.keep("live progress", move || progress::relay(hub.clone(), bus.subscribe_progress(), end.clone()));
        let (hub, bus) = (self.clone(), events.clone());
        tasks.keep("live updates", move || order::follow(hub.clone(), bus.subscribe(), closing.clone()));
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// Everything sent to a topic from now on.
    pub fn watch(&self, topic: Topic) -> broadcast::Receiver<News> {
        self.topics().entry(topic).or_insert_with(|| broadcast::Sender::new(BACKLOG)).subscribe()
    }

    /// Whether anybody watches.
    pub fn is_watched(&self, topic: Topic) -> bool {
        self.topics().get(&topic).is_some_and(|sender| sender.receiver_count() > 0)
    }

    /// Sends news to a topic's watchers.
    pub fn send(&self, topic: Topic, news: News) {
        if let Some(sender) = self.topics().get(&topic) {
            let _ = sender.send(news);
        }
    }

    /// Serialises an update and sends it to a topic's watchers.
    pub fn update(&self, topic: Topic, message: &ServerMessage) {
        self.send(topic, News::Update(Frame::of(message)));
    }

    pub(super) fn resync(&self, matching: impl Fn(&Topic) -> bool) {
        for (_, sender) in self.topics().iter().filter(|(topic, _)| matching(topic)) {
            let _ = sender.send(News::Resync);
        }
    }

    /// A change of which nothing is known but that there was one: watchers of the agent and of any run get snapshots.
    pub(super) fn missed(&self, agent: AgentId) {
        self.resync(|topic| *topic == Topic::Agent(agent) || matches!(topic, Topic::Run(_)));
    }

    /// Drops topics that nobody watches any longer.
    pub(super) fn sweep(&self) {
        self.topics().retain(|_, sender| sender.receiver_count() > 0);
    }

    fn topics(&self) -> MutexGuard<'_, HashMap<Topic, broadcast::Sender<News>>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
