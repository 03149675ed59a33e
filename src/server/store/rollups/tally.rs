//! Sums over runs that are over, as roll-ups keep them. Pure but for reading a row.
//!
//! Each sum is defined twice, side by side: in [`Tally::of`] for a run that has just ended, and in SQL for rows that are
//! counted afterwards. A test with random histories compares the two.

use super::histogram::{Broken, Histogram};
use crate::domain::agent::DayFigures;
use crate::domain::failure::FailureKind;
use crate::domain::money::NanoDollars;
use crate::domain::run::{AgentRun, RunStatus};
use crate::domain::summary::{Durations, rate};
use crate::server::store::sums::sum;
use sea_orm::{DbErr, QueryResult};

/// Returns the SQL that adds up a column of rows `h` of `run_hours`. A count of runs is nowhere near the largest number, and
/// a plain sum takes half the time.
macro_rules! of_hours {
    (count $name:ident) => {
        concat!("CAST(SUM(h.", stringify!($name), ") AS BIGINT)")
    };
    (amount $name:ident) => {
        sum!("h.", stringify!($name))
    };
}

/// Declares the sums: their columns, whether each counts runs or is an amount, and the SQL that makes it of rows `r` of
/// `agent_runs`; null is 0.
macro_rules! sums {
    ($($(#[$doc:meta])* $name:ident: $kind:ident = $sql:expr;)+) => {
        /// Sums over runs that are over.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct Tally {
            $($(#[$doc])* pub $name: i64,)+
            /// Durations of successes and failures.
            pub durations: Histogram,
        }

        impl Tally {
            /// Each sum's column, and its SQL over rows.
            pub const SUMS: &[(&str, &str)] = &[$((stringify!($name), $sql)),+];

            /// The SQL of each over roll-ups `h`, in the same order.
            pub const OF_HOURS: &[&str] = &[$(of_hours!($kind $name)),+];

            /// Returns the sums in the order of [`Tally::SUMS`].
            pub fn sums(&self) -> [i64; Self::SUMS.len()] {
                [$(self.$name),+]
            }

            /// Adds another.
            pub fn add(&mut self, other: &Self) {
                $(self.$name = self.$name.saturating_add(other.$name);)+
                self.durations.add_all(&other.durations);
            }

            /// Reads the sums from their columns, and durations from `durations`, as bytes, and from `listed`, as numbers
            /// with commas between; either may be null.
            ///
            /// # Errors
            /// The durations are no histogram.
            pub fn read(row: &QueryResult) -> Result<Self, DbErr> {
                let durations = read_durations(row.try_get("", "durations")?, row.try_get("", "listed")?)?;
                Ok(Self { $($name: row.try_get("", stringify!($name))?,)+ durations })
            }
        }
    };
}

sums! {
    success: count = "SUM(CASE WHEN r.status = 'success' THEN 1 ELSE 0 END)";
    /// Failures by their kind.
    error: count = "SUM(CASE WHEN r.failure_kind = 'error' THEN 1 ELSE 0 END)";
    timeout: count = "SUM(CASE WHEN r.failure_kind = 'timeout' THEN 1 ELSE 0 END)";
    interrupted: count = "SUM(CASE WHEN r.failure_kind = 'interrupted' THEN 1 ELSE 0 END)";
    budget: count = "SUM(CASE WHEN r.failure_kind = 'budget' THEN 1 ELSE 0 END)";
    cancelled: count = "SUM(CASE WHEN r.status = 'cancelled' THEN 1 ELSE 0 END)";
    skipped: count = "SUM(CASE WHEN r.status = 'skipped' THEN 1 ELSE 0 END)";
    /// Those of all that had begun.
    began: count = "COUNT(r.started_at)";
    prompt_tokens: amount = sum!("r.prompt_tokens");
    cached_tokens: amount = sum!("r.cached_tokens");
    completion_tokens: amount = sum!("r.completion_tokens");
    reasoning_tokens: amount = sum!("r.reasoning_tokens");
    total_tokens: amount = sum!("r.total_tokens");
    /// Nano-dollars. Of a run whose cost is not known as a whole, the known costs of its steps count.
    cost: amount = sum!(
        "COALESCE(r.total_cost, (SELECT ",
        sum!("s.total_cost"),
        " FROM run_steps s WHERE s.run_id = r.id))"
    );
    /// Runs whose cost is known.
    priced: count = "COUNT(r.total_cost)";
    /// Runs that had begun and whose cost is not known as a whole. One that never began made no calls: it cost nothing.
    unpriced: count = "SUM(CASE WHEN r.total_cost IS NULL AND r.started_at IS NOT NULL THEN 1 ELSE 0 END)";
    /// Milliseconds that successes and failures took.
    duration_ms: amount = sum!("CASE WHEN r.status IN ('success', 'failed') THEN r.duration_ms END");
}

/// Durations of successes and failures among rows `r`, as [`Tally::read`] reads them.
pub const LISTED: &str =
    "string_agg(CAST(CASE WHEN r.status IN ('success', 'failed') THEN r.duration_ms END AS TEXT), ',') AS listed";

impl Tally {
    /// Returns the tally of one run that is over. Of one whose cost is not known, that of its steps is to be added.
    pub fn of(run: &AgentRun) -> Self {
        let mut tally = Self::default();
        let outcome = match (run.status, run.failure_kind) {
            (RunStatus::Success, _) => &mut tally.success,
            (RunStatus::Failed, Some(FailureKind::Timeout)) => &mut tally.timeout,
            (RunStatus::Failed, Some(FailureKind::Interrupted)) => &mut tally.interrupted,
            (RunStatus::Failed, Some(FailureKind::Budget)) => &mut tally.budget,
            // A failure has a kind: a CHECK of the table's.
            (RunStatus::Failed, Some(FailureKind::Error) | None) => &mut tally.error,
            (RunStatus::Cancelled, _) => &mut tally.cancelled,
            (RunStatus::Skipped, _) => &mut tally.skipped,
            (RunStatus::Queued | RunStatus::Running, _) => return tally,
        };
        *outcome = 1;
        let usage = &run.usage;
        let (began, priced) = (run.started_at.is_some(), usage.total_cost.is_some());
        tally.began = began.into();
        tally.prompt_tokens = usage.prompt_tokens.unwrap_or(0);
        tally.cached_tokens = usage.cached_tokens.unwrap_or(0);
        tally.completion_tokens = usage.completion_tokens.unwrap_or(0);
        tally.reasoning_tokens = usage.reasoning_tokens.unwrap_or(0);
        tally.total_tokens = usage.total_tokens.unwrap_or(0);
        tally.cost = usage.total_cost.unwrap_or_default().0;
        tally.priced = priced.into();
        tally.unpriced = (began && !priced).into();
        if let Some(ms) = run.duration_ms.filter(|_| matches!(run.status, RunStatus::Success | RunStatus::Failed)) {
            tally.duration_ms = ms;
            tally.durations.add(ms);
        }
        tally
    }

    /// Returns the tally of a run that was cancelled before it began.
    pub fn of_cancelled() -> Self {
        Self { cancelled: 1, ..Self::default() }
    }

    /// Returns how many runs failed.
    pub fn failed(&self) -> i64 {
        [self.error, self.timeout, self.interrupted, self.budget].iter().fold(0, |sum, n| sum.saturating_add(*n))
    }

    /// Returns success / (success + failed), 0 to 1; `None` without such runs.
    pub fn success_rate(&self) -> Option<f64> {
        rate(self.success, self.failed())
    }

    /// Returns how long successes and failures took; `None` without any.
    pub fn took(&self) -> Option<Durations> {
        let count = i64::try_from(self.durations.count()).unwrap_or(i64::MAX);
        let (p50_ms, p95_ms) = self.durations.percentile(50).zip(self.durations.percentile(95))?;
        Some(Durations { average_ms: self.duration_ms / count.max(1), p50_ms, p95_ms })
    }

    /// Returns what an agent's row shows of them.
    pub fn day(&self) -> DayFigures {
        // Without a run that is known to have cost something, or nothing, the sum says nothing.
        let is_known = self.priced > 0 || self.cost > 0;
        DayFigures {
            p95_ms: self.durations.percentile(95),
            cost: is_known.then_some(NanoDollars(self.cost)),
            unpriced: self.unpriced,
        }
    }
}

fn read_durations(bytes: Option<Vec<u8>>, listed: Option<String>) -> Result<Histogram, DbErr> {
    let mut histogram = Histogram::from_bytes(&bytes.unwrap_or_default()).map_err(|Broken| broken())?;
    for ms in listed.iter().flat_map(|listed| listed.split(',')).filter(|ms| !ms.is_empty()) {
        histogram.add(ms.parse().map_err(|_| broken())?);
    }
    Ok(histogram)
}

/// Returns the error of durations that cannot be read.
pub fn broken() -> DbErr {
    DbErr::Type("run_hours.durations holds no histogram: `runboard stats rebuild` counts the runs again".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_run_that_is_not_over_nothing_counts() {
        let run = crate::samples::run(1, RunStatus::Running);
        assert_eq!(Tally::of(&run), Tally::default());
    }

    #[test]
    fn a_sum_has_what_each_has() {
        let mut tally = Tally::of(&crate::samples::run(1, RunStatus::Success));
        tally.add(&Tally { timeout: 1, duration_ms: 5, ..Tally::default() });
        tally.add(&Tally::of_cancelled());
        assert_eq!((tally.success, tally.failed(), tally.cancelled), (1, 1, 1));
        assert_eq!(tally.success_rate(), Some(0.5));
        assert_eq!(tally.sums().len(), Tally::SUMS.len());
    }

    #[test]
    fn what_is_not_known_is_no_cost_of_nothing() {
        assert_eq!(Tally { began: 1, unpriced: 1, ..Tally::default() }.day().cost, None);
        assert_eq!(Tally { began: 1, priced: 1, ..Tally::default() }.day().cost, Some(NanoDollars(0)));
        assert_eq!(Tally { unpriced: 1, cost: 7, ..Tally::default() }.day().cost, Some(NanoDollars(7)));
        assert_eq!(Tally::of_cancelled().day(), DayFigures::default());
    }

    #[test]
    fn durations_come_as_bytes_and_as_numbers() {
        let mut expected = Histogram::default();
        [7, 9, 9].iter().for_each(|ms| expected.add(*ms));
        let mut first = Histogram::default();
        first.add(9);
        assert_eq!(read_durations(Some(first.to_bytes()), Some("7,9".to_owned())).unwrap(), expected);
        assert_eq!(read_durations(None, None).unwrap(), Histogram::default());
        for (bytes, listed) in [(Some(vec![0x80]), None), (None, Some("7,x".to_owned()))] {
            assert!(read_durations(bytes, listed).unwrap_err().to_string().contains("stats rebuild"));
        }
    }
}
