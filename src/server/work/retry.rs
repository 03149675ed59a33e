//! When a failed model call is repeated, and after how long. Makes no calls and reads no clock.

use super::model::ModelError;
use crate::server::backoff::Backoff;
use std::time::Duration;

/// How calls are repeated that failed for a reason that may pass: 429, 5xx, connection errors and broken streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Calls in all, the first included.
    pub tries: u32,
    /// Waits of our own.
    pub backoff: Backoff,
    /// Longest wait a provider may ask for; one that asks for more is not asked again.
    pub longest_asked: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            tries: 5,
            backoff: Backoff { first: Duration::from_millis(500), longest: Duration::from_secs(20) },
            longest_asked: Duration::from_secs(600),
        }
    }
}

impl RetryPolicy {
    /// Returns how long to wait after `failed` calls, the last of which failed like this, before the next; `None` when
    /// there is to be none.
    pub fn wait(&self, failed: u32, error: &ModelError) -> Option<Duration> {
        if !error.is_passing || failed >= self.tries {
            return None;
        }
        match error.retry_after {
            Some(asked) => (asked <= self.longest_asked).then_some(asked),
            None => Some(self.backoff.pause(failed)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passing(retry_after: Option<Duration>) -> ModelError {
        ModelError { is_passing: true, retry_after, ..ModelError::lasting("busy") }
    }

    #[test]
    fn waits_double_and_five_calls_are_the_most() {
        let policy = RetryPolicy::default();
        for (failed, pause) in [(1, 500), (2, 1_000), (3, 2_000), (4, 4_000)] {
            let wait = policy.wait(failed, &passing(None)).unwrap().as_millis();
            assert!((pause / 2..=pause).contains(&wait), "{failed}: {wait}");
        }
        assert_eq!(policy.wait(5, &passing(None)), None);
        let patient = RetryPolicy { tries: u32::MAX, ..policy };
        let longest = policy.backoff.longest;
        assert!((longest / 2..=longest).contains(&patient.wait(99, &passing(None)).unwrap()));
    }

    #[test]
    fn a_provider_is_given_the_time_it_asks_for_within_reason() {
        let wait = |seconds| RetryPolicy::default().wait(1, &passing(Some(Duration::from_secs(seconds))));
        assert_eq!((wait(0), wait(45)), (Some(Duration::ZERO), Some(Duration::from_secs(45))));
        assert_eq!(wait(3_600), None);
    }

    #[test]
    fn what_will_not_pass_is_not_repeated() {
        assert_eq!(RetryPolicy::default().wait(1, &ModelError::lasting("400 Bad Request")), None);
    }
}
