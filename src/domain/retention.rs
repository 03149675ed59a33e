//! How long runs are kept, and how many. A limit that is not there removes nothing. Knows no database and no clock.

use super::id::AgentId;
use super::time::Timestamp;
use super::wire_enum::wire_enum;
use serde::Serialize;

/// Milliseconds of a day.
pub const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// Longest time that runs may be kept without being kept for good, in days: a hundred years.
pub const MAX_DAYS: i64 = 36_500;
/// Most runs of an agent that may be kept without all being kept.
pub const MAX_RUNS: i64 = 1_000_000_000;

/// Limits on what is kept of each agent's runs. `None` is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RetentionLimits {
    /// Days after its end that a run is kept.
    pub days: Option<i64>,
    /// How many of an agent's newest runs are kept.
    pub runs: Option<i64>,
    /// Days after a run's end that what its steps were given and gave is kept.
    pub payload_days: Option<i64>,
}

impl Default for RetentionLimits {
    fn default() -> Self {
        Self { days: Some(90), runs: Some(100_000), payload_days: Some(30) }
    }
}

/// An agent's own limits, in place of the server's: `None` is as the server has it, 0 is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OwnLimits {
    pub days: Option<i64>,
    pub runs: Option<i64>,
    pub payload_days: Option<i64>,
}

impl RetentionLimits {
    /// No limits: everything is kept for good.
    pub const NONE: Self = Self { days: None, runs: None, payload_days: None };

    /// Returns the limits of an agent.
    #[must_use]
    pub fn of_agent(self, own: OwnLimits) -> Self {
        let one = |own: Option<i64>, servers: Option<i64>| own.map_or(servers, limit);
        Self {
            days: one(own.days, self.days),
            runs: one(own.runs, self.runs),
            payload_days: one(own.payload_days, self.payload_days),
        }
    }

    /// Returns the instant before which a run must have ended to be old.
    pub fn old_before(self, now: Timestamp) -> Option<Timestamp> {
        self.days.map(|days| days_before(now, days))
    }

    /// Returns the instant before which a run must have ended for its payloads to be old.
    pub fn payloads_old_before(self, now: Timestamp) -> Option<Timestamp> {
        self.payload_days.map(|days| days_before(now, days))
    }

    /// Whether nothing is ever removed.
    pub fn are_off(self) -> bool {
        self == Self::NONE
    }
}

/// Returns a number as a limit: 0 is none.
pub fn limit(number: i64) -> Option<i64> {
    Some(number).filter(|number| *number > 0)
}

fn days_before(now: Timestamp, days: i64) -> Timestamp {
    Timestamp::from_ms(now.ms().saturating_sub(days.saturating_mul(DAY_MS)))
}

impl std::fmt::Display for RetentionLimits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown = |limit: Option<i64>, unit: &str| match limit {
            Some(number) => format!("{number} {unit}"),
            None => "for good".to_owned(),
        };
        let (days, runs) = (shown(self.days, "days"), shown(self.runs, "for each agent"));
        write!(f, "runs: {days}; number of runs: {runs}; payloads: {}", shown(self.payload_days, "days"))
    }
}

wire_enum! {
    /// Why nothing is removed for some days.
    GraceReason {
        /// No server that removes anything has used this database before.
        New = "new",
        /// No server had used the database for days, or the clock has jumped ahead: it may be a copy of some time ago, or the
        /// time may be wrong.
        Unseen = "unseen",
    }
}

/// Days in which nothing is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Grace {
    pub until: Timestamp,
    pub reason: GraceReason,
}

/// Runs of an agent that would be removed by now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AgentForesight {
    pub agent_id: AgentId,
    pub agent_name: String,
    pub limits: RetentionLimits,
    pub runs: i64,
    /// Runs whose payloads alone would be removed.
    pub payloads: i64,
}

/// All that would be removed by now, as far as was looked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Foresight {
    pub runs: i64,
    pub payloads: i64,
    /// Whether there may be more: looking ends after some thousand runs.
    pub is_more: bool,
    /// Agents with something that would be removed.
    pub agents: Vec<AgentForesight>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_s_own_limit_goes_before_the_server_s_and_0_is_none() {
        let servers = RetentionLimits::default();
        assert_eq!(servers.of_agent(OwnLimits::default()), servers);
        let own = OwnLimits { days: Some(0), runs: Some(7), payload_days: None };
        assert_eq!(servers.of_agent(own), RetentionLimits { days: None, runs: Some(7), payload_days: Some(30) });
        assert!(RetentionLimits::NONE.are_off() && !servers.are_off());
    }

    #[test]
    fn a_run_is_old_after_its_days() {
        let now = Timestamp::from_ms(100 * DAY_MS);
        let limits = RetentionLimits::default();
        assert_eq!(limits.old_before(now), Some(Timestamp::from_ms(10 * DAY_MS)));
        assert_eq!(limits.payloads_old_before(now), Some(Timestamp::from_ms(70 * DAY_MS)));
        assert_eq!(RetentionLimits::NONE.old_before(now), None);
    }

    #[test]
    fn limits_read_as_people_say_them() {
        let shown = RetentionLimits::default().to_string();
        assert_eq!(shown, "runs: 90 days; number of runs: 100000 for each agent; payloads: 30 days");
        assert!(RetentionLimits::NONE.to_string().contains("for good"));
    }
}
