//! Retention as a service: removes what has had its time, in small transactions with rests between them, and says what it would
//! remove. The store decides what that is; here is decided when, and whether at all.

use crate::domain::id::{AgentId, RunId, ThreadId};
use crate::domain::retention::{Foresight, Grace, GraceReason, RetentionLimits};
use crate::domain::time::Timestamp;
use crate::server::runs::events::{EventBus, EventKind};
use crate::server::store::Store;
use crate::server::store::error::StoreResult;
use crate::server::store::retention::{Bounds, PrunedAgent, Removed, RetentionRecord};
use crate::server::store::scope::Scope;
use crate::server::tasks::Tasks;
use parking_lot::Mutex;
use serde::Serialize;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::time::sleep;

const EVERY: Duration = Duration::from_secs(60);
/// How long a round may go on. What is left is for the next.
const ROUND: Duration = Duration::from_secs(45);
/// Agents that are read together.
const AGENTS: i64 = 200;
/// Threads that are looked at in one transaction.
const THREADS: usize = 100;
/// Runs whose payloads are looked at in one transaction.
const PAYLOADS: usize = 100;

/// Cheap to clone.
#[derive(Clone)]
pub struct Retention {
    store: Store,
    events: EventBus,
    limits: RetentionLimits,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// Agents that had fewer runs than they may, and how many more there could be before that has to be counted again.
    room: HashMap<AgentId, Room>,
    /// Up to which run of an agent payloads have been looked for. Forgotten once a day.
    payloads: HashMap<AgentId, RunId>,
    payloads_since: Option<Timestamp>,
    grace: Option<GraceReason>,
    /// The agent at which time was up. The next round begins after it, so that none is left out for ever.
    cut_at: Option<AgentId>,
}

/// An agent has all the runs that it may have as long as not this many have come since a run of anybody's.
#[derive(Clone, Copy)]
struct Room {
    limit: i64,
    newest: RunId,
}

/// What has been removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    pub runs: u64,
    /// Runs that have lost their payloads only.
    pub payloads: u64,
    /// Whether there was no time for all of it.
    pub is_cut: bool,
}

/// Limits, and what they come to by now.
#[derive(Clone, Debug, Serialize)]
pub struct RetentionStatus {
    /// Those of the server; agents may have others.
    pub limits: RetentionLimits,
    /// Until when nothing is removed, and why; null where that is not so.
    pub grace: Option<Grace>,
    /// The caller's runs that would be removed by now.
    pub due: Foresight,
}

impl Retention {
    pub fn new(store: Store, events: EventBus, limits: RetentionLimits) -> Self {
        Self { store, events, limits, state: Arc::default() }
    }

    /// Removes what has had its time, from now on.
    pub fn start(&self, tasks: &Tasks) {
        if self.limits.are_off() {
            tracing::info!(
                "runs are kept for good, but those of agents with limits of their own: [retention] has none"
            );
        }
        let retention = self.clone();
        tasks.now_and_every("retention", EVERY, move || {
            let retention = retention.clone();
            async move { retention.round().await }
        });
    }

    /// Returns limits, and what of an owner's runs would be removed by now.
    pub async fn status(&self, scope: &Scope) -> StoreResult<RetentionStatus> {
        let now = self.store.now();
        let due = self.store.retention_foresight(scope, self.limits, now).await?;
        Ok(RetentionStatus { limits: self.limits, grace: self.grace().await?, due })
    }

    /// Returns until when nothing is removed.
    pub async fn grace(&self) -> StoreResult<Option<Grace>> {
        let record = self.store.retention_record().await?;
        Ok(RetentionRecord::grace_of(record.as_ref(), self.store.now()))
    }

    /// Keeps a record of the database being in use, removes what has had its time unless it is too soon for that, and gives back
    /// space.
    ///
    /// # Errors
    /// Those of the database. What was removed before stays so.
    pub async fn round(&self) -> StoreResult<()> {
        let until = Instant::now() + ROUND;
        // Read once: whatever the clock does from here on, nothing is older than what grace has been decided for.
        let now = self.store.now();
        let grace = self.store.note_seen(self.limits).await?;
        self.say(grace);
        let swept = if grace.is_none() { self.sweep(now, Some(until)).await.map(drop) } else { Ok(()) };
        while Instant::now() < until && self.store.give_back_some().await? {
            sleep(Duration::from_millis(5)).await;
        }
        swept
    }

    fn say(&self, grace: Option<Grace>) {
        let reason = grace.map(|grace| grace.reason);
        if std::mem::replace(&mut self.state.lock().grace, reason) == reason {
            return;
        }
        match grace {
            None => tracing::info!("retention removes from now on what has had its time"),
            Some(Grace { until, reason: GraceReason::New }) => {
                tracing::info!(%until, "retention is new to this database and removes nothing yet");
            }
            Some(Grace { until, reason: GraceReason::Unseen }) => tracing::warn!(
                %until,
                "the database was not in use for days, or the clock has jumped ahead: retention removes nothing yet"
            ),
        }
    }

