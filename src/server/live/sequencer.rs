//! Puts the events of each agent into the order of their sequence numbers. Pure: the time is passed in.
//!
//! Commits are in order, but two tasks may publish the other way round. A hole is held for a moment; when it is not
//! filled (another process made the change, or an event was lost), a snapshot is asked for.

use std::collections::BTreeMap;

/// How long a hole is held, in milliseconds.
pub const HOLD_MS: i64 = 200;

/// The events of one agent, in order.
#[derive(Debug)]
pub struct Sequencer<T> {
    /// The last sequence number handed out; `None` before the first.
    last: Option<i64>,
    held: BTreeMap<i64, T>,
    /// Time since which the first held event waits.
    since: i64,
    /// The sequence number that was seen in the database, and when: an event for it should be on its way.
    seen: Option<(i64, i64)>,
}

impl<T> Default for Sequencer<T> {
    fn default() -> Self {
        Self { last: None, held: BTreeMap::new(), since: 0, seen: None }
    }
}

impl<T> Sequencer<T> {
    /// Takes an event; returns those that are now in order. An event that is not newer than the last is dropped.
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

    /// Gives up on what was missing long enough: a hole, with what waits behind it, or a change that was seen in the
    /// database and of which no event has come. True when a snapshot is needed.
    pub fn overdue(&mut self, now_ms: i64) -> bool {
        let is_late = |since: i64| now_ms - since >= HOLD_MS;
        self.seen = self.seen.filter(|(seq, _)| self.last.is_none_or(|last| *seq > last));
        let late = !self.held.is_empty() && is_late(self.since) || self.seen.is_some_and(|(_, at)| is_late(at));
        if late {
            let held = self.held.keys().next_back().copied();
            self.last = self.last.max(held).max(self.seen.map(|(seq, _)| seq));
            self.held.clear();
            self.seen = None;
        }
        late
    }

    /// Takes note that the database is at `seq`. Returns true when nothing was known of the agent before: a snapshot is
    /// needed at once.
    pub fn observed(&mut self, seq: i64, now_ms: i64) -> bool {
        match self.last {
            None => {
                self.last = Some(seq);
                true
            }
            Some(last) => {
                if seq > last && self.seen.is_none() {
                    self.seen = Some((seq, now_ms));
                }
                false
            }
        }
    }

    /// Returns the last sequence number handed out or given up on.
    pub fn last(&self) -> Option<i64> {
        self.last
    }

    /// Whether something is missing.
    pub fn is_waiting(&self) -> bool {
        !self.held.is_empty() || self.seen.is_some()
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
        assert!(!order.is_waiting());
        assert_eq!(seqs(order.offer(4, "d", 2_000)), [4]);
    }

    #[test]
    fn a_change_without_an_event_is_noticed_once() {
        let mut order = Sequencer::<&str>::default();
        assert!(order.observed(3, 0), "nothing was known");
        assert!(!order.observed(4, 1_000));
        assert!(!order.overdue(1_000 + HOLD_MS - 1));
        assert!(order.overdue(1_000 + HOLD_MS));
        assert!(!order.observed(4, 2_000) && !order.is_waiting());
    }

    #[test]
    fn a_change_whose_event_is_on_its_way_needs_no_snapshot() {
        let mut order = Sequencer::default();
        order.offer(3, "c", 0);
        order.observed(4, 1_000);
        assert_eq!(seqs(order.offer(4, "d", 1_050)), [4]);
        assert!(!order.overdue(5_000) && !order.is_waiting());
    }
}
