//! Which topics the page wants, and which it has asked for again. Pure.

use crate::domain::live::Topic;

/// The few topics a page wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Topics(Vec<Wanted>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Wanted {
    topic: Topic,
    /// How many parts of the page want it.
    by: u32,
    /// Asked for again after a hole; no second request until the snapshot has come.
    awaited: bool,
}

impl Topics {
    fn find(&mut self, topic: Topic) -> Option<&mut Wanted> {
        self.0.iter_mut().find(|wanted| wanted.topic == topic)
    }

    /// Called when one more part of the page wants the topic.
    pub fn add(&mut self, topic: Topic) {
        match self.find(topic) {
            Some(wanted) => wanted.by += 1,
            None => self.0.push(Wanted { topic, by: 1, awaited: false }),
        }
    }

    /// Returns true when nobody wants the topic any more.
    pub fn remove(&mut self, topic: Topic) -> bool {
        let Some(wanted) = self.find(topic) else { return false };
        wanted.by -= 1;
        let last = wanted.by == 0;
        self.0.retain(|wanted| wanted.by > 0);
        last
    }

    /// Returns all wanted topics; a new connection asks for them from scratch.
    pub fn on_connect(&mut self) -> Vec<Topic> {
        self.0.iter_mut().for_each(|wanted| wanted.awaited = false);
        self.0.iter().map(|wanted| wanted.topic).collect()
    }

    /// Returns true when a snapshot has to be asked for: the topic is wanted and none is on its way.
    pub fn missed(&mut self, topic: Topic) -> bool {
        self.find(topic).is_some_and(|wanted| !std::mem::replace(&mut wanted.awaited, true))
    }

    /// Called when the topic's snapshot has come.
    pub fn on_snapshot(&mut self, topic: Topic) {
        if let Some(wanted) = self.find(topic) {
            wanted.awaited = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::AgentId;

    #[test]
    fn the_last_unsubscribes() {
        let mut topics = Topics::default();
        topics.add(Topic::Agents);
        topics.add(Topic::Agents);
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
