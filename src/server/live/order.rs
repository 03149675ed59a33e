//! Follows the engine's events: puts each agent's into their order, notices what is missing, and passes on what is due to the
//! watchers, to the list and to the figures.

use super::hub::{Hub, News};
use super::lanes::Lanes;
use super::pulse::{self, Mark};
use super::sequencer::{HOLD_MS, Sequencer};
use super::totals;
use crate::domain::id::AgentId;
use crate::domain::live::Topic;
use crate::server::runs::events::{Event, EventKind};
use crate::server::store::error::StoreResult;
use std::collections::HashMap;
use std::future::pending;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::{Notify, oneshot};
use tokio_util::sync::CancellationToken;

/// How often the database is asked for changes that other processes made.
const LOOK_ROUND: Duration = Duration::from_secs(2);
/// How often the 24-hour figures are refreshed though nothing has happened.
const REFRESH: Duration = Duration::from_secs(60);

/// Follows the events until `closing`. Whoever watches already gets a snapshot: changes may have been missed before.
pub(super) async fn follow(hub: Hub, events: Receiver<Event>, closing: CancellationToken) {
    hub.resync(|_| true);
    let (marks, marked) = unbounded_channel();
    let figures = Notify::new();
    let order = Order {
        hub: hub.clone(),
        agents: HashMap::new(),
        lanes: Lanes::new(hub.clone()),
        marks,
        figures: &figures,
        overtaken: false,
    };
    tokio::select! {
        () = closing.cancelled() => {}
        () = order.keep(events) => {}
        () = pulse::keep(&hub, marked) => {}
        () = totals::keep(&hub, &figures) => {}
    }
}

struct Order<'a> {
    hub: Hub,
    agents: HashMap<AgentId, Sequencer<EventKind>>,
    lanes: Lanes,
    /// Rows of the list that have changed.
    marks: UnboundedSender<Mark>,
    /// Notified when the figures may have changed.
    figures: &'a Notify,
    /// An agent has come or gone while the database is being looked at: what it says of agents may be older.
    overtaken: bool,
}

type Seqs = StoreResult<HashMap<AgentId, i64>>;

impl Order<'_> {
    async fn keep(mut self, mut events: Receiver<Event>) {
        let mut holes = tokio::time::interval(Duration::from_millis(HOLD_MS as u64 / 2));
        let mut look = tokio::time::interval(LOOK_ROUND);
        let mut refresh = tokio::time::interval(REFRESH);
        for timer in [&mut holes, &mut look, &mut refresh] {
            timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        }
        refresh.reset();
        let mut looked: Option<oneshot::Receiver<Seqs>> = None;
        loop {
            tokio::select! {
                event = events.recv() => match event {
                    Ok(event) => self.hear(event),
                    Err(RecvError::Lagged(lost)) => {
                        tracing::warn!(lost, "the live hub fell behind; watchers get snapshots");
                        self.figures.notify_one();
                        self.agents.clear();
                        self.hub.resync(|_| true);
                    }
                    Err(RecvError::Closed) => return,
                },
                _ = holes.tick(), if self.agents.values().any(Sequencer::is_waiting) => self.look_for_holes(),
                _ = look.tick(), if looked.is_none() => {
                    self.hub.sweep();
                    self.overtaken = false;
                    let (done, seqs) = oneshot::channel();
                    let store = self.hub.store().clone();
                    tokio::spawn(async move { done.send(store.live_seqs().await) });
                    looked = Some(seqs);
                }
                seqs = arrived(&mut looked) => {
                    looked = None;
                    match seqs {
                        Some(Ok(_)) if self.overtaken => {}
                        Some(Ok(seqs)) => self.compare(&seqs),
                        Some(Err(error)) => tracing::warn!(%error, "looking for changes of other processes"),
                        None => {}
                    }
                }
                _ = refresh.tick() => {
                    self.hub.send(Topic::Agents, News::Resync);
                    self.figures.notify_one();
                }
            }
        }
    }

    fn now(&self) -> i64 {
        self.hub.store().now().ms()
    }

    fn hear(&mut self, Event { agent, seq, kind }: Event) {
        self.figures.notify_one();
        self.overtaken |= matches!(kind, EventKind::AgentDeleted) || !self.agents.contains_key(&agent);
        if matches!(kind, EventKind::AgentDeleted) {
            // Whatever was still missing no longer matters.
            self.agents.remove(&agent);
            return self.deliver(agent, seq, kind);
        }
        let now = self.now();
        for (seq, kind) in self.agents.entry(agent).or_default().offer(seq, kind, now) {
            self.deliver(agent, seq, kind);
        }
    }

    fn deliver(&mut self, agent: AgentId, seq: i64, kind: EventKind) {
        let mark = match (kind.run(), &kind) {
            (Some(run), _) => Mark::run(agent, run),
            (None, EventKind::AgentDeleted) => Mark::Gone(agent),
            (None, _) => Mark::Row(agent),
        };
        let _ = self.marks.send(mark);
        self.lanes.deliver(agent, seq, kind);
    }

    /// A change of which no event has come.
    fn miss(&self, agent: AgentId) {
        self.hub.missed(agent);
        let _ = self.marks.send(Mark::Row(agent));
    }

    fn look_for_holes(&mut self) {
        let now = self.now();
        let overdue = self.agents.iter_mut().filter_map(|(agent, order)| order.overdue(now).then_some(*agent));
        for agent in overdue.collect::<Vec<_>>() {
            self.miss(agent);
        }
    }

    /// Holds what is known against the database: other processes change it too.
    fn compare(&mut self, seqs: &HashMap<AgentId, i64>) {
        let now = self.now();
        for (agent, seq) in seqs {
            if self.agents.entry(*agent).or_default().observed(*seq, now) {
                self.figures.notify_one();
                self.miss(*agent);
            }
        }
        // What was known and is no longer there was deleted by another process.
        let gone: Vec<_> = self.agents.keys().copied().filter(|agent| !seqs.contains_key(agent)).collect();
        for agent in gone {
            let last = self.agents.remove(&agent).and_then(|order| order.last()).unwrap_or_default();
            self.figures.notify_one();
            self.deliver(agent, last + 1, EventKind::AgentDeleted);
        }
    }
}

/// What has been read, once it has; `None` where reading came to nothing.
async fn arrived(looked: &mut Option<oneshot::Receiver<Seqs>>) -> Option<Seqs> {
    match looked {
        Some(seqs) => seqs.await.ok(),
        None => pending().await,
    }
}
