//! Figures that were read and still hold: those of an agent until its live sequence number moves on, as it does with each change
//! of its runs and in the same transaction. So whoever reads many agents sums up only those whose runs have changed.

use super::{Bar, Tally};
use crate::domain::id::{AgentId, OwnerId};
use crate::domain::normal::Normal;
use hashlink::LruCache;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;

/// Agents of whom figures are kept; of more, those go that were asked for longest ago. Some kilobytes each.
const MOST: usize = 500;

/// An agent and its live sequence number.
pub(in crate::server::store) type AgentSeq = (AgentId, i64);

/// The key of the bars of 24 hours: their owner, the hour in which they begin, and how far each agent has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BarsOf {
    pub owner: OwnerId,
    pub edge: i64,
    pub seqs: Vec<AgentSeq>,
}

/// The values that are kept of some agents, and the agents without one.
#[derive(Debug)]
pub(in crate::server::store) struct Found<V> {
    pub kept: HashMap<AgentId, V>,
    pub missing: Vec<AgentId>,
}

impl<V> Default for Found<V> {
    fn default() -> Self {
        Self { kept: HashMap::new(), missing: Vec::new() }
    }
}

/// Values by agent, each with the key under which it holds.
struct ByAgent<K, V>(LruCache<AgentId, (K, V)>);

impl<K: PartialEq, V: Clone> ByAgent<K, V> {
    fn new() -> Self {
        Self(LruCache::new(MOST))
    }

    fn find(&mut self, seqs: &[AgentSeq], key: impl Fn(i64) -> K) -> Found<V> {
        let mut found = Found::default();
        for (agent, seq) in seqs {
            match self.0.get(agent).filter(|(kept, _)| *kept == key(*seq)) {
                Some((_, value)) => _ = found.kept.insert(*agent, value.clone()),
                None => found.missing.push(*agent),
            }
        }
        found
    }

    /// Keeps the values of agents for which there is room together.
    fn keep(&mut self, seqs: &[AgentSeq], read: &HashMap<AgentId, V>, key: impl Fn(i64) -> K) {
        for (agent, seq) in seqs.iter().filter(|_| seqs.len() <= MOST) {
            if let Some(value) = read.get(agent) {
                self.0.insert(*agent, (key(*seq), value.clone()));
            }
        }
    }
}

struct Kept {
    /// Sums of the whole hours after an hour, which is part of the key.
    tallies: ByAgent<(i64, i64), Tally>,
    normals: ByAgent<i64, Option<Normal>>,
    bars: Option<(BarsOf, Vec<Bar>)>,
}

/// The figures that are kept. Cheap to clone.
#[derive(Clone)]
pub(in crate::server::store) struct KeptFigures(Arc<Mutex<Kept>>);

impl Default for KeptFigures {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Kept { tallies: ByAgent::new(), normals: ByAgent::new(), bars: None })))
    }
}

impl KeptFigures {
    pub(super) fn tallies(&self, seqs: &[AgentSeq], edge: i64) -> Found<Tally> {
        self.0.lock().tallies.find(seqs, |seq| (seq, edge))
    }

    pub(super) fn keep_tallies(&self, seqs: &[AgentSeq], edge: i64, read: &HashMap<AgentId, Tally>) {
        self.0.lock().tallies.keep(seqs, read, |seq| (seq, edge));
    }

    pub(in crate::server::store) fn normals(&self, seqs: &[AgentSeq]) -> Found<Option<Normal>> {
        self.0.lock().normals.find(seqs, |seq| seq)
    }

    pub(in crate::server::store) fn keep_normals(&self, seqs: &[AgentSeq], read: &HashMap<AgentId, Option<Normal>>) {
        self.0.lock().normals.keep(seqs, read, |seq| seq);
    }

    pub(super) fn bars(&self, of: &BarsOf) -> Option<Vec<Bar>> {
        self.0.lock().bars.as_ref().filter(|(kept, _)| kept == of).map(|(_, bars)| bars.clone())
    }

    pub(super) fn keep_bars(&self, of: BarsOf, bars: &[Bar]) {
        self.0.lock().bars = Some((of, bars.to_vec()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEQS: [AgentSeq; 2] = [(AgentId(1), 7), (AgentId(2), 3)];

    #[test]
    fn figures_hold_until_the_agent_or_the_hour_moves_on() {
        let kept = KeptFigures::default();
        let one = Tally { success: 4, ..Tally::default() };
        assert_eq!(kept.tallies(&SEQS, 5).missing, [AgentId(1), AgentId(2)]);
        kept.keep_tallies(&SEQS, 5, &HashMap::from([(AgentId(1), one.clone())]));
        let found = kept.tallies(&SEQS, 5);
        assert_eq!((found.kept.get(&AgentId(1)), &found.missing[..]), (Some(&one), &[AgentId(2)][..]));
        assert_eq!(kept.tallies(&[(AgentId(1), 8)], 5).missing, [AgentId(1)]);
        assert_eq!(kept.tallies(&SEQS, 6).missing.len(), 2);
    }

    #[test]
    fn bars_are_of_all_agents_as_far_as_each_has_come() {
        let kept = KeptFigures::default();
        let of = BarsOf { owner: OwnerId::LOCAL, edge: 5, seqs: SEQS.to_vec() };
        kept.keep_bars(of.clone(), &[Bar { hour: Some(6), runs: 2, failed: 1 }]);
        assert_eq!(kept.bars(&of).map(|bars| bars.len()), Some(1));
        assert!(kept.bars(&BarsOf { seqs: SEQS[..1].to_vec(), ..of }).is_none());
    }

    #[test]
    fn more_agents_than_there_is_room_for_are_not_kept() {
        let kept = KeptFigures::default();
        let seqs: Vec<AgentSeq> = (0..=MOST as i64).map(|id| (AgentId(id), 1)).collect();
        kept.keep_normals(&seqs, &seqs.iter().map(|(agent, _)| (*agent, None)).collect());
        assert_eq!(kept.normals(&seqs[..3]).missing.len(), 3);
    }
}
