//! Schedules: cron in a time zone. Says what is wrong with one, how it reads, when it comes due.
//!
//! Pure: knows no clock, no database and no agents. A schedule that names hours is kept by the clock on the wall; one
//! that fires in every hour of the day follows the time that passes (see [`wall`]). Nothing here searches without end:
//! the slowest text takes well under a millisecond.

pub mod cron;
pub mod error;
pub mod missed;
pub mod preview;
pub mod reading;
pub mod wall;

use crate::domain::time::Timestamp;
use chrono_tz::Tz;
use cron::Cron;
use error::ScheduleError;
use std::str::FromStr;

/// The nicknames there are, and the cron each stands for.
const NICKNAMES: [(&str, &str); 5] = [
    ("@hourly", "0 * * * *"),
    ("@daily", "0 0 * * *"),
    ("@weekly", "0 0 * * 0"),
    ("@monthly", "0 0 1 * *"),
    ("@yearly", "0 0 1 1 *"),
];

/// A schedule that comes due some time.
#[derive(Clone, Debug)]
pub struct Schedule {
    cron: Cron,
    zone: Tz,
}

impl Schedule {
    /// Reads a schedule: 5 cron fields, or 6 with seconds first, or a nickname; in a time zone by its IANA name.
    ///
    /// # Errors
    /// Says what is wrong and where. A schedule that never comes due is refused too.
    pub fn parse(schedule: &str, time_zone: &str) -> Result<Self, ScheduleError> {
        Ok(Self { zone: zone(time_zone)?, cron: cron(schedule)? })
    }

    /// Returns the first due time after an instant; `None` when there is none that can be written down.
    pub fn next_after(&self, after: Timestamp) -> Option<Timestamp> {
        let after = after.to_utc();
        let next = match self.cron.is_in_every_hour() {
            true => wall::next_passing(&self.cron, self.zone, after)?,
            false => wall::next(&self.cron, self.zone, after)?,
        };
        // Beyond the year 9999 there is no time that can be written down.
        Some(Timestamp::from_ms(next.timestamp_millis())).filter(|at| at.to_utc() == next)
    }

    /// Returns the schedule in plain English: `At 09:00 on Monday and Friday`
    pub fn reading(&self) -> String {
        reading::reading(&self.cron)
    }
}

/// Returns all mistakes of a schedule, if there is one, and of a time zone.
pub fn faults(schedule: Option<&str>, time_zone: &str) -> Vec<ScheduleError> {
    let cron = schedule.and_then(|schedule| match cron(schedule) {
        Ok(_) => Cron::step_too_wide(schedule.trim()),
        Err(error) => Some(error),
    });
    cron.into_iter().chain(zone(time_zone).err()).collect()
}

/// Returns when a schedule that an agent already has comes due after an instant.
pub fn next_after(schedule: Option<&str>, time_zone: &str, after: Timestamp) -> Option<Timestamp> {
    match Schedule::parse(schedule?, time_zone) {
        Ok(schedule) => schedule.next_after(after),
        Err(error) => {
            // It was checked when it was set: somebody has been at the database, or a zone is no more.
            tracing::error!(%error, schedule, time_zone, "a kept schedule cannot be used");
            None
        }
    }
}

/// Returns a time zone by its IANA name.
///
/// # Errors
/// There is none of this name.
pub fn zone(name: &str) -> Result<Tz, ScheduleError> {
    Tz::from_str(name.trim()).map_err(|_| ScheduleError::Zone(name.to_owned()))
}

fn cron(schedule: &str) -> Result<Cron, ScheduleError> {
    match schedule.trim() {
        name if name.starts_with('@') => Cron::parse(nickname(name)?),
        cron => Cron::parse(cron),
    }
}

fn nickname(name: &str) -> Result<&'static str, ScheduleError> {
    let known = NICKNAMES.iter().find(|(nickname, _)| nickname.eq_ignore_ascii_case(name));
    known.map(|(_, cron)| *cron).ok_or_else(|| ScheduleError::Nickname(name.to_owned()))
}

#[cfg(test)]
mod tests;
