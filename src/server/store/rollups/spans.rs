//! Hours, and days of a time zone, as sums over roll-ups are cut into them. Pure.
//!
//! A roll-up is of an hour of the clock (UTC) and cannot be divided. Where a time zone is off by part of an hour, midnight is in
//! the middle of one, which then counts in the day in which it begins.

use crate::domain::stats::{Bucket, Span};
use crate::domain::summary::HOUR_MS;
use crate::domain::time::Timestamp;
use chrono::{DateTime, Offset, TimeZone};
use chrono_tz::Tz;

/// Seconds of an hour and of a day.
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
/// Longer than all times there are: all hours are in one span.
const ALWAYS: i64 = 1 << 60;

/// Hours between which a zone's distance from UTC does not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Hours from the epoch; the second no longer belongs to it.
    pub hours: (i64, i64),
    /// Seconds that clocks there are ahead of UTC.
    pub shift: i64,
}

/// A time of whole hours that is cut into spans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spans {
    pub segments: Vec<Segment>,
    /// Seconds of a span on the clocks of the zone.
    pub width: i64,
    /// Each span with its number: how many of its width have passed since 1970 on the clocks of the zone.
    pub spans: Vec<(i64, Span)>,
    /// Whether midnight divides an hour, so that a part of it counts in the day before.
    pub is_uneven: bool,
}

impl Spans {
    /// Whether there are hours or days.
    pub fn is_cut(&self) -> bool {
        self.width != ALWAYS
    }

    /// Cuts the time from one hour to another, which is later and no longer in it; `None` where that would be more than `most`.
    pub fn cut(hours: (i64, i64), bucket: Option<Bucket>, zone: Tz, most: usize) -> Option<Self> {
        let width = match bucket {
            None => ALWAYS,
            Some(Bucket::Hour) => HOUR,
            Some(Bucket::Day) => DAY,
        };
        let length = hours.1 - hours.0;
        let (mut segments, mut spans): (Vec<Segment>, Vec<(i64, Span)>) = (Vec::new(), Vec::new());
        if bucket != Some(Bucket::Day) {
            segments.push(Segment { hours, shift: 0 });
        } else if length / 24 > most as i64 {
            return None;
        } else {
            for hour in hours.0..hours.1 {
                let shift = shift(zone, hour);
                match segments.last_mut().filter(|segment| segment.shift == shift) {
                    Some(segment) => segment.hours.1 = hour + 1,
                    None => segments.push(Segment { hours: (hour, hour + 1), shift }),
                }
            }
        }
        if bucket.is_some() {
            if bucket == Some(Bucket::Hour) && length > most as i64 {
                return None;
            }
            for segment in &segments {
                for hour in segment.hours.0..segment.hours.1 {
                    let (number, to) = (number(hour, segment.shift, width), at(hour + 1));
                    match spans.last_mut().filter(|(last, _)| *last == number) {
                        Some((_, span)) => span.to = to,
                        None => spans.push((number, Span { from: at(hour), to })),
                    }
                }
            }
        } else {
            spans.push((0, Span { from: at(hours.0), to: at(hours.1) }));
        }
        let is_uneven = segments.iter().any(|segment| segment.shift % HOUR != 0);
        (spans.len() <= most).then_some(Self { segments, width, spans, is_uneven })
    }
}

/// Returns the first hour of the day that lies so many days before that of an instant.
pub fn first_hour_of_day(now: Timestamp, days_before: i64, zone: Tz) -> i64 {
    let hour = now.ms() / HOUR_MS;
    let day = |hour: i64| number(hour, shift(zone, hour), DAY);
    let wanted = day(hour) - days_before;
    // Clocks are put back by no more than a day.
    let mut first = (hour - (days_before + 2) * 24).max(0);
    while first < hour && day(first) < wanted {
        first += 1;
    }
    first
}

fn number(hour: i64, shift: i64, width: i64) -> i64 {
    (hour * HOUR + shift).max(0) / width
}

fn at(hour: i64) -> Timestamp {
    Timestamp::from_ms(hour * HOUR_MS)
}

/// Returns how many seconds clocks in a zone are ahead of UTC at the beginning of an hour.
fn shift(zone: Tz, hour: i64) -> i64 {
    let at = DateTime::from_timestamp(hour * HOUR, 0).unwrap_or_default();
    zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hour(text: &str) -> i64 {
        Timestamp::parse(text).unwrap().ms() / HOUR_MS
    }

    fn days(from: &str, to: &str, zone: Tz) -> Vec<(String, String)> {
        let spans = Spans::cut((hour(from), hour(to)), Some(Bucket::Day), zone, 100).unwrap();
        let text = |at: Timestamp| at.to_string()[..16].to_owned();
        spans.spans.iter().map(|(_, span)| (text(span.from), text(span.to))).collect()
    }

    #[test]
    fn a_day_on_which_clocks_are_put_back_has_25_hours() {
        let days = days("2026-10-24T22:00:00Z", "2026-10-26T23:00:00Z", chrono_tz::Europe::Berlin);
        let expected = [("2026-10-24T22:00", "2026-10-25T23:00"), ("2026-10-25T23:00", "2026-10-26T23:00")];
        assert_eq!(days, expected.map(|(from, to)| (from.to_owned(), to.to_owned())));
    }

    #[test]
    fn an_hour_with_midnight_in_it_counts_in_the_day_in_which_it_begins() {
        let days = days("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z", chrono_tz::Asia::Kolkata);
        let expected = [("2026-11-20T00:00", "2026-11-20T19:00"), ("2026-11-20T19:00", "2026-11-21T00:00")];
        assert_eq!(days, expected.map(|(from, to)| (from.to_owned(), to.to_owned())));
        let cut = |zone| Spans::cut((490_000, 490_048), Some(Bucket::Day), zone, 9).unwrap().is_uneven;
        assert!(cut(chrono_tz::Asia::Kolkata) && !cut(chrono_tz::Europe::Berlin));
    }

    #[test]
    fn days_before_today_begin_at_midnight_there() {
        let now = Timestamp::parse("2026-11-28T03:30:00Z").unwrap();
        let first = |days, zone| at(first_hour_of_day(now, days, zone)).to_string()[..16].to_owned();
        assert_eq!(first(0, Tz::UTC), "2026-11-28T00:00");
        assert_eq!(first(29, Tz::UTC), "2026-10-30T00:00");
        assert_eq!(first(0, chrono_tz::America::New_York), "2026-11-27T05:00");
        assert_eq!(first(40, chrono_tz::America::New_York), "2026-10-18T04:00", "before clocks were put back");
    }

    #[test]
    fn more_spans_than_are_allowed_are_not_made() {
        let cut = |bucket, most| Spans::cut((0, 48), bucket, Tz::UTC, most).map(|spans| spans.spans.len());
        assert_eq!((cut(Some(Bucket::Hour), 48), cut(Some(Bucket::Hour), 47)), (Some(48), None));
        assert_eq!((cut(Some(Bucket::Day), 2), cut(Some(Bucket::Day), 1), cut(None, 1)), (Some(2), None, Some(1)));
    }
}
