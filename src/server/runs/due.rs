//! Fires what is due: one task per process, which sleeps until the next due time in the database.
//!
//! Several servers may look at the same due time; the store ensures that it makes one row, and the policy
//! ([`firing`]) decides which.

use super::events::{Event, EventKind};
use super::{Runs, firing};
use crate::domain::time::Timestamp;
use crate::server::store::due::{Fired, Moved};
use crate::server::store::error::StoreResult;
use crate::server::store::transit::Change;
use std::time::Duration;
use tokio::sync::broadcast::{Receiver, error::RecvError};

/// How long it sleeps at most: other processes change schedules too, and clocks are set.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);
/// How long it sleeps at least when another process is at work on what is due.
const SHORTEST_SLEEP: Duration = Duration::from_millis(20);
/// A clock that is set back by less has only been adjusted.
const LEAST_STEP_MS: i64 = 1_000;
/// How long it waits before it tries again those that cannot be fired, in milliseconds.
const AGAIN_MS: i64 = 1_000;
/// Agents that fire in one transaction.
const BATCH: u32 = 100;

/// Fires what is due until the engine closes.
pub async fn keep(runs: Runs) {
    let (mut changes, mut holds) = (runs.0.events.subscribe(), runs.0.events.subscribe_holds());
    let mut clock = SetClock::default();
    loop {
        clock.look(runs.0.store.now(), runs.0.store.elapsed_ms());
        if clock.is_set_back() {
            match bring_back(&runs).await {
                Ok(()) => clock.brought_back(),
                // Tried again with the next round: until then schedules may be silent.
                Err(error) => tracing::warn!(%error, "computing due times again"),
            }
        }
        // Changes up to here are seen now, those of this task's own firing included.
        while changes.try_recv().is_ok() {}
        holds.mark_unchanged();
        let sleep = match fire(&runs).await {
            Ok(next) => pause(next, runs.0.store.now()),
            Err(error) => {
                tracing::warn!(%error, "firing schedules");
                LONGEST_SLEEP
            }
        };
        tokio::select! {
            () = tokio::time::sleep(sleep) => {}
            () = schedule_changed(&mut changes) => {}
            // The engine itself holds the sender.
            _ = holds.changed() => {}
            () = runs.0.closing.cancelled() => return,
        }
    }
}

/// Notices that the clock was set back, by another that nobody can set, and remembers it until due times are in order.
#[derive(Debug)]
struct SetClock {
    /// How far the clock is ahead of the other, in milliseconds.
    ahead: Option<i64>,
    is_set_back: bool,
}

impl Default for SetClock {
    /// It may have been set back before this process began.
    fn default() -> Self {
        Self { ahead: None, is_set_back: true }
    }
}

impl SetClock {
    /// Compares the two.
    fn look(&mut self, now: Timestamp, elapsed_ms: i64) {
        let ahead = now.ms() - elapsed_ms;
        let before = self.ahead.replace(ahead);
        self.is_set_back |= before.is_some_and(|before| ahead < before - LEAST_STEP_MS);
    }

    /// Whether it was set back since due times were last in order.
    fn is_set_back(&self) -> bool {
        self.is_set_back
    }

    /// Called when due times are in order.
    fn brought_back(&mut self) {
        self.is_set_back = false;
    }
}

/// Brings back the due times that a clock which was ahead has put too far away.
/// After an error, some may be brought back.
async fn bring_back(runs: &Runs) -> StoreResult<()> {
    let moved = runs.0.store.bring_back_due().await?;
    if !moved.is_empty() {
        tracing::warn!(agents = moved.len(), "the clock was ahead: due times are computed again");
    }
    for Moved { owner, agent, seq } in moved {
        runs.0.events.publish(owner, agent, seq, EventKind::AgentChanged);
    }
    Ok(())
}

