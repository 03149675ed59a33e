//! Follows the engine's events: puts each agent's into their order, notices what is missing, and passes on what is due to the
//! watchers, to the list and to the figures.

use super::holds;
use super::hub::{Channel, Hub};
use super::lanes::Lanes;
use super::pulse::{self, Mark};
use super::run_news::{self, ChangedRuns};
use super::sequencer::{HOLD_MS, Sequencer};
use super::totals::{self, Figures};
use crate::domain::id::{AgentId, OwnerId};
use crate::server::runs::events::{Event, EventKind};
use crate::server::store::error::StoreResult;
use std::collections::HashMap;
use std::future::pending;
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::{oneshot, watch};
use tokio_util::sync::CancellationToken;

/// How often the database is asked for changes that other processes made.
const LOOK_ROUND: Duration = Duration::from_secs(2);
/// How often the 24-hour figures are refreshed though nothing has happened.
const REFRESH: Duration = Duration::from_secs(60);

/// Follows the events until `closing`. Whoever watches already gets a snapshot: changes may have been missed before.
pub(super) async fn follow(
    hub: Hub,
    events: Receiver<Event>,
    changes: watch::Receiver<()>,
    closing: CancellationToken,
) {
    hub.resync(|_| true);
    let (marks, marked) = unbounded_channel();
    let (figures, runs) = (Figures::default(), ChangedRuns::default());
    let order = Order {
        hub: hub.clone(),
        agents: HashMap::new(),
        lanes: Lanes::new(hub.clone()),
        marks,
        figures: &figures,
        runs: &runs,
        overtaken: false,
    };
    tokio::select! {
        () = closing.cancelled() => {}
        () = order.keep(events) => {}
        () = pulse::keep(&hub, marked) => {}
        () = totals::keep(&hub, &figures) => {}
        () = run_news::keep(&hub, &runs) => {}
        () = holds::keep(&hub, changes) => {}
    }
}

struct Order<'a> {
    hub: Hub,
    agents: HashMap<AgentId, Known>,
    lanes: Lanes,
    /// Rows of the list that have changed.
    marks: UnboundedSender<Mark>,
    figures: &'a Figures,
    /// Runs that have changed.
    runs: &'a ChangedRuns,
    /// An agent has come or gone while the database is being looked at: what it says of agents may be older.
    overtaken: bool,
}

/// An agent of which an event has come.
struct Known {
    owner: OwnerId,
    order: Sequencer<EventKind>,
}

impl Known {
    fn of(owner: OwnerId) -> Self {
        Self { owner, order: Sequencer::default() }
    }
}

type Seqs = StoreResult<HashMap<AgentId, (OwnerId, i64)>>;

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
                        self.figures.all_changed(&self.hub);
                        self.runs.all_changed(&self.hub);
                        self.agents.clear();
                        self.hub.resync(|_| true);
                    }
                    Err(RecvError::Closed) => return,
                },
                _ = holes.tick(), if self.agents.values().any(|known| known.order.is_waiting()) => self.look_for_holes(),
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
                    self.hub.resync(|channel| matches!(channel, Channel::Agents(_)));
                    self.figures.all_changed(&self.hub);
                }
            }
        }
    }

    fn now(&self) -> i64 {
        self.hub.store().now().ms()
    }

    fn hear(&mut self, Event { owner, agent, seq, kind }: Event) {
        self.figures.changed(owner);
        self.runs.changed(owner, kind.run().map(|run| run.id));
        self.overtaken |= matches!(kind, EventKind::AgentDeleted) || !self.agents.contains_key(&agent);
        if matches!(kind, EventKind::AgentDeleted) {
            // Whatever was still missing no longer matters.
            self.agents.remove(&agent);
            return self.deliver(owner, agent, seq, kind);
        }
        let now = self.now();
        let known = self.agents.entry(agent).or_insert_with(|| Known::of(owner));
        for (seq, kind) in known.order.offer(seq, kind, now) {
            self.deliver(owner, agent, seq, kind);
        }
    }

    fn deliver(&mut self, owner: OwnerId, agent: AgentId, seq: i64, kind: EventKind) {
        let mark = match (kind.run(), &kind) {
            (Some(run), _) => Mark::run(owner, agent, run),
            (None, EventKind::AgentDeleted) => Mark::Gone(agent),
            (None, _) => Mark::Row(owner, agent),
        };
        let _ = self.marks.send(mark);
        self.lanes.deliver(owner, agent, seq, kind);
    }

    /// Called on a change of which no event has come.
    fn miss(&self, owner: OwnerId, agent: AgentId) {
        self.hub.missed(owner, agent);
        let _ = self.marks.send(Mark::Row(owner, agent));
    }

    fn look_for_holes(&mut self) {
        let now = self.now();
        let overdue = self
            .agents
            .iter_mut()
            .filter_map(|(agent, known)| known.order.overdue(now).then_some((known.owner, *agent)));
        for (owner, agent) in overdue.collect::<Vec<_>>() {
            self.miss(owner, agent);
        }
    }

    /// Holds what is known against the database: other processes change it too.
    fn compare(&mut self, seqs: &HashMap<AgentId, (OwnerId, i64)>) {
        let now = self.now();
        for (agent, (owner, seq)) in seqs {
            let known = self.agents.entry(*agent).or_insert_with(|| Known::of(*owner));
            if known.order.observed(*seq, now) {
                self.figures.changed(*owner);
                self.runs.changed(*owner, None);
                self.miss(*owner, *agent);
            }
        }
        // An agent that was known and is no longer there was deleted by another process.
        let gone: Vec<_> = self.agents.keys().copied().filter(|agent| !seqs.contains_key(agent)).collect();
        for agent in gone {
            let Some(Known { owner, order }) = self.agents.remove(&agent) else { continue };
            self.figures.changed(owner);
            self.runs.changed(owner, None);
            self.deliver(owner, agent, order.last().unwrap_or_default() + 1, EventKind::AgentDeleted);
        }
    }
}

/// Returns what has been read, once it has been; `None` if the reader gave up.
async fn arrived(looked: &mut Option<oneshot::Receiver<Seqs>>) -> Option<Seqs> {
    match looked {
        Some(seqs) => seqs.await.ok(),
        None => pending().await,
    }
}
