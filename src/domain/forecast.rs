//! The likely cost of a month, and when its budget would end. Pure: an estimate that says what it was made of, and makes
//! nothing up where that is too little.

use super::money::NanoDollars;
use super::time::Timestamp;
use chrono::{DateTime, Datelike, Days, Months, NaiveTime, Utc};

/// How many of the latest whole days an estimate comes from.
pub const LATEST_DAYS: usize = 7;

/// The costs of days, by days of UTC, as budgets count.
#[derive(Clone, Copy, Debug)]
pub struct Costs<'a> {
    pub now: Timestamp,
    /// In this month, today included.
    pub month: NanoDollars,
    pub today: NanoDollars,
    /// Whole days before today, oldest first, from the first on which anything was spent.
    pub days: &'a [NanoDollars],
    /// The month's budget.
    pub budget: Option<NanoDollars>,
}

/// An estimate for the month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// Mean of the latest whole days.
    pub per_day: NanoDollars,
    /// By the end of the month.
    pub month: NanoDollars,
    /// Whole days after today.
    pub days_left: u32,
    /// The day, at its midnight, in which the budget would end; `None` where it lasts, or there is none.
    pub budget_ends: Option<DateTime<Utc>>,
}

impl Forecast {
    /// Makes an estimate; `None` before the first whole day is over.
    pub fn of(costs: Costs<'_>) -> Option<Self> {
        let Costs { now, month, today, days, budget } = costs;
        let latest = &days[days.len().saturating_sub(LATEST_DAYS)..];
        let sum = latest.iter().fold(0_i64, |sum, day| sum.saturating_add(day.0));
        let per_day = sum.checked_div(latest.len() as i64)?;
        let midnight = now.to_utc().date_naive().and_time(NaiveTime::MIN).and_utc();
        let days_left = days_in_month(midnight) - midnight.day();
        let by_tonight = month.0.saturating_add((per_day - today.0).max(0));
        let after = |days: u32| by_tonight.saturating_add(per_day.saturating_mul(days.into()));
        let budget_ends = budget.and_then(|budget| {
            let day = (0..=days_left).find(|days| after(*days) > budget.0)?;
            midnight.checked_add_days(Days::new(day.into()))
        });
        Some(Self { per_day: NanoDollars(per_day), month: NanoDollars(after(days_left)), days_left, budget_ends })
    }
}

/// Returns how many days the month of a day has.
pub fn days_in_month(day: DateTime<Utc>) -> u32 {
    let first = day.with_day(1).unwrap_or(day);
    let next = first.checked_add_months(Months::new(1)).unwrap_or(first);
    u32::try_from((next - first).num_days()).unwrap_or(30)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forecast(now: &str, month: i64, today: i64, days: &[i64], budget: Option<i64>) -> Option<Forecast> {
        let days: Vec<_> = days.iter().copied().map(NanoDollars).collect();
        let now = Timestamp::parse(now).unwrap();
        let (month, today, budget) = (NanoDollars(month), NanoDollars(today), budget.map(NanoDollars));
        Forecast::of(Costs { now, month, today, days: &days, budget })
    }

    #[test]
    fn the_latest_days_are_taken_to_go_on() {
        let days = [900, 10, 10, 10, 10, 10, 10, 10];
        let forecast = forecast("2026-11-28T09:00:00Z", 500, 4, &days, None).unwrap();
        assert_eq!((forecast.per_day, forecast.days_left), (NanoDollars(10), 2));
        assert_eq!(forecast.month, NanoDollars(500 + 6 + 20), "the rest of today, and two days");
    }

    #[test]
    fn a_day_that_has_cost_more_than_usual_takes_nothing_back() {
        assert_eq!(forecast("2026-11-30T09:00:00Z", 500, 400, &[10], None).unwrap().month, NanoDollars(500));
    }

    #[test]
    fn without_a_whole_day_nothing_is_made_up() {
        assert_eq!(forecast("2026-11-28T09:00:00Z", 500, 500, &[], None), None);
    }

    #[test]
    fn a_budget_ends_on_the_day_that_goes_beyond_it() {
        let ends = |budget| {
            let forecast = forecast("2026-11-20T09:00:00Z", 100, 10, &[10], Some(budget)).unwrap();
            forecast.budget_ends.map(|day| day.format("%Y-%m-%d").to_string())
        };
        assert_eq!(ends(99).as_deref(), Some("2026-11-20"), "it has ended");
        assert_eq!(ends(100).as_deref(), Some("2026-11-21"));
        assert_eq!(ends(199).as_deref(), Some("2026-11-30"));
        assert_eq!(ends(200), None, "it is used up and no more");
    }

    #[test]
    fn months_have_their_own_lengths() {
        let days = |text: &str| days_in_month(Timestamp::parse(text).unwrap().to_utc());
        assert_eq!(
            [days("2026-02-28T00:00:00Z"), days("2028-02-01T00:00:00Z"), days("2026-12-31T00:00:00Z")],
            [28, 29, 31]
        );
    }
}
