//! Totals of all agents' runs of the last 24 hours: the strip of figures at the top of the dashboard.

use super::agent::listing::AgentCounts;
use super::money::NanoDollars;
use super::time::Timestamp;
use super::wire::FromWire;
use serde::Serialize;

/// Milliseconds of the window that the figures are about.
pub const WINDOW_MS: i64 = 24 * HOUR_MS;
/// Milliseconds of one bar of the sparkline.
pub const HOUR_MS: i64 = 3_600_000;
/// Bars of the sparkline: the hour under way and those before it.
pub const HOURS: usize = 24;

/// Figures of the runs that ended in the last 24 hours; only `runs` and `hours` have those under way too.
#[derive(Clone, Debug, PartialEq, Serialize, FromWire)]
pub struct Summary {
    /// When the window ends. An older summary never replaces a newer one.
    pub at: Timestamp,
    /// Runs that ended after they had begun, and those under way.
    pub runs: i64,
    /// The same by the hour of the clock (UTC) in which they ended, oldest first; the hour under way is the last, and has the
    /// runs under way.
    pub hours: Vec<Hour>,
    pub succeeded: i64,
    /// All that failed, those that timed out among them.
    pub failed: i64,
    pub timed_out: i64,
    /// Durations of successes and failures; null without any.
    pub duration: Option<Durations>,
    /// Sum over all that ended; tokens nobody reported are not in it.
    pub tokens: i64,
    pub prompt_tokens: i64,
    /// Those of `prompt_tokens` that came from a provider's cache.
    pub cached_tokens: i64,
    /// Sum of the costs as far as they are known.
    #[serde(rename = "cost_usd")]
    pub cost: NanoDollars,
    /// Runs that ended with a known price.
    pub priced: i64,
    /// Runs that made calls whose price is not known: `cost` is without these calls.
    pub unpriced: i64,
    /// The day before; null where nothing ran in it.
    pub before: Option<DayBefore>,
    /// How many agents there are at present, and how they stand.
    pub agents: AgentCounts,
}

/// Figures of the runs that ended in the 24 whole hours of the clock before the hour in which the last 24 hours begin.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, FromWire)]
pub struct DayBefore {
    /// Runs that ended after they had begun; at least one.
    pub runs: i64,
    /// success / (success + failed), 0 to 1; null without such runs.
    pub success_rate: Option<f64>,
    /// How long 95 of 100 successes and failures took at most; null without any.
    pub p95_ms: Option<i64>,
    /// The sum; null where of some runs it is not known.
    #[serde(rename = "cost_usd")]
    pub cost: Option<NanoDollars>,
}

/// One bar of the sparkline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, FromWire)]
pub struct Hour {
    pub runs: i64,
    /// Those of `runs` that have failed.
    pub failed: i64,
}

/// How long runs took, in milliseconds. The average is exact. Percentiles are by nearest rank, and read from classes of
/// similar durations: they are off by at most 1.6 %, and below 64 ms exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, FromWire)]
pub struct Durations {
    pub average_ms: i64,
    pub p50_ms: i64,
    pub p95_ms: i64,
}

impl Summary {
    /// Returns success / (success + failed), 0 to 1; `None` without such runs.
    pub fn success_rate(&self) -> Option<f64> {
        rate(self.succeeded, self.failed)
    }
}

/// Returns success / (success + failed), 0 to 1; `None` without such runs.
pub fn rate(succeeded: i64, failed: i64) -> Option<f64> {
    let finished = succeeded + failed;
    (finished > 0).then(|| succeeded as f64 / finished as f64)
}
