//! Due times by the clock on the wall, where it is put forward in spring and back in autumn.
//!
//! "At 02:30" means once a day. On the day on which the clock jumps over 02:30 it is due right after the jump; on the
//! day that has 02:30 twice it is due the first time. Several times within one jump are one.

use chrono::{DateTime, Duration, LocalResult, NaiveDateTime, TimeZone, Timelike, Utc};
use chrono_tz::Tz;
use croner::Cron;

/// Minutes of the longest jump: Samoa left out a day.
const LONGEST_JUMP: i64 = 25 * 60;

/// The first due time after an instant; `None` when there is none.
pub fn next(cron: &Cron, after: &DateTime<Tz>) -> Option<DateTime<Utc>> {
    // The time on the wall, as if the wall were in UTC, where nothing jumps.
    let mut wall = after.naive_local().and_utc();
    loop {
        wall = cron.find_next_occurrence(&wall, false).ok()?;
        let due = instant(&after.timezone(), wall.naive_utc())?;
        // In the second of two equal hours, the times of the first are over.
        if due > *after {
            return Some(due);
        }
    }
}

/// When the wall shows this time, at first; where it never does, when the jump over it is over.
fn instant(zone: &Tz, wall: NaiveDateTime) -> Option<DateTime<Utc>> {
    let minute = wall.with_second(0)?;
    let shown = |wall| match zone.from_local_datetime(&wall) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(at.with_timezone(&Utc)),
        LocalResult::None => None,
    };
    shown(wall).or_else(|| (1..=LONGEST_JUMP).find_map(|m| shown(minute.checked_add_signed(Duration::minutes(m))?)))
}
