//! Consequences of a due time: the next one, and whether some were missed.

use super::Schedule;
use crate::domain::time::Timestamp;
use chrono::SecondsFormat;

/// How late a due time may be noticed and still be kept, in milliseconds.
pub const LATE_MS: i64 = 60_000;
/// How many missed due times are counted one by one.
const MAX_COUNTED: usize = 1_000;

/// Consequences of a due time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// When the schedule comes due after this.
    pub next: Option<Timestamp>,
    /// The due times that were missed; `None` when this one is kept.
    pub missed: Option<Missed>,
}

/// Due times that were missed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missed {
    /// How many, and when, in words.
    times: String,
    is_one: bool,
}

impl Missed {
    /// Says that they were missed, and during a hold if that is why.
    pub fn words(&self, on_hold: bool) -> String {
        let Self { times, is_one } = self;
        match (on_hold, is_one) {
            (true, _) => format!("{times} came while everything was on hold."),
            (false, true) => format!("{times} was missed."),
            (false, false) => format!("{times} were missed."),
        }
    }
}

impl Schedule {
    /// Returns the consequences of the due time `due`, noticed at `now`. When it is more than a minute late, it and all
    /// that have come since count as missed together.
    pub fn due(&self, due: Timestamp, now: Timestamp) -> Due {
        if now.ms_since(due) <= LATE_MS {
            return Due { next: self.next_after(due), missed: None };
        }
        let (mut last, mut count) = (due, 1);
        while let Some(next) = self.next_after(last).filter(|next| *next <= now) {
            if count == MAX_COUNTED {
                let times = format!("More than {MAX_COUNTED} due times since {} UTC", words(due));
                return Due { next: self.next_after(now), missed: Some(Missed { times, is_one: false }) };
            }
            (last, count) = (next, count + 1);
        }
        let times = match count {
            1 => format!("1 due time at {} UTC", words(due)),
            _ => format!("{count} due times from {} to {} UTC", words(due), words(last)),
        };
        Due { next: self.next_after(last), missed: Some(Missed { times, is_one: count == 1 }) }
    }
}

/// Returns an instant as people write it: `2026-11-23 14:30:00`.
fn words(at: Timestamp) -> String {
    at.to_utc().to_rfc3339_opts(SecondsFormat::Secs, true).replace('T', " ").replace('Z', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due() -> Timestamp {
        at(0)
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_ms(seconds * 1_000)
    }

    fn every_ten_minutes(now: i64) -> Due {
        Schedule::parse("*/10 * * * *", "UTC").unwrap().due(due(), at(now))
    }

    #[test]
    fn up_to_a_minute_late_is_in_time() {
        assert_eq!(every_ten_minutes(60), Due { next: Some(at(600)), missed: None });
        assert!(every_ten_minutes(61).missed.is_some());
    }

    #[test]
    fn what_was_missed_is_one_span_up_to_now() {
        let said = |now, on_hold| {
            let Due { next, missed } = every_ten_minutes(now);
            (next, missed.unwrap().words(on_hold))
        };
        let one = "1 due time at 1970-01-01 00:00:00 UTC was missed.";
        assert_eq!(said(599, false), (Some(at(600)), one.to_owned()));
        let three = "3 due times from 1970-01-01 00:00:00 to 1970-01-01 00:20:00 UTC were missed.";
        assert_eq!(said(1_201, false), (Some(at(1_800)), three.to_owned()));
        let held = "3 due times from 1970-01-01 00:00:00 to 1970-01-01 00:20:00 UTC came while everything was on hold.";
        assert_eq!(said(1_201, true), (Some(at(1_800)), held.to_owned()));
    }

    #[test]
    fn a_long_absence_is_not_counted_to_its_end() {
        let Due { next, missed } = every_ten_minutes(31_536_001);
        assert_eq!(next, Some(at(31_536_600)));
        assert_eq!(missed.unwrap().words(false), "More than 1000 due times since 1970-01-01 00:00:00 UTC were missed.");
    }
}
