//! How many calls of one server are under way. What is beyond that waits here, where it is known not to have been sent.

use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

/// Calls of one server at once: two answers of a model that each ask for 128. All runs share them.
pub(super) const MAX_CALLS: usize = 256;

/// The places for calls of one server.
#[derive(Debug)]
pub(super) struct Places(Semaphore);

/// The place of a call, until it is dropped.
pub(super) type Place<'a> = SemaphorePermit<'a>;

impl Places {
    pub(super) fn new() -> Self {
        Self(Semaphore::new(MAX_CALLS))
    }

    /// Whether a call is under way.
    pub(super) fn are_in_use(&self) -> bool {
        self.0.available_permits() < MAX_CALLS
    }

    /// Returns a place for a call, in the order in which they were asked for; `None` if there was none within the limit.
    pub(super) async fn take(&self, limit: Duration) -> Option<Place<'_>> {
        // It is never closed.
        timeout(limit, self.0.acquire()).await.ok()?.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_call_beyond_the_last_place_waits_for_one() {
        let places = Places::new();
        assert!(!places.are_in_use());
        let mut taken = Vec::new();
        while let Some(place) = places.take(Duration::ZERO).await {
            taken.push(place);
        }
        assert_eq!((taken.len(), places.are_in_use()), (MAX_CALLS, true));
        let (next, ()) = tokio::join!(places.take(Duration::from_secs(60)), async { drop(taken.pop()) });
        assert!(next.is_some());
    }
}
