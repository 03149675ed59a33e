//! Which topics the page wants, and which it has asked for again. Pure.

use crate::domain::live::Topic;
use std::collections::{BTreeMap, BTreeSet};

/// Wanted topics with how many parts of the page want each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Topics {
    wanted: BTreeMap<Topic, u32>,
    /// Asked for again after a hole; no second request until the snapshot has come.
    awaited: BTreeSet<Topic>,
}

impl Topics {
    /// True when nobody wanted the topic before.
    pub fn add(&mut self, topic: Topic) -> bool {
        let count = self.wanted.entry(topic).or_default();
        *count += 1;
        *count == 1
    }

    /// True when nobody wants the topic any more.
    pub fn remove(&mut self, topic: Topic) -> bool {
        let Some(count) = self.wanted.get_mut(&topic) else { return false };
        *count -= 1;
        if *count > 0 {
            return false;
        }
        self.wanted.remove(&topic);
        self.awaited.remove(&topic);
        true
    }

    /// All wanted topics; a new connection asks for them from scratch.
    pub fn on_connect(&mut self) -> Vec<Topic> {
        self.awaited.clear();
        self.wanted.keys().copied().collect()
    }

    /// True when a snapshot has to be asked for: the topic is wanted and none is on its way.
    pub fn missed(&mut self, topic: Topic) -> bool {
        self.wanted.contains_key(&topic) && self.awaited.insert(topic)
    }

    /// The topic's snapshot has come.
    pub fn on_snapshot(&mut self, topic: Topic) {
        self.awaited.remove(&topic);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::AgentId;

    #[test]
    fn the_first_asks_and_the_last_unsubscribes() {
        let mut topics = Topics::default();
        assert!(topics.add(Topic::Agents));
        assert!(!topics.add(Topic::Agents));
        assert!(!topics.remove(Topic::Agents));
        assert!(topics.remove(Topic::Agents));
        assert!(!topics.remove(Topic::Agents));
    }

    #[test]
    fn a_hole_is_asked_about_once_until_its_snapshot() {
        let topic = Topic::Agent(AgentId(1));
        let mut topics = Topics::default();
        assert!(!topics.missed(topic));
        topics.add(topic);
        assert!(topics.missed(topic));
        assert!(!topics.missed(topic));
        topics.on_snapshot(topic);
        assert!(topics.missed(topic));
    }

    #[test]
    fn a_new_connection_asks_for_everything() {
        let mut topics = Topics::default();
        topics.add(Topic::Agents);
        topics.missed(Topic::Agents);
        assert_eq!(topics.on_connect(), [Topic::Agents]);
        assert!(topics.missed(Topic::Agents));
    }
}
