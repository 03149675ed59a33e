//! The query by which figures are asked for: `by=model&bucket=day&period=30d&tz=Europe/Berlin`.

use crate::domain::run_filter::{Period, RunFilter, Within};
use crate::domain::stats::{Bucket, By};
use crate::domain::summary::HOUR_MS;
use crate::domain::time::Timestamp;
use crate::error::{AppError, FieldError, pointer_part};
use crate::server::store::rollups::grouped::Wanted;
use crate::server::store::rollups::spans::{Spans, first_hour_of_day};
use chrono_tz::Tz;

/// Parameters as they were understood, each with its name.
pub type Understood = Vec<(&'static str, String)>;

/// Hours or days that a time may be cut into.
pub const MOST_SPANS: usize = 1_000;

/// Names that may stand in the query.
const NAMES: [&str; 7] = ["agent", "by", "bucket", "period", "from", "to", "tz"];

const DAY_MS: i64 = 24 * HOUR_MS;

/// Figures as they are asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct StatsQuery {
    by: Option<By>,
    bucket: Option<Bucket>,
    zone: Tz,
    /// Agents, and the time.
    filter: RunFilter,
}

impl StatsQuery {
    /// Reads the query of an address, without its question mark.
    ///
    /// # Errors
    /// `Invalid`, and names each parameter that is unknown, there twice or wrong.
    pub fn read(query: &str) -> Result<Self, AppError> {
        let (mut by, mut bucket, mut zone, mut filters) = (None, None, None, Vec::new());
        let mut faults: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let taken = match &*name {
                "by" => once(&mut by, By::parse(&value), || one_of(&value, By::ALL)),
                "bucket" => once(&mut bucket, Bucket::parse(&value), || one_of(&value, Bucket::ALL)),
                "tz" => once(&mut zone, value.parse::<Tz>().ok(), || {
                    format!("{value:?} is not a time zone such as Europe/Berlin.")
                }),
                known if NAMES.contains(&known) => {
                    filters.push((name.clone(), value));
                    Ok(())
                }
                _ => Err(format!("there is no such parameter. There are {}.", NAMES.join(", "))),
            };
            faults.extend(taken.err().map(|fault| (name.into_owned(), fault)));
        }
        let filter = match RunFilter::from_pairs(filters.iter().map(|(name, value)| (&**name, &**value))) {
            Ok(filter) => filter,
            Err(error) => {
                faults.extend(error.errors.into_iter().map(|error| (error.field().to_owned(), error.detail)));
                RunFilter::default()
            }
        };
        match faults.is_empty() {
            true => Ok(Self { by, bucket, zone: zone.unwrap_or(Tz::UTC), filter }),
            false => {
                let errors = faults.into_iter().map(|(name, fault)| FieldError::of(&pointer_part(&name), fault));
                Err(AppError::invalid_fields(errors.collect()))
            }
        }
    }

    /// Refuses what makes no sense for one agent.
    ///
    /// # Errors
    /// `Invalid`, and names the parameter.
    pub fn of_one_agent(self) -> Result<Self, AppError> {
        match (&self.filter.agent, self.by) {
            (Some(_), _) => Err(AppError::invalid_field("agent", "is in the path.")),
            (_, Some(By::Agent | By::Tag)) => {
                Err(AppError::invalid_field("by", "is model, trigger or version: these are figures of one agent."))
            }
            _ => Ok(self),
        }
    }

    /// Returns what is to be read at an instant, and each parameter as it was understood, defaults included.
    ///
    /// # Errors
    /// `Invalid` where there would be more than [`MOST_SPANS`] hours or days.
    pub fn at(&self, now: Timestamp) -> Result<(Wanted, Understood), AppError> {
        let (hours, period) = self.hours(now);
        let spans = Spans::cut(hours, self.bucket, self.zone, MOST_SPANS).ok_or_else(|| {
            let fault = format!(
                "would cut this time into more than {MOST_SPANS} parts. Ask for less time{}.",
                if self.bucket == Some(Bucket::Hour) { ", or for days" } else { "" }
            );
            AppError::invalid_field("bucket", fault)
        })?;
        let instant = |hour: i64| Timestamp::from_ms(hour * HOUR_MS).to_string();
        let applied = [
            ("agent", self.filter.agent.as_ref().map(ToString::to_string)),
            ("by", self.by.map(|by| by.to_string())),
            ("bucket", self.bucket.map(|bucket| bucket.to_string())),
            ("period", period.map(|period| period.to_string())),
            ("from", Some(instant(hours.0))),
            ("to", Some(instant(hours.1))),
            ("tz", Some(self.zone.name().to_owned())),
        ];
        let applied = applied.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        Ok((Wanted { by: self.by, spans, agents: self.filter.agent.clone() }, applied))
    }

    /// Returns the hours that are asked for, whole ones, and the period that they come from.
    fn hours(&self, now: Timestamp) -> ((i64, i64), Option<Period>) {
        let end = now.ms() / HOUR_MS + 1;
        let month_before = |end: i64| (end - Period::Month.ms() / HOUR_MS).max(0);
        let after = |from: i64, to: i64| (from, to.max(from + 1));
        let ceiling = |at: Timestamp| (at.ms() + HOUR_MS - 1) / HOUR_MS;
        match self.filter.within {
            Within::Range { from: Some(from), to } => (after(from.ms() / HOUR_MS, to.map_or(end, ceiling)), None),
            Within::Range { from: None, to } => {
                let to = to.map_or(end, ceiling);
                (after(month_before(to), to), None)
            }
            Within::Always => (self.last(Period::Month, now), Some(Period::Month)),
            Within::Last(period) => (self.last(period, now), Some(period)),
        }
    }

    /// Returns the hours of a period that ends now: in days, whole ones, of which today is the last.
    fn last(&self, period: Period, now: Timestamp) -> (i64, i64) {
        let end = now.ms() / HOUR_MS + 1;
        let first = match self.bucket {
            Some(Bucket::Day) if period.ms() >= DAY_MS => first_hour_of_day(now, period.ms() / DAY_MS - 1, self.zone),
            _ => (end - period.ms() / HOUR_MS).max(0),
        };
        (first, end)
    }
}

