//! Whether the database has changed since it was read, for whoever keeps what was read.
//!
//! One process owns a SQLite file and all its writes go through [`Writer`](super::writer::Writer), so a number in memory says
//! it exactly. PostgreSQL has other writers: there nothing is known without asking.

use super::Store;
use std::sync::atomic::{AtomicU64, Ordering};

/// The state of the database between two commits. While two are equal, whatever is read is the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Generation(u64);

/// Counts commits. Odd from just before one until it is known to have succeeded: meanwhile nobody knows which of the two
/// states a reader sees.
///
/// It stays odd after a commit that failed, or that nobody waited for to the end, until the next one has succeeded. That
/// one has waited for the lock of the one before.
#[derive(Debug, Default)]
pub(super) struct Generations(AtomicU64);

impl Generations {
    /// Called before COMMIT, by whoever holds the turn to write.
    pub fn begin(&self) {
        self.0.fetch_or(1, Ordering::SeqCst);
    }

    /// Called after a COMMIT that succeeded, before anybody gets to know of it.
    pub fn committed(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    fn present(&self) -> Option<Generation> {
        let count = self.0.load(Ordering::SeqCst);
        count.is_multiple_of(2).then_some(Generation(count))
    }
}

impl Store {
    /// Returns the present generation. `None` while a commit is under way, and where other processes write too.
    pub fn generation(&self) -> Option<Generation> {
        self.writer.generations()?.present()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_commit_makes_another_and_has_none_while_it_lasts() {
        let generations = Generations::default();
        let first = generations.present();
        assert!(first.is_some());
        generations.begin();
        assert_eq!(generations.present(), None);
        generations.committed();
        let second = generations.present();
        assert!(second.is_some() && second != first);
    }

    #[test]
    fn after_a_commit_of_unknown_outcome_there_is_none_until_the_next() {
        let generations = Generations::default();
        let first = generations.present();
        generations.begin();
        generations.begin();
        assert_eq!(generations.present(), None);
        generations.committed();
        assert!(generations.present().is_some() && generations.present() != first);
    }
}
