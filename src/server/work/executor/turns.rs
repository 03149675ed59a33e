//! The turns of one conversation as it grows. Each is measured once, and a long conversation is copied away from the threads
//! that serve requests.

use super::super::model::ChatTurn;
use super::length;
use crate::server::aside;
use std::sync::Arc;

/// The turns so far, oldest first.
#[derive(Clone, Debug)]
pub(super) struct Turns {
    turns: Arc<Vec<ChatTurn>>,
    chars: usize,
}

impl Turns {
    pub(super) fn new(turns: Vec<ChatTurn>) -> Self {
        let chars = turns.iter().map(length).sum();
        Self { turns: Arc::new(turns), chars }
    }

    pub(super) fn all(&self) -> &[ChatTurn] {
        &self.turns
    }

    /// About how many characters of a prompt they make.
    pub(super) fn chars(&self) -> usize {
        self.chars
    }

    pub(super) fn push(&mut self, new: Vec<ChatTurn>) {
        self.chars += new.iter().map(length).sum::<usize>();
        Arc::make_mut(&mut self.turns).extend(new);
    }

    /// Returns a copy for one call.
    pub(super) async fn copied(&self) -> Vec<ChatTurn> {
        let turns = Arc::clone(&self.turns);
        // Echoes are not measured.
        let is_echoing = turns.iter().any(|turn| matches!(turn, ChatTurn::Assistant { echo: Some(_), .. }));
        aside::read(if is_echoing { usize::MAX } else { self.chars }, move || turns.to_vec()).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn turns_are_measured_as_they_come_and_copied_as_they_are() {
        let user = |text: &str| ChatTurn::User(text.to_owned());
        let mut turns = Turns::new(vec![user("Hello")]);
        let before = turns.clone();
        turns.push(vec![user("wörld"), user(&"x".repeat(100_000))]);
        assert_eq!((before.chars(), turns.chars()), (5, 100_010));
        assert_eq!((before.all().len(), turns.all().len()), (1, 3));
        assert_eq!(turns.copied().await, turns.all());
    }
}