    /// Removes what has had its time by `now`, until it is done or an instant has come.
    ///
    /// # Errors
    /// Those of the database. What was removed before stays so.
    pub async fn sweep(&self, now: Timestamp, until: Option<Instant>) -> StoreResult<Swept> {
        let mut sweep = Sweep { retention: self, now, until, swept: Swept::default(), newest: RunId(0) };
        sweep.newest = self.store.newest_run_of_all().await?;
        self.begin_payloads(now);
        let begin = until.and_then(|_| self.state.lock().cut_at.take());
        let (mut after, mut failed) = (begin.unwrap_or(AgentId(0)), None);
        loop {
            let agents = self.store.agents_to_prune(after, AGENTS).await?;
            for agent in &agents {
                match sweep.agent(agent).await {
                    Ok(()) => {}
                    Err(error) if error.is_passing() => return Err(error),
                    Err(error) => {
                        tracing::error!(agent = %agent.id, %error, "removing what has had its time; others go on");
                        failed = Some(error);
                    }
                }
                if sweep.swept.is_cut {
                    self.state.lock().cut_at = Some(agent.id);
                    return failed.map_or(Ok(sweep.swept), Err);
                }
            }
            match agents.last() {
                Some(last) if agents.len() as i64 == AGENTS => after = last.id,
                _ => return failed.map_or(Ok(sweep.swept), Err),
            }
        }
    }

    /// Once a day payloads are looked for from the beginning: what was held back may be no longer.
    fn begin_payloads(&self, now: Timestamp) {
        let mut state = self.state.lock();
        let is_old = |since: Timestamp| now.ms() - since.ms() >= crate::domain::retention::DAY_MS || now < since;
        if state.payloads_since.is_none_or(is_old) {
            state.payloads.clear();
            state.payloads_since = Some(now);
        }
    }
}

/// One round.
struct Sweep<'a> {
    retention: &'a Retention,
    now: Timestamp,
    until: Option<Instant>,
    swept: Swept,
    /// The newest run of all when it began.
    newest: RunId,
}

impl Sweep<'_> {
    fn is_late(&mut self) -> bool {
        self.swept.is_cut |= self.until.is_some_and(|until| Instant::now() >= until);
        self.swept.is_cut
    }

    async fn agent(&mut self, agent: &PrunedAgent) -> StoreResult<()> {
        let (store, limits) = (&self.retention.store, self.retention.limits);
        let runs = agent.limits(limits).runs;
        let known = self.retention.state.lock().room.get(&agent.id).copied();
        let has_all = known.is_some_and(|known| Some(known.limit) == runs && self.newest.0 < known.newest.0);
        let bounds = store.retention_bounds(agent, limits, self.now, has_all).await?;
        if let (Some(limit), None, false) = (runs, bounds.beyond, has_all) {
            let room = store.room_for_runs(agent.id, limit).await?;
            let newest = RunId(self.newest.0.saturating_add(room));
            self.retention.state.lock().room.insert(agent.id, Room { limit, newest });
        }
        let mut after = RunId(0);
        loop {
            let page = store.retention_candidates(agent, &bounds, (after, bounds.upto)).await?;
            for threads in page.threads.chunks(THREADS) {
                self.threads(agent, &bounds, threads).await?;
            }
            match page.last {
                _ if self.is_late() => return Ok(()),
                Some(last) => after = last,
                None => break,
            }
        }
        after = self.payloads_after(agent);
        loop {
            let page = store.retention_candidates(agent, &bounds, (after, bounds.payloads_upto)).await?;
            let runs = [page.payloads, page.payloads_of_old].concat();
            for runs in runs.chunks(PAYLOADS) {
                self.payloads(agent, &bounds, runs).await?;
            }
            match page.last {
                _ if self.is_late() => return Ok(()),
                Some(last) => after = last,
                None => break,
            }
        }
        self.retention.state.lock().payloads.insert(agent.id, bounds.payloads_upto);
        Ok(())
    }

    fn payloads_after(&self, agent: &PrunedAgent) -> RunId {
        self.retention.state.lock().payloads.get(&agent.id).copied().unwrap_or(RunId(0))
    }

    async fn threads(&mut self, agent: &PrunedAgent, bounds: &Bounds, threads: &[ThreadId]) -> StoreResult<()> {
        // Without a lock at first: what is held back would otherwise be written for in every round.
        let mut left = self.retention.store.old_threads(agent, bounds, threads).await?;
        while !left.is_empty() && !self.is_late() {
            let began = Instant::now();
            let (store, limits) = (&self.retention.store, self.retention.limits);
            let Some(batch) = store.remove_old_threads(agent, limits, bounds, &left).await? else { break };
            self.swept.runs += batch.removed.map_or(0, |removed| removed.runs);
            left = batch.left;
            self.after(batch.removed, began).await;
        }
        Ok(())
    }

    async fn payloads(&mut self, agent: &PrunedAgent, bounds: &Bounds, runs: &[RunId]) -> StoreResult<()> {
        let mut left = self.retention.store.old_payloads(agent, bounds, runs).await?;
        while !left.is_empty() && !self.is_late() {
            let began = Instant::now();
            let (store, limits) = (&self.retention.store, self.retention.limits);
            let Some(stripped) = store.remove_old_payloads(agent, limits, bounds, &left).await? else { break };
            self.swept.payloads += stripped.removed.map_or(0, |removed| removed.runs);
            left = stripped.left;
            self.after(stripped.removed, began).await;
        }
        Ok(())
    }

    /// Tells whoever watches, and rests for as long as the work took: half of the time is for others.
    async fn after(&self, removed: Option<Removed>, began: Instant) {
        if let Some(Removed { owner, agent, seq, .. }) = removed {
            self.retention.events.publish(owner, agent, seq, EventKind::RunsChanged);
        }
        sleep(began.elapsed()).await;
    }
}
