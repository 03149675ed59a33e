//! The days of a month that a schedule names.

use super::{Days, Numbers};
use chrono::{Datelike, NaiveDate};

impl Days {
    /// Returns the days of a month that are named.
    pub(in super::super) fn in_month(&self, year: i32, month: u32) -> Numbers {
        let Some(first) = NaiveDate::from_ymd_opt(year, month, 1) else { return Numbers::default() };
        let length = u32::from(first.num_days_in_month());
        let weekday_of = |day: u32| (first.weekday().num_days_from_sunday() + day - 1) % 7;
        let is_weekend = |day: u32| matches!(weekday_of(day), 0 | 6);
        let mut by_number = Numbers(self.numbers.0 & ((1 << (length + 1)) - 2));
        if self.last {
            by_number.insert(length);
        }
        if self.last_weekday {
            (length - 2..=length).rev().find(|day| !is_weekend(*day)).into_iter().for_each(|day| by_number.insert(day));
        }
        for day in self.near.all().filter(|day| *day <= length) {
            by_number.insert(match weekday_of(day) {
                // It never leaves the month.
                6 if day == 1 => 3,
                6 => day - 1,
                0 if day == length => day - 2,
                0 => day + 1,
                _ => day,
            });
        }
        let mut by_weekday = Numbers::default();
        for day in 1..=length {
            let weekday = weekday_of(day);
            let is_nth = self.nth[(day as usize - 1) / 7].has(weekday);
            if is_nth || self.weekdays.has(weekday) || (self.last_of.has(weekday) && day + 7 > length) {
                by_weekday.insert(day);
            }
        }
        Numbers(match (self.any_number, self.any_weekday, self.both) {
            (true, true, _) => (1 << (length + 1)) - 2,
            (false, true, _) => by_number.0,
            (true, false, _) => by_weekday.0,
            (false, false, true) => by_number.0 & by_weekday.0,
            (false, false, false) => by_number.0 | by_weekday.0,
        })
    }
}