/// Fires what is due now. Returns when to look again: something is due next.
/// After an error, those that have fired are published.
pub async fn fire(runs: &Runs) -> StoreResult<Option<Timestamp>> {
    let store = &runs.0.store;
    loop {
        let next = store.next_due().await?;
        if next.is_none_or(|next| next > store.now()) {
            return Ok(next);
        }
        let fired = match store.fire_due(BATCH, firing::decide).await {
            Ok(fired) => fired,
            Err(error) if error.is_passing() => return Err(error),
            Err(_) => {
                fire_each(runs).await?;
                // Those that cannot be fired stay due.
                return Ok(Some(Timestamp::from_ms(store.now().ms() + AGAIN_MS)));
            }
        };
        // Another process has got hold of what is due.
        let nothing = fired.changes.is_empty() && fired.moved.is_empty();
        publish(runs, fired);
        if nothing || runs.0.closing.is_cancelled() {
            return Ok(next);
        }
    }
}

/// Fires what is due, each agent by itself: one of them cannot be fired, which must not silence the others.
///
/// # Errors
/// The database has failed. Those that have fired are published.
async fn fire_each(runs: &Runs) -> StoreResult<()> {
    let store = &runs.0.store;
    for agent in store.all_due().await? {
        match store.fire_due_agent(agent, firing::decide).await {
            Ok(fired) => publish(runs, fired),
            Err(error) if error.is_passing() => return Err(error),
            Err(error) => tracing::error!(%agent, %error, "this agent's schedule cannot be fired; it is tried again"),
        }
        if runs.0.closing.is_cancelled() {
            break;
        }
    }
    Ok(())
}

fn publish(runs: &Runs, Fired { changes, moved }: Fired) {
    for Moved { owner, agent, seq } in moved {
        runs.0.events.publish(owner, agent, seq, EventKind::AgentChanged);
    }
    for change in changes {
        let Change { owner, run, seq, .. } = &change;
        runs.0.events.publish(*owner, run.agent_id, seq - 1, EventKind::AgentChanged);
        runs.publish(change);
    }
}

fn pause(next: Option<Timestamp>, now: Timestamp) -> Duration {
    let until = next.map_or(LONGEST_SLEEP, |next| Duration::from_millis(next.ms_since(now).unsigned_abs()));
    until.clamp(SHORTEST_SLEEP, LONGEST_SLEEP)
}

/// Completes when an agent has been made, changed or deleted by this process.
async fn schedule_changed(changes: &mut Receiver<Event>) {
    loop {
        match changes.recv().await {
            Ok(Event { kind: EventKind::AgentChanged | EventKind::AgentDeleted, .. }) => return,
            // Among those that were lost may have been one.
            Err(RecvError::Lagged(_)) => return,
            Ok(_) => {}
            // The engine itself holds a sender, so it has ended.
            Err(RecvError::Closed) => return std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the clock counts as set back, looked at with these times of it and of the other.
    fn seen(clock: &mut SetClock, now: i64, elapsed: i64) -> bool {
        clock.look(Timestamp::from_ms(now), elapsed);
        clock.is_set_back()
    }

    #[test]
    fn a_clock_that_is_set_back_is_noticed() {
        let mut clock = SetClock::default();
        assert!(seen(&mut clock, 1_000_000, 0), "at the beginning nobody knows");
        clock.brought_back();
        assert!(!seen(&mut clock, 1_001_000, 1_000) && !seen(&mut clock, 1_001_600, 2_000), "an adjustment");
        assert!(!seen(&mut clock, 9_000_000_000, 3_000), "ahead: what is due by then fires");
        assert!(seen(&mut clock, 1_004_000, 4_000), "and back");
        clock.brought_back();
        assert!(!seen(&mut clock, 1_005_000, 5_000));
    }

    #[test]
    fn it_is_remembered_until_due_times_are_in_order() {
        let mut clock = SetClock::default();
        assert!(seen(&mut clock, 1_000_000, 0) && seen(&mut clock, 1_001_000, 1_000), "they could not be put in order");
        assert!(seen(&mut clock, 9_000_000_000, 2_000), "nor while it is ahead");
        clock.brought_back();
        assert!(!seen(&mut clock, 9_000_001_000, 3_000));
    }
}
