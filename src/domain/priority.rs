//! How urgent runs are, and the order that makes of an agent's queue. Pure, so that the server and the browser order alike.

use super::time::Timestamp;
use super::wire_enum::wire_enum;

wire_enum! {
    /// How urgent a run is.
    #[derive(Default)]
    Priority {
        High = "high",
        #[default]
        Normal = "normal",
        Low = "low",
    }
}

/// How much sooner a run of high priority has its turn, and how much later one of low priority, in milliseconds: 15 minutes.
pub const HEAD_START_MS: i64 = 15 * 60_000;

impl Priority {
    /// Returns the time by which a run that was queued then has its place in its agent's queue: of two runs the one with
    /// the earlier time goes first.
    ///
    /// So a run of high priority goes before normal ones that have waited up to 15 minutes longer, and one of low priority
    /// after those that have waited up to 15 minutes less. Nobody starves: after half an hour, a run of low priority goes
    /// before one of high priority that comes then.
    pub fn ordered_at(self, since: Timestamp) -> Timestamp {
        let shift = match self {
            Self::High => -HEAD_START_MS,
            Self::Normal => 0,
            Self::Low => HEAD_START_MS,
        };
        Timestamp::from_ms(since.ms().saturating_add(shift))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_sooner_or_later_by_its_priority_and_starves_by_none() {
        const MINUTE_MS: i64 = 60_000;
        let place =
            |priority: Priority, minute: i64| priority.ordered_at(Timestamp::from_ms((1_000 + minute) * MINUTE_MS));
        let (high, normal, low) = (Priority::High, Priority::Normal, Priority::Low);
        assert!(place(high, 14) < place(normal, 0) && place(high, 16) > place(normal, 0));
        assert!(place(normal, 14) < place(low, 0) && place(normal, 16) > place(low, 0));
        assert!(place(high, 29) < place(low, 0) && place(high, 31) > place(low, 0), "it has waited for half an hour");
        assert_eq!(Priority::default(), normal);
    }
}
