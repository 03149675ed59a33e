//! Puts the events of each agent into the order of their sequence numbers. Pure: it is told what time it is.
//!
//! Commits are in order, but two tasks may publish the other way round. A hole is held for a moment; when it is not
//! filled (another process made the change, or an event was lost), the answer is that a snapshot is needed.

use std::collections::BTreeMap;

/// How long a hole is held, in milliseconds.
pub const HOLD_MS: i64 = 200;

/// The events of one agent, in order.
#[derive(Debug)]
pub struct Sequencer<T> {
    /// The last sequence number handed out; `None` before the first.
    last: Option<i64>,
    held: BTreeMap<i64, T>,
    /// Since when the first held event waits.
    since: i64,
}

impl<T> Default for Sequencer<T> {
    fn default() -> Self {
        Self { last: None, held: BTreeMap::new(), since: 0 }
    }
}

impl<T> Sequencer<T> {
    /// Takes an event; answers those that are now in order. An event that is not newer than the last is dropped.
    pub fn offer(&mut self, seq: i64, event: T, now_ms: i64) -> Vec<(i64, T)> {
        let last = *self.last.get_or_insert(seq - 1);
        if seq <= last {
            return Vec::new();
        }
        if self.held.is_empty() {
            self.since = now_ms;
        }
        self.held.insert(seq, event);
        self.ready()
    }

    fn ready(&mut self) -> Vec<(i64, T)> {
        let mut ready = Vec::new();
        while let Some(next) = self.last.map(|last| last + 1)
            && let Some(event) = self.held.remove(&next)
        {
            self.last = Some(next);
            ready.push((next, event));
        }
        ready
    }

    /// Gives up on a hole that was held long enough: forgets what waits behind it. True when a snapshot is needed.
    pub fn overdue(&mut self, now_ms: i64) -> bool {
        if self.held.is_empty() || now_ms - self.since < HOLD_MS {
            return false;
        }
        self.last = self.held.keys().next_back().copied().max(self.last);
        self.held.clear();
        true
    }

    /// The database is at `seq`. True when that is news: a change of which no event has come. For an agent of which
    /// nothing was known it always is.
    pub fn observed(&mut self, seq: i64) -> bool {
        let known = self.held.keys().next_back().copied().max(self.last);
        let news = known.is_none_or(|known| seq > known);
        if news {
            self.last = Some(seq);
            self.held.clear();
        }
        news
    }

    /// Whether something waits behind a hole.
    pub fn is_holding(&self) -> bool {
        !self.held.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seqs(ready: Vec<(i64, &str)>) -> Vec<i64> {
        ready.into_iter().map(|(seq, _)| seq).collect()
    }

    #[test]
    fn events_in_order_pass_at_once() {
        let mut order = Sequencer::default();
        assert_eq!(seqs(order.offer(7, "a", 0)), [7]);
        assert_eq!(seqs(order.offer(8, "b", 0)), [8]);
    }

    #[test]
    fn a_late_event_lets_those_behind_it_go() {
        let mut order = Sequencer::default();
        order.offer(1, "a", 0);
        assert!(seqs(order.offer(3, "c", 0)).is_empty());
        assert_eq!(seqs(order.offer(2, "b", 0)), [2, 3]);
    }

    #[test]
    fn what_was_handed_out_is_not_handed_out_again() {
        let mut order = Sequencer::default();
        order.offer(5, "a", 0);
        assert!(seqs(order.offer(5, "a", 0)).is_empty());
        assert!(seqs(order.offer(4, "z", 0)).is_empty());
    }

    #[test]
    fn a_hole_is_held_briefly_then_a_snapshot_is_needed() {
        let mut order = Sequencer::default();
        order.offer(1, "a", 0);
        order.offer(3, "c", 1_000);
        assert!(!order.overdue(1_000 + HOLD_MS - 1));
        assert!(order.overdue(1_000 + HOLD_MS));
        assert!(!order.is_holding());
        assert_eq!(seqs(order.offer(4, "d", 2_000)), [4]);
    }

    #[test]
    fn a_change_without_an_event_is_noticed_once() {
        let mut order = Sequencer::<&str>::default();
        assert!(order.observed(3));
        assert!(!order.observed(3));
        assert!(order.observed(4));
        assert!(!order.observed(4));
    }
}
