//! Pauses between attempts: they double up to a longest one, and a part of each is left to chance so that not all who
//! wait come back at once. Knows nothing of what is tried.

use rand::Rng;
use std::time::Duration;

/// How pauses grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The pause after the first failure.
    pub first: Duration,
    /// No pause is longer.
    pub longest: Duration,
}

impl Backoff {
    /// Returns the pause after this many failures in a row, at least one, without chance.
    pub fn ceiling(self, failures: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
        self.first.saturating_mul(doubled).min(self.longest)
    }

    /// Returns the pause after this many failures in a row: between half of [`Self::ceiling`] and all of it.
    pub fn pause(self, failures: u32) -> Duration {
        self.ceiling(failures).mul_f64(rand::rng().random_range(0.5..=1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKOFF: Backoff = Backoff { first: Duration::from_millis(100), longest: Duration::from_secs(2) };

    #[test]
    fn pauses_double_up_to_the_longest() {
        let ms = [0, 1, 2, 3, 5, 6, 99, u32::MAX].map(|failures| BACKOFF.ceiling(failures).as_millis());
        assert_eq!(ms, [100, 100, 200, 400, 1_600, 2_000, 2_000, 2_000]);
    }

    #[test]
    fn pauses_are_never_the_same_for_everybody() {
        for failures in 1..10 {
            let whole = BACKOFF.ceiling(failures);
            let pauses: Vec<_> = (0..50).map(|_| BACKOFF.pause(failures)).collect();
            assert!(pauses.iter().all(|pause| (whole / 2..=whole).contains(pause)), "{pauses:?}");
            assert!(pauses.iter().any(|pause| *pause != pauses[0]), "{pauses:?}");
        }
    }
}
