//! The live connection as the page sees it: how it stands, and a way to listen to a topic.
//!
//! It knows no WebSocket; `socket` drives it.

use crate::domain::id::AgentId;
use crate::domain::live::{ClientMessage, ServerMessage, Topic};
use crate::domain::time::Timestamp;
use crate::ui::model::live::link::terms::{Connection, Next, Standing};
use crate::ui::model::live::topics::Topics;
use crate::ui::model::seq::Outcome;
use leptos::prelude::*;
use std::sync::Arc;

type Handler = Arc<dyn Fn(&ServerMessage) -> Outcome + Send + Sync>;
type Sender = Arc<dyn Fn(&ClientMessage) + Send + Sync>;
type Waker = Arc<dyn Fn() + Send + Sync>;

struct Watcher {
    id: u64,
    topic: Topic,
    handler: Handler,
}

/// The page's one live connection.
#[derive(Clone, Copy)]
pub struct Live {
    state: RwSignal<Connection>,
    next: RwSignal<Next>,
    stale: RwSignal<bool>,
    /// When the page last knew everything; set while the connection is down.
    known_until: RwSignal<Option<Timestamp>>,
    pub(super) topics: StoredValue<Topics>,
    pub(super) sender: StoredValue<Option<Sender>>,
    pub(super) waker: StoredValue<Option<Waker>>,
    watchers: StoredValue<Vec<Watcher>>,
    next_id: StoredValue<u64>,
    /// The agents whose rows alone the list is to have; `None` for all.
    only: StoredValue<Option<Vec<AgentId>>>,
}

impl Live {
    /// Creates a connection that has not begun.
    pub fn new() -> Self {
        Self {
            state: RwSignal::new(Connection::None),
            next: RwSignal::new(Next::Nothing),
            stale: RwSignal::new(false),
            known_until: RwSignal::new(None),
            topics: StoredValue::new(Topics::default()),
            sender: StoredValue::new(None),
            waker: StoredValue::new(None),
            watchers: StoredValue::new(Vec::new()),
            next_id: StoredValue::new(0),
            only: StoredValue::new(None),
        }
    }

    /// Returns the connection of this page.
    pub fn from_context() -> Self {
        expect_context()
    }

    /// Returns how it stands; tracked.
    pub fn state(self) -> Connection {
        self.state.get()
    }

    /// Returns the next step while it is down; tracked.
    pub fn next(self) -> Next {
        self.next.get()
    }

    /// Whether it has been down for so long that what is shown cannot be taken for what is; tracked.
    pub fn is_stale(self) -> bool {
        self.stale.get()
    }

    /// Returns until when what is shown is known to be right, while the connection is down; tracked.
    pub fn known_until(self) -> Option<Timestamp> {
        self.known_until.get()
    }

    /// Whether changes arrive by themselves.
    pub fn is_live(self) -> bool {
        self.state.get_untracked() == Connection::Live
    }

    /// Connects without waiting for the next attempt.
    pub fn try_now(self) {
        if let Some(wake) = self.waker.get_value() {
            wake();
        }
    }

    /// Shows how the connection stands. `known` is asked once per loss, at its beginning; its result is returned.
    pub fn show(self, standing: Standing, known: impl FnOnce() -> Option<Timestamp>) -> Option<Timestamp> {
        match (standing.known, self.known_until.get_untracked()) {
            (Some(_), None) => put(self.known_until, known()),
            (None, Some(_)) => put(self.known_until, None),
            _ => {}
        }
        put(self.state, standing.connection);
        put(self.next, standing.next);
        put(self.stale, standing.stale);
        self.known_until.get_untracked()
    }

