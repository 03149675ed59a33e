//! Runs, durations and cost by day, each as a chart with its words. Pure.

use crate::domain::agent::AgentSettings;
use crate::domain::budget::Spent;
use crate::domain::duration::{format_count, format_ms, format_whole};
use crate::domain::forecast::{Costs, Forecast};
use crate::domain::id::AgentId;
use crate::domain::money::NanoDollars;
use crate::domain::stats::{RunFigures, SpanFigures};
use crate::domain::summary::Durations;
use crate::domain::time::Timestamp;
use crate::server::charts::{Chart, Drawing, Limit, Look, Mark, Series, Unit, format_day};
use chrono::Days;

/// Days, today among them, of which all costs have to be known for a forecast: its pace is that of the last days.
const PACE: usize = 8;

/// What the charts are made of.
pub struct Facts<'a> {
    pub agent: AgentId,
    pub now: Timestamp,
    /// Oldest first; the last one is today.
    pub days: Vec<SpanFigures>,
    /// Numbers of the versions that were saved in these days, with when; oldest first.
    pub versions: Vec<(i64, Timestamp)>,
    pub settings: &'a AgentSettings,
    /// In this month.
    pub spent: Spent,
}

/// Returns the charts as HTML.
pub fn charts(facts: &Facts<'_>) -> String {
    let (runs, durations, cost) = (facts.runs(), facts.durations(), facts.cost());
    format!("{}<div class=\"chart-row\">{}{}</div>", runs.html(), durations.html(), cost.html())
}

