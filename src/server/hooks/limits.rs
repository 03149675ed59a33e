//! How many deliveries a minute a webhook takes: a bucket for each, in memory, which fills up evenly.

use crate::domain::id::HookId;
use parking_lot::Mutex;
use std::collections::HashMap;

/// The time over which the limit is, in microseconds.
const WINDOW_US: i64 = 60_000_000;
/// Buckets that are kept before the full ones are forgotten.
const MANY: usize = 1_024;

/// The deliveries that a webhook still accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// Deliveries a minute.
    pub limit: i64,
    /// How many would be taken at once now.
    pub remaining: i64,
    /// Seconds until it takes as many as ever.
    pub reset_s: i64,
    /// Seconds until the next is taken; `None` where this one is.
    pub retry_after_s: Option<i64>,
}

/// The buckets. Each is one number: when it will be full again, in microseconds (the generic cell rate algorithm).
#[derive(Default)]
pub(super) struct Limits(Mutex<HashMap<HookId, i64>>);

impl Limits {
    /// Takes one delivery out of a webhook's bucket, unless it is empty.
    pub(super) fn take(&self, hook: HookId, limit: i64, elapsed_ms: i64) -> Allowance {
        let (now, interval) = (elapsed_ms.saturating_mul(1_000), WINDOW_US / limit.clamp(1, WINDOW_US));
        let mut buckets = self.0.lock();
        if buckets.len() >= MANY {
            buckets.retain(|_, full_at| *full_at > now);
        }
        let full_at = buckets.get(&hook).copied().unwrap_or(now).max(now);
        let next = full_at + interval;
        let is_taken = next <= now + WINDOW_US;
        if is_taken {
            buckets.insert(hook, next);
        }
        let until_full = if is_taken { next } else { full_at } - now;
        Allowance {
            limit,
            remaining: ((WINDOW_US - until_full) / interval).max(0),
            reset_s: seconds(until_full),
            retry_after_s: (!is_taken).then(|| seconds(next - WINDOW_US - now).max(1)),
        }
    }

    pub(super) fn forget(&self, hook: HookId) {
        self.0.lock().remove(&hook);
    }
}

/// Whole seconds, rounded up.
fn seconds(us: i64) -> i64 {
    us.max(0).div_euclid(1_000_000) + i64::from(us.max(0) % 1_000_000 > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_takes_its_limit_at_once_and_then_one_by_one() {
        let (limits, hook) = (Limits::default(), HookId(1));
        let left: Vec<_> = (0..3).map(|_| limits.take(hook, 3, 5_000).remaining).collect();
        assert_eq!(left, [2, 1, 0]);
        let refused = limits.take(hook, 3, 5_000);
        assert_eq!(refused, Allowance { limit: 3, remaining: 0, reset_s: 60, retry_after_s: Some(20) });
        assert_eq!(limits.take(hook, 3, 24_999).retry_after_s, Some(1), "what is refused costs nothing");
        assert_eq!(limits.take(hook, 3, 25_000).retry_after_s, None);
        assert!(limits.take(hook, 3, 25_000).retry_after_s.is_some());
        assert_eq!(limits.take(HookId(2), 3, 25_000).remaining, 2, "each has its own");
        assert_eq!(limits.take(hook, 3, 125_000).remaining, 2, "and it does not fill up beyond its limit");
    }

    #[test]
    fn full_buckets_are_forgotten() {
        let limits = Limits::default();
        for id in 0..MANY as i64 {
            limits.take(HookId(id), 60, 0);
        }
        limits.take(HookId(-1), 60, 2_000);
        assert_eq!(limits.0.lock().len(), 1);
    }
}