    /// Listens to a topic for as long as the caller lives and the signal names it. In the browser only.
    pub fn watch(
        self,
        topic: impl Fn() -> Option<Topic> + Send + Sync + 'static,
        handler: impl Fn(&ServerMessage) -> Outcome + Send + Sync + 'static,
    ) {
        let handler: Handler = Arc::new(handler);
        let topic = Memo::new(move |_| topic());
        Effect::new(move |_| {
            let Some(topic) = topic.get() else { return };
            let id = self.add(topic, handler.clone());
            on_cleanup(move || self.remove(id, topic));
        });
    }

    /// Asks on the topic of the list for the rows of these agents alone from now on, or for all.
    pub fn show_only(self, only: Option<Vec<AgentId>>) {
        if self.only.with_value(|known| *known == only) {
            return;
        }
        self.only.set_value(only);
        if self.watchers.with_value(|all| all.iter().any(|watcher| watcher.topic == Topic::Agents)) {
            self.subscribe(vec![Topic::Agents]);
        }
    }

    fn add(self, topic: Topic, handler: Handler) -> u64 {
        let id = self.next_id.get_value();
        self.next_id.set_value(id + 1);
        self.watchers.update_value(|all| all.push(Watcher { id, topic, handler }));
        // A second listener needs the snapshot as well, so the topic is asked for again.
        self.topics.update_value(|topics| topics.add(topic));
        self.subscribe(vec![topic]);
        id
    }

    fn remove(self, id: u64, topic: Topic) {
        // The page may be going away as a whole, this connection with it.
        _ = self.watchers.try_update_value(|all| all.retain(|watcher| watcher.id != id));
        if self.topics.try_update_value(|topics| topics.remove(topic)) == Some(true) {
            self.send(&ClientMessage::Unsubscribe { topics: vec![topic.to_string()], message_id: None });
        }
    }

    pub(super) fn subscribe(self, topics: Vec<Topic>) {
        if !topics.is_empty() {
            let only = self.only.get_value().filter(|_| topics.contains(&Topic::Agents));
            let topics = topics.iter().map(Topic::to_string).collect();
            self.send(&ClientMessage::Subscribe { topics, only, message_id: None });
        }
    }

    pub(super) fn send(self, message: &ClientMessage) {
        if let Some(Some(send)) = self.sender.try_get_value() {
            send(message);
        }
    }

    /// Hands a message to whoever listens to its topic, and asks for a snapshot where one of them missed something.
    pub fn dispatch(self, message: &ServerMessage) {
        let Some((topic, snapshot)) = address(message) else { return };
        if snapshot {
            self.topics.update_value(|topics| topics.on_snapshot(topic));
        }
        let handlers: Vec<Handler> = self.watchers.with_value(|all| {
            all.iter().filter(|watcher| watcher.topic == topic).map(|watcher| watcher.handler.clone()).collect()
        });
        let missed = handlers.iter().filter(|handle| handle(message) == Outcome::Resubscribe).count() > 0;
        if missed && self.topics.try_update_value(|topics| topics.missed(topic)) == Some(true) {
            self.subscribe(vec![topic]);
        }
    }
}

impl Default for Live {
    fn default() -> Self {
        Self::new()
    }
}

/// Sets a signal; notifies its readers only if the value is new.
fn put<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    signal.maybe_update(|old| {
        let new = *old != value;
        *old = value;
        new
    });
}

/// Returns a message's topic, and whether it is the topic's snapshot.
fn address(message: &ServerMessage) -> Option<(Topic, bool)> {
    use ServerMessage::*;
    match message {
        AgentState { topic, .. }
        | AgentsState { topic, .. }
        | RunState { topic, .. }
        | SummaryState { topic, .. }
        | HoldState { topic, .. }
        | RunsState { topic, .. } => Some((*topic, true)),
        RunUpdate { topic, .. }
        | StepUpdate { topic, .. }
        | OutputDelta { topic, .. }
        | AgentUpdate { topic, .. }
        | AgentDelta { topic, .. }
        | AgentDeleted { topic, .. } => Some((*topic, false)),
        Pong { .. } | Error { .. } => None,
    }
}