/// Reads the query of the page of all agents, which knows `by` and `period` only; without them it is by agent, over 30 days.
///
/// # Errors
/// As [`StatsQuery::read`].
pub fn of_page(query: &str) -> Result<(By, Period), AppError> {
    let StatsQuery { by, filter, .. } = StatsQuery::read(query)?;
    let period = match filter.within {
        Within::Last(period) => period,
        Within::Always | Within::Range { .. } => Period::Month,
    };
    Ok((by.unwrap_or(By::Agent), period))
}

fn once<T>(place: &mut Option<T>, value: Option<T>, fault: impl Fn() -> String) -> Result<(), String> {
    match place {
        Some(_) => Err("is there twice.".to_owned()),
        None => {
            *place = Some(value.ok_or_else(fault)?);
            Ok(())
        }
    }
}

fn one_of<T: ToString>(value: &str, all: &[T]) -> String {
    format!("{value:?} is not one of {}.", all.iter().map(T::to_string).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-28T09:20:00Z";

    fn applied(query: &str) -> Vec<(&'static str, String)> {
        StatsQuery::read(query).unwrap().at(Timestamp::parse(NOW).unwrap()).unwrap().1
    }

    fn time(query: &str) -> [String; 2] {
        let applied = applied(query);
        ["from", "to"].map(|name| applied.iter().find(|(n, _)| *n == name).unwrap().1[..16].to_owned())
    }

    #[test]
    fn without_a_time_it_is_thirty_days_and_says_so() {
        let said = applied("by=model");
        assert_eq!(said[..2], [("by", "model".to_owned()), ("period", "30d".to_owned())]);
        assert_eq!(time("by=model"), ["2026-10-29T10:00", "2026-11-28T10:00"]);
        assert_eq!(said.last().unwrap(), &("tz", "UTC".to_owned()));
    }

    #[test]
    fn days_are_whole_and_end_today() {
        assert_eq!(time("bucket=day&period=7d"), ["2026-11-22T00:00", "2026-11-28T10:00"]);
        assert_eq!(time("bucket=day&period=7d&tz=America/New_York"), ["2026-11-22T05:00", "2026-11-28T10:00"]);
        assert_eq!(time("bucket=hour&period=24h"), ["2026-11-27T10:00", "2026-11-28T10:00"]);
    }

    #[test]
    fn times_are_widened_to_whole_hours() {
        assert_eq!(time("from=2026-11-01T00:30:00Z&to=2026-11-01T02:00:01Z"), ["2026-11-01T00:00", "2026-11-01T03:00"]);
        assert_eq!(time("to=2026-11-01T02:00:00Z"), ["2026-10-02T02:00", "2026-11-01T02:00"]);
        assert_eq!(time("from=2027-01-01T00:00:00Z"), ["2027-01-01T00:00", "2027-01-01T01:00"]);
    }

    #[test]
    fn whatever_is_wrong_is_named() {
        for (query, name) in [
            ("by=owner", "by"),
            ("by=agent&by=model", "by"),
            ("bucket=week", "bucket"),
            ("tz=Mars/Olympus", "tz"),
            ("period=2d", "period"),
            ("period=24h&from=2026-11-01T00:00:00Z", "period"),
            ("from=yesterday", "from"),
            ("agent=x", "agent"),
            ("status=failed", "status"),
        ] {
            let error = StatsQuery::read(query).unwrap_err();
            assert_eq!(error.errors.iter().map(FieldError::field).collect::<Vec<_>>(), [name], "{query}");
        }
        let both = StatsQuery::read("by=x&period=2d").unwrap_err();
        assert_eq!(both.errors.len(), 2, "{both}");
    }

    #[test]
    fn too_many_parts_are_refused() {
        let query = StatsQuery::read("bucket=hour&from=2026-01-01T00:00:00Z").unwrap();
        let error = query.at(Timestamp::parse(NOW).unwrap()).unwrap_err();
        assert!(error.errors[0].field() == "bucket" && error.detail.contains("1000"), "{error}");
    }

    #[test]
    fn one_agent_is_grouped_by_what_it_has() {
        let of = |query| StatsQuery::read(query).unwrap().of_one_agent().map(drop);
        assert!(of("by=version").is_ok() && of("by=tag").is_err() && of("agent=3").is_err());
    }
}
