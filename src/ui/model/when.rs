//! Points in time as people read them. Pure: the zone comes from outside, and nobody asks what time it is.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Offset, TimeZone, Timelike};

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// How a day is called, seen from today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    Today,
    Yesterday,
    Tomorrow,
    /// By its date.
    ThisYear,
    /// By its date and year; so is every day while nobody knows which is today.
    OtherYear,
}

impl Day {
    pub fn of(date: NaiveDate, today: Option<NaiveDate>) -> Self {
        let Some(today) = today else { return Self::OtherYear };
        match (today - date).num_days() {
            0 => Self::Today,
            1 => Self::Yesterday,
            -1 => Self::Tomorrow,
            _ if today.year() == date.year() => Self::ThisYear,
            _ => Self::OtherYear,
        }
    }

    /// `Today`, `Yesterday`, `Tomorrow`, `23 Nov` or `23 Nov 2026`, for the date that it is of.
    pub fn text(self, date: NaiveDate) -> String {
        match self {
            Self::Today => "Today".to_owned(),
            Self::Yesterday => "Yesterday".to_owned(),
            Self::Tomorrow => "Tomorrow".to_owned(),
            Self::ThisYear => date_only(date),
            Self::OtherYear => date_and_year(date),
        }
    }
}

/// `14:30:00`.
pub fn time<Z: TimeZone>(at: &DateTime<Z>) -> String {
    let time = at.naive_local().time();
    format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())
}

/// `23 Nov 2026, 14:30:00`.
pub fn full<Z: TimeZone>(at: &DateTime<Z>) -> String {
    format!("{}, {}", date_and_year(at.naive_local().date()), time(at))
}

/// `2026-11-23T14:30`, as a field of a form has a date and a time.
pub fn field<Z: TimeZone>(at: &DateTime<Z>) -> String {
    let (date, time) = (at.naive_local().date(), at.naive_local().time());
    let (year, month, day) = (date.year(), date.month(), date.day());
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}", time.hour(), time.minute())
}

/// Reads a date and a time as a field has them, with or without seconds.
pub fn of_field(text: &str) -> Option<NaiveDateTime> {
    let (date, time) = text.split_once('T')?;
    let mut date = date.split('-').map(|part| part.parse::<u32>().ok());
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let mut time = time.split(':').map(|part| part.split('.').next()?.parse::<u32>().ok());
    let (hour, minute, second) = (time.next()??, time.next()??, time.next().unwrap_or(Some(0))?);
    NaiveDate::from_ymd_opt(year.try_into().ok()?, month, day)?.and_hms_opt(hour, minute, second)
}

// Not chrono's `format`: reading patterns is a small language of its own, which the browser would have to load.
fn date_only(date: NaiveDate) -> String {
    format!("{} {}", date.day(), MONTHS[date.month0() as usize])
}

fn date_and_year(date: NaiveDate) -> String {
    format!("{} {}", date_only(date), date.year())
}

/// `UTC`, `UTC+1`, `UTC-3:30`.
pub fn zone<Z: TimeZone>(at: &DateTime<Z>) -> String {
    let minutes = at.offset().fix().local_minus_utc() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    match (minutes.abs() / 60, minutes.abs() % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, rest) => format!("UTC{sign}{hours}:{rest:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{FixedOffset, Utc};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn near_days_have_names() {
        let read = |text: &str| text.parse::<NaiveDate>().unwrap();
        let day = |date, today: Option<&str>| Day::of(read(date), today.map(read)).text(read(date));
        let today = Some("2026-11-23");
        assert_eq!(day("2026-11-23", today), "Today");
        assert_eq!(day("2026-11-22", today), "Yesterday");
        assert_eq!(day("2026-11-24", today), "Tomorrow");
        assert_eq!(day("2026-11-03", today), "3 Nov");
        assert_eq!(day("2025-11-23", today), "23 Nov 2025");
        assert_eq!(day("2026-11-23", None), "23 Nov 2026");
    }

    #[test]
    fn a_field_has_date_and_time_to_the_minute() {
        let text = field(&at("2026-11-03T04:05:59Z"));
        assert_eq!(
            (text.as_str(), of_field(&text)),
            ("2026-11-03T04:05", Some(at("2026-11-03T04:05:00Z").naive_utc()))
        );
        assert_eq!(of_field("2026-11-03T04:05:09.5"), Some(at("2026-11-03T04:05:09Z").naive_utc()));
        for text in ["", "2026-11-03", "2026-11-31T04:05", "2026-11-03T24:00", "x-11-03T04:05"] {
            assert_eq!(of_field(text), None, "{text}");
        }
    }

    #[test]
    fn the_zone_moves_clock_and_day() {
        let east = FixedOffset::east_opt(5 * 3600 + 1800).unwrap();
        let local = at("2026-11-22T20:00:00Z").with_timezone(&east);
        assert_eq!(full(&local), "23 Nov 2026, 01:30:00");
        assert_eq!(time(&local), "01:30:00");
        assert_eq!(zone(&local), "UTC+5:30");
        assert_eq!(zone(&at("2026-11-22T20:00:00Z")), "UTC");
        let west = FixedOffset::west_opt(3 * 3600).unwrap();
        assert_eq!(zone(&at("2026-11-22T20:00:00Z").with_timezone(&west)), "UTC-3");
    }
}
