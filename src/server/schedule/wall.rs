//! Due times by the clock on the wall, where it is put forward in spring and back in autumn.
//!
//! "At 02:30" means once a day. On the day on which the clock jumps over 02:30 it is due right after the jump; on the
//! day that has 02:30 twice it is due the first time. Several times within one jump are one. A schedule that is due in
//! every hour follows the time that passes: nothing is left out, and the hour that comes twice has its times twice.

use super::cron::Cron;
use chrono::{DateTime, Duration, LocalResult, NaiveDateTime, Offset, TimeDelta, TimeZone, Timelike, Utc};
use chrono_tz::Tz;

/// Minutes of the longest jump: Samoa left out a day.
const LONGEST_JUMP: i64 = 25 * 60;
/// Changes of a clock that are passed on the way to the next time of a schedule that comes due in every hour.
const MOST_CHANGES: usize = 16;

/// Returns the first due time after an instant, once for each time on the wall; `None` when there is none.
pub fn next(cron: &Cron, zone: Tz, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let mut wall = after.with_timezone(&zone).naive_local();
    loop {
        wall = cron.next_after(wall)?;
        let due = instant(zone, wall)?;
        // In the second of two equal hours, the times of the first are over.
        if due > after {
            return Some(due);
        }
    }
}

/// Returns the first due time after an instant, by the time that passes; `None` when there is none.
pub fn next_passing(cron: &Cron, zone: Tz, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let mut from = after.naive_utc().with_nanosecond(0)?.checked_add_signed(TimeDelta::seconds(1))?;
    for _ in 0..MOST_CHANGES {
        let offset = offset(zone, from);
        let wall = cron.next_from(from.checked_add_signed(offset)?)?;
        let due = wall.checked_sub_signed(offset)?;
        // Far away the clock may have been changed and changed back: it is looked at from near by.
        let near = due.checked_sub_signed(TimeDelta::minutes(2 * LONGEST_JUMP))?;
        if near > from {
            from = near;
            continue;
        }
        match change(zone, from, due) {
            None => return Some(due.and_utc()),
            Some(change) => from = change,
        }
    }
    None
}

fn offset(zone: Tz, at: NaiveDateTime) -> TimeDelta {
    TimeDelta::seconds(zone.offset_from_utc_datetime(&at).fix().local_minus_utc().into())
}

/// Returns the first second after `from`, up to `to`, at which the clock shows another offset than at `from`; both are
/// two days apart at most, within which a clock is changed once.
fn change(zone: Tz, from: NaiveDateTime, to: NaiveDateTime) -> Option<NaiveDateTime> {
    let before = offset(zone, from);
    let (mut same, mut other) = (0, (to - from).num_seconds());
    let at = |seconds: i64| from.checked_add_signed(TimeDelta::seconds(seconds));
    if offset(zone, to) == before {
        return None;
    }
    while other - same > 1 {
        let middle = same + (other - same) / 2;
        if offset(zone, at(middle)?) == before {
            same = middle;
        } else {
            other = middle;
        }
    }
    at(other)
}

/// Returns when the wall shows this time, at first; where it never does, when the jump over it is over.
fn instant(zone: Tz, wall: NaiveDateTime) -> Option<DateTime<Utc>> {
    let minute = wall.with_second(0)?;
    let shown = |wall| match zone.from_local_datetime(&wall) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(at.with_timezone(&Utc)),
        LocalResult::None => None,
    };
    shown(wall).or_else(|| (1..=LONGEST_JUMP).find_map(|m| shown(minute.checked_add_signed(Duration::minutes(m))?)))
}
