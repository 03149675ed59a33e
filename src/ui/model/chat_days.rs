//! Days as a chat shows them. Pure: time and zone are passed in.

use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};

/// How long ago a thread was last talked in: the heading it stands under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Age {
    Today,
    Week,
    Earlier,
}

impl Age {
    /// Returns the age of a day, seen from another.
    pub fn of(day: NaiveDate, today: NaiveDate) -> Self {
        match (today - day).num_days() {
            ..=0 => Self::Today,
            1..7 => Self::Week,
            _ => Self::Earlier,
        }
    }

    /// Returns the heading.
    pub fn words(self) -> &'static str {
        match self {
            Self::Today => "Today",
            Self::Week => "This week",
            Self::Earlier => "Earlier",
        }
    }
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `14:30` today, `Fri` within a week, `23 Nov` before that.
pub fn brief(at: NaiveDateTime, today: NaiveDate) -> String {
    match Age::of(at.date(), today) {
        Age::Today => clock(at),
        Age::Week => DAYS[at.weekday().num_days_from_monday() as usize].to_owned(),
        Age::Earlier if at.year() == today.year() => format!("{} {}", at.day(), MONTHS[at.month0() as usize]),
        Age::Earlier => format!("{} {}", MONTHS[at.month0() as usize], at.year()),
    }
}

/// `14:30`.
pub fn clock(at: NaiveDateTime) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: u32, hour: u32) -> NaiveDateTime {
        NaiveDate::from_ymd_opt(2026, 11, day).unwrap().and_hms_opt(hour, 5, 59).unwrap()
    }

    #[test]
    fn the_longer_ago_the_less_is_told() {
        let today = at(24, 0).date();
        assert_eq!(brief(at(24, 9), today), "09:05");
        assert_eq!(brief(at(23, 23), today), "Mon");
        assert_eq!(brief(at(18, 23), today), "Wed");
        assert_eq!(brief(at(17, 23), today), "17 Nov");
        let next_year = NaiveDate::from_ymd_opt(2027, 2, 1).unwrap();
        assert_eq!(brief(at(17, 23), next_year), "Nov 2026");
    }

    #[test]
    fn a_clock_that_runs_ahead_is_today() {
        assert_eq!(Age::of(at(25, 0).date(), at(24, 0).date()), Age::Today);
    }
}