impl Facts<'_> {
    fn runs(&self) -> Chart {
        let sum = |of: fn(&RunFigures) -> i64| self.days.iter().map(|day| of(&day.figures)).sum::<i64>();
        let (succeeded, failed) = (sum(|day| day.succeeded), sum(|day| day.failed));
        let worst = self.days.iter().filter(|day| day.figures.failed > 0).max_by_key(|day| day.figures.failed);
        let worst = worst.map_or(String::new(), |day| format!(" Most failures: {}.", day_of(day)));
        let series = |name, look, figure: i64, of: fn(&RunFigures) -> i64| Series {
            name,
            look,
            values: self.days.iter().map(|day| Some(of(&day.figures))).collect(),
            figure: format_count(figure),
        };
        Chart {
            summary: format!(
                "Last 30 days: {} succeeded, {} failed.{worst}",
                format_count(succeeded),
                format_count(failed)
            ),
            series: vec![
                series("Succeeded", Look::Good, succeeded, |day| day.succeeded),
                series("Failed", Look::Bad, failed, |day| day.failed),
            ],
            marks: self.marks(),
            ..self.chart("runs-by-day", "Runs by day", "Last 30 days, in UTC", Unit::Runs)
        }
    }

    fn durations(&self) -> Chart {
        let took = |day: &SpanFigures| day.figures.duration;
        let newest = self.days.iter().rev().find_map(took);
        let shown = |ms: Option<i64>| ms.map_or(String::new(), format_ms);
        let limit = self.settings.timeout_s;
        let summary = match newest {
            Some(newest) => format!(
                "On the last day with runs the median was {}, and 95 of 100 took no longer than {}. Limit: {}.",
                format_ms(newest.p50_ms),
                format_ms(newest.p95_ms),
                format_whole(limit)
            ),
            None => "No run has ended in the last 30 days.".to_owned(),
        };
        let series = |name, look, of: fn(Durations) -> i64| Series {
            name,
            look,
            values: self.days.iter().map(|day| took(day).map(of)).collect(),
            figure: shown(newest.map(of)),
        };
        Chart {
            summary,
            drawing: Drawing::Lines,
            series: vec![
                series("p95", Look::Main, |took| took.p95_ms),
                series("Median", Look::Second, |took| took.p50_ms),
            ],
            limit: Some(Limit {
                value: i64::from(limit).saturating_mul(1_000),
                words: format!("Limit {}", format_whole(limit)),
            }),
            ..self.chart("durations", "Duration", "By day", Unit::Duration)
        }
    }

    fn cost(&self) -> Chart {
        let forecast = self.forecast();
        let month = self.now.to_utc().format("%B").to_string();
        let about = match self.settings.month_budget_usd {
            Some(budget) => format!("{budget} a month"),
            None => String::new(),
        };
        let known = self.days.iter().map(|day| day.figures.known_cost());
        let mut values: Vec<Option<i64>> = known.map(|cost| cost.map(|cost| cost.0)).collect();
        let mut chart = self.chart("cost-by-day", "Cost", &about, Unit::Cost);
        if self.days.iter().any(|day| day.figures.runs > 0) {
            chart.empty = match values.iter().any(Option::is_none) {
                true => "No cost is known of the last 30 days.",
                false => "Nothing was spent in the last 30 days.",
            };
        }
        let mut words = format!("{} in {month} so far{}.", self.spent.cost, self.without());
        if let Some(Forecast { per_day, month: expected, days_left, budget_ends }) = forecast {
            chart.expected_from = chart.points.len();
            values.extend((0..days_left).map(|_| Some(per_day.0)));
            let today = self.now.to_utc();
            let later = (1..=days_left).filter_map(|days| today.checked_add_days(Days::new(days.into())));
            chart.points.extend(later.map(format_day));
            words += &format!(" About {expected} by the end of the month at the pace of the last days");
            words += &match budget_ends {
                Some(day) if day > today => format!("; the budget would end on {}.", format_day(day)),
                Some(_) => "; the budget ends today.".to_owned(),
                None if self.settings.month_budget_usd.is_some() => "; the budget lasts.".to_owned(),
                None => ".".to_owned(),
            };
        }
        let shown = format!("{} in {month} so far", self.spent.cost);
        chart.series = vec![Series { name: "Cost", look: Look::Second, values, figure: shown }];
        chart.summary = words.clone();
        chart.note = words;
        chart
    }

    /// Returns what the month is likely to cost; `None` where nothing is known to have been spent, and where of some runs of the
    /// last days it is not known.
    fn forecast(&self) -> Option<Forecast> {
        let (today, before) = self.days.split_last()?;
        if self.days.iter().rev().take(PACE).any(|day| day.figures.unpriced_runs > 0) {
            return None;
        }
        let cost = |day: &SpanFigures| day.figures.cost.unwrap_or_default();
        let first = before.iter().position(|day| cost(day).0 > 0)?;
        let days: Vec<NanoDollars> = before[first..].iter().map(cost).collect();
        Forecast::of(Costs {
            now: self.now,
            month: self.spent.cost,
            today: cost(today),
            days: &days,
            budget: self.settings.month_budget_usd,
        })
    }

    fn without(&self) -> &'static str {
        match self.spent.has_unknown_cost {
            true => ", without runs of unknown cost",
            false => "",
        }
    }

    /// Returns a mark for each day on which versions were saved.
    fn marks(&self) -> Vec<Mark> {
        let mut marks: Vec<(usize, Vec<i64>)> = Vec::new();
        for (number, at) in &self.versions {
            let day = self.days.iter().position(|day| day.span.from <= *at && *at < day.span.to);
            let Some(day) = day else { continue };
            match marks.last_mut().filter(|(last, _)| *last == day) {
                Some((_, numbers)) => numbers.push(*number),
                None => marks.push((day, vec![*number])),
            }
        }
        let mark = |(at, numbers): (usize, Vec<i64>)| {
            let (first, last) = (numbers.first()?, numbers.last()?);
            let saved = self.days.get(at).map(day_of)?;
            let words = match first == last {
                true => format!("v{last}, saved {saved}"),
                false => format!("v{first} to v{last}, saved {saved}"),
            };
            let href = format!("/agents/{}/versions?b={last}", self.agent);
            Some(Mark { at, short: format!("v{last}"), words, href })
        };
        marks.into_iter().filter_map(mark).collect()
    }

    fn chart(&self, id: &'static str, title: &'static str, about: &str, unit: Unit) -> Chart {
        let today = self.now.to_utc().date_naive();
        let point = |day: &SpanFigures| match day.span.from.to_utc().date_naive() == today {
            true => "Today".to_owned(),
            false => day_of(day),
        };
        Chart {
            id,
            title,
            about: about.to_owned(),
            summary: String::new(),
            note: String::new(),
            drawing: Drawing::Bars,
            unit,
            points_are: "Day",
            points: self.days.iter().map(point).collect(),
            expected_from: usize::MAX,
            series: Vec::new(),
            over: None,
            limit: None,
            marks: Vec::new(),
            empty: "No run has ended in the last 30 days.",
        }
    }
}

fn day_of(day: &SpanFigures) -> String {
    format_day(day.span.from.to_utc())
}
