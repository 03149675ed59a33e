//! A cron expression: the times on a wall that it names, as sets, and the next of them. Knows no time zone.

mod days;
mod fields;

use super::error::ScheduleError;
use chrono::{Datelike, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike};

/// Number of months after which the calendar repeats to the day, so what does not come due within them never does.
const ALL_MONTHS: u32 = 400 * 12;

/// Small numbers: bit n is set for n.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Numbers(u64);

impl Numbers {
    fn insert(&mut self, number: u32) {
        self.0 |= 1 << number;
    }

    pub(super) fn has(self, number: u32) -> bool {
        self.0 & (1 << number) != 0
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// Returns the smallest that is at least `least`.
    pub(super) fn from(self, least: u32) -> Option<u32> {
        let rest = self.0.checked_shr(least)?;
        (rest != 0).then(|| least + rest.trailing_zeros())
    }

    /// Returns them in order.
    pub(super) fn all(self) -> impl Iterator<Item = u32> {
        (0..64).filter(move |number| self.has(*number))
    }
}

/// A field whose values are numbers alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) values: Numbers,
    /// The n of a field that is `*/n` and nothing else.
    pub(super) step: Option<u32>,
}

/// Which days a schedule names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Days {
    /// Days of the month.
    pub(super) numbers: Numbers,
    /// `L`
    pub(super) last: bool,
    /// `LW`
    pub(super) last_weekday: bool,
    /// `15W`: the day from Monday to Friday nearest to each of these, within the month.
    pub(super) near: Numbers,
    /// Days of the week, Sunday is 0.
    pub(super) weekdays: Numbers,
    /// `5#2`: the first, second … fifth of these in the month.
    pub(super) nth: [Numbers; 5],
    /// `5L`: the last of these in the month.
    pub(super) last_of: Numbers,
    /// Any day of the month, or any day of the week, will do: the other field alone decides.
    pub(super) any_number: bool,
    pub(super) any_weekday: bool,
    /// Both fields must name the day, and not either.
    pub(super) both: bool,
}

/// A cron expression that comes due some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cron {
    pub(super) seconds: Field,
    pub(super) minutes: Field,
    pub(super) hours: Field,
    pub(super) months: Field,
    pub(super) days: Days,
}

impl Cron {
    /// Reads 5 fields, or 6 with seconds first.
    ///
    /// # Errors
    /// Says what is wrong and where. One that never comes due is refused too.
    pub fn parse(text: &str) -> Result<Self, ScheduleError> {
        let cron = fields::parse(text)?;
        let begin = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap_or_default().and_time(NaiveTime::MIN);
        match cron.next_from(begin) {
            Some(_) => Ok(cron),
            None => Err(ScheduleError::Never),
        }
    }

    /// Finds a mistake in a text that can be read but does not mean what it seems to: a step that is larger than its
    /// field. `*/75` is not every 75 minutes, but every hour. Schedules that were kept before this was refused go on.
    pub fn step_too_wide(text: &str) -> Option<ScheduleError> {
        fields::step_too_wide(text)
    }

    /// Whether it comes due in every hour of the day.
    pub fn is_in_every_hour(&self) -> bool {
        self.hours.values.len() == 24
    }

    /// Returns the first time after one that it names.
    pub fn next_after(&self, after: NaiveDateTime) -> Option<NaiveDateTime> {
        self.next_from(after.with_nanosecond(0)?.checked_add_signed(TimeDelta::seconds(1))?)
    }

    /// Returns the first time that it names, from a full second on. Looks at 4,800 months at most, each in a few steps.
    pub fn next_from(&self, from: NaiveDateTime) -> Option<NaiveDateTime> {
        let (mut date, mut time) = (from.date(), from.time());
        for _ in 0..=ALL_MONTHS {
            if self.months.values.has(date.month()) {
                let days = self.days.in_month(date.year(), date.month());
                while let Some(day) = days.from(date.day()) {
                    if day > date.day() {
                        (date, time) = (date.with_day(day)?, NaiveTime::MIN);
                    }
                    if let Some(time) = self.time_from(time) {
                        return Some(date.and_time(time));
                    }
                    let next = date.succ_opt()?;
                    time = NaiveTime::MIN;
                    if next.month() != date.month() {
                        break;
                    }
                    date = next;
                }
            }
            (date, time) = (date.with_day(1)?.checked_add_months(Months::new(1))?, NaiveTime::MIN);
        }
        None
    }

    /// Returns the first time of a day, from one on.
    fn time_from(&self, from: NaiveTime) -> Option<NaiveTime> {
        let (mut hour, mut minute, mut second) = (from.hour(), from.minute(), from.second());
        if !self.hours.values.has(hour) {
            (hour, minute, second) = (self.hours.values.from(hour)?, 0, 0);
        }
        loop {
            if let Some((minute, second)) = self.minute_from(minute, second) {
                return NaiveTime::from_hms_opt(hour, minute, second);
            }
            (hour, minute, second) = (self.hours.values.from(hour + 1)?, 0, 0);
        }
    }

    fn minute_from(&self, minute: u32, second: u32) -> Option<(u32, u32)> {
        if self.minutes.values.has(minute)
            && let Some(second) = self.seconds.values.from(second)
        {
            return Some((minute, second));
        }
        Some((self.minutes.values.from(minute + 1)?, self.seconds.values.from(0)?))
    }
}

#[cfg(test)]
mod tests;
