//! The hub: orders what the engine publishes and hands it, serialised once, to the watchers of each topic.

use super::frame::Frame;
use super::progress;
use super::pulse::Pulses;
use super::sequencer::{HOLD_MS, Sequencer};
use super::totals::Totals;
use crate::domain::id::AgentId;
use crate::domain::live::{AgentChange, Deleted, ServerMessage, Topic};
use crate::domain::run::RunStatus;
use crate::server::runs::events::{Event, EventBus, EventKind};
use crate::server::store::Store;
use crate::server::store::scope::Scope;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

/// Frames a watcher may fall behind before it gets a snapshot instead.
const BACKLOG: usize = 64;
/// How often the database is asked for changes that other processes made.
const LOOK_ROUND: Duration = Duration::from_secs(2);
/// How often the 24-hour figures are refreshed though nothing has happened.
const REFRESH: Duration = Duration::from_secs(60);

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
    pub fn start(&self, events: &EventBus, closing: CancellationToken) {
        tokio::spawn(progress::relay(self.clone(), events.subscribe_progress(), closing.clone()));
        tokio::spawn(follow(self.clone(), events.subscribe(), closing));
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

    /// Drops topics that nobody watches any longer.
    fn sweep(&self) {
        self.topics().retain(|_, sender| sender.receiver_count() > 0);
    }

    fn topics(&self) -> MutexGuard<'_, HashMap<Topic, broadcast::Sender<News>>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn follow(hub: Hub, mut events: broadcast::Receiver<Event>, closing: CancellationToken) {
    let mut order: HashMap<AgentId, Sequencer<EventKind>> = HashMap::new();
    let mut pulses = Pulses::default();
    let mut totals = Totals::default();
    let mut holes = tokio::time::interval(Duration::from_millis(HOLD_MS as u64 / 2));
    let mut look = tokio::time::interval(LOOK_ROUND);
    let mut refresh = tokio::time::interval(REFRESH);
    for timer in [&mut holes, &mut look, &mut refresh] {
        timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    }
    refresh.reset();
    let now = || hub.store.now().ms();
    loop {
        tokio::select! {
            () = closing.cancelled() => return,
            event = events.recv() => {
                totals.mark();
                match event {
                // Whatever was still missing no longer matters.
                Ok(Event { agent, seq, kind: EventKind::AgentDeleted }) => {
                    order.remove(&agent);
                    deliver(&hub, &mut pulses, agent, seq, EventKind::AgentDeleted).await;
                }
                Ok(event) => {
                    let agent = event.agent;
                    for (seq, kind) in order.entry(agent).or_default().offer(event.seq, event.kind, now()) {
                        deliver(&hub, &mut pulses, agent, seq, kind).await;
                    }
                }
                Err(broadcast::error::RecvError::Lagged(lost)) => {
                    tracing::warn!(lost, "the live hub fell behind; watchers get snapshots");
                    order.clear();
                    hub.resync(|_| true);
                }
                Err(broadcast::error::RecvError::Closed) => return,
                }
            }
            _ = holes.tick(), if order.values().any(Sequencer::is_waiting) => {
                for (agent, order) in &mut order {
                    if order.overdue(now()) {
                        missed(&hub, &mut pulses, *agent);
                    }
                }
            }
            () = pulses.due() => pulses.flush(&hub, &hub.store).await,
            () = totals.due() => totals.flush(&hub, &hub.store).await,
            _ = look.tick() => {
                hub.sweep();
                match hub.store.live_seqs().await {
                    Ok(seqs) => {
                        for (agent, seq) in &seqs {
                            if order.entry(*agent).or_default().observed(*seq, now()) {
                                totals.mark();
                                missed(&hub, &mut pulses, *agent);
                            }
                        }
                        // What was known and is no longer there was deleted by another process.
                        let gone: Vec<_> = order.keys().copied().filter(|agent| !seqs.contains_key(agent)).collect();
                        for agent in gone {
                            let last = order.remove(&agent).and_then(|order| order.last()).unwrap_or_default();
                            totals.mark();
                            deliver(&hub, &mut pulses, agent, last + 1, EventKind::AgentDeleted).await;
                        }
                    }
                    Err(error) => tracing::warn!(%error, "looking for changes of other processes"),
                }
            }
            _ = refresh.tick() => {
                hub.send(Topic::Agents, News::Resync);
                totals.mark();
            }
        }
    }
}

/// A change of which no event has come: watchers of the agent and of any run get snapshots.
fn missed(hub: &Hub, pulses: &mut Pulses, agent: AgentId) {
    hub.resync(|topic| *topic == Topic::Agent(agent) || matches!(topic, Topic::Run(_)));
    pulses.mark_row(agent);
}

async fn deliver(hub: &Hub, pulses: &mut Pulses, agent: AgentId, seq: i64, kind: EventKind) {
    match kind {
        EventKind::RunQueued(run)
        | EventKind::RunStarted(run)
        | EventKind::RunProgressed(run)
        | EventKind::RunEnded { run, .. } => {
            pulses.mark_run(agent, &run);
            for topic in [Topic::Agent(agent), Topic::Run(run.id)] {
                if hub.is_watched(topic) {
                    // After a success something else may be normal. Without it the message is as true.
                    let normal = match (topic, run.status) {
                        (Topic::Agent(_), RunStatus::Success) => hub.store.normal(agent).await.ok().flatten(),
                        _ => None,
                    };
                    let data = Box::new((*run).clone());
                    hub.update(topic, &ServerMessage::RunUpdate { topic, seq, data, normal });
                }
            }
        }
        EventKind::RunsChanged => missed(hub, pulses, agent),
        EventKind::AgentChanged => {
            pulses.mark_row(agent);
            let topic = Topic::Agent(agent);
            if hub.is_watched(topic) {
                match hub.store.agent(&Scope::local_owner(), agent).await {
                    Ok((data, _)) => {
                        let data = AgentChange::Agent(Box::new(data));
                        hub.update(topic, &ServerMessage::AgentUpdate { topic, seq, data });
                    }
                    Err(_) => hub.send(topic, News::Resync),
                }
            }
        }
        EventKind::AgentDeleted => {
            let deleted = |topic| Frame::of(&ServerMessage::AgentDeleted { topic, seq, data: Deleted { id: agent } });
            pulses.forget(agent);
            // Its runs are gone too; whoever watches one finds that out by reading it again.
            hub.resync(|topic| matches!(topic, Topic::Run(_)));
            hub.send(Topic::Agent(agent), News::Deleted(deleted(Topic::Agent(agent))));
            hub.send(Topic::Agents, News::Update(deleted(Topic::Agents)));
        }
    }
}
