//! The figures of the last 24 hours as people read them. Pure: same input, same text and shapes on both sides.

use crate::domain::decimal::{Tenths, fixed, rounded};
use crate::domain::duration::{Measure, format_count, format_ms, measures};
use crate::domain::money::NanoDollars;
use crate::domain::summary::{HOUR_MS, HOURS, Hour, Summary};
use crate::domain::time::Timestamp;
use crate::ui::model::words::{join, percent};
use std::fmt::Write;

/// A figure: its numbers, each with its unit, of which one may be missing. Empty where it is not known.
pub type Figure = Vec<Measure>;

/// Returns a figure of one number without a unit.
fn plain(number: String) -> Figure {
    vec![(number, "")]
}

/// `278`.
pub fn runs(summary: &Summary) -> Figure {
    plain(format_count(summary.runs))
}

/// `96.0%`; not known without finished runs.
pub fn success(summary: &Summary) -> Figure {
    summary.success_rate().map_or(Vec::new(), |rate| plain(percent(rate)))
}

/// `18.4 s / 1 m 12 s`.
pub fn duration(summary: &Summary) -> Figure {
    let Some(took) = summary.duration else { return Vec::new() };
    let mut figure = measures(took.p50_ms);
    figure.push((String::new(), "/"));
    figure.extend(measures(took.p95_ms));
    figure
}

/// `3.82 M`.
pub fn tokens(summary: &Summary) -> Figure {
    vec![compact(summary.tokens)]
}

/// `$14.27`.
pub fn spent(summary: &Summary) -> Figure {
    cost(summary).map_or(Vec::new(), |cost| plain(cost.to_string()))
}

/// Formats a number of things: `950`, `12.4 k`, `3.82 M`. Three digits say enough.
fn compact(n: i64) -> Measure {
    let (unit, letter) = match n {
        ..10_000 => return (format_count(n), ""),
        10_000..1_000_000 => (1_000, "k"),
        1_000_000..1_000_000_000 => (1_000_000, "M"),
        _ => (1_000_000_000, "G"),
    };
    // Cut, not rounded, like durations: 999.96 k must not read "1000 k".
    let (smallest, digits) = match n / unit {
        ..10 => (unit / 100, 2),
        10..100 => (unit / 10, 1),
        _ => (unit, 0),
    };
    (fixed(n / smallest, digits), letter)
}

/// Returns a figure beside that of the day before, as far as there was one.
fn before(figure: Option<String>) -> Option<String> {
    figure.map(|figure| figure + " the day before")
}

/// `4 active, 252 the day before`, or per hour where nothing ran then; as far as there are any.
pub fn runs_note(summary: &Summary, active: i64) -> String {
    let per_hour = match (summary.runs, rounded(summary.runs * 10, HOURS as i64)) {
        (0, _) => None,
        (_, 0) => Some("< 0.1 per hour".to_owned()),
        (_, tenths) => Some(format!("{} per hour", fixed(tenths, 1))),
    };
    let active = (active > 0).then(|| format!("{} active", format_count(active)));
    let then = before(summary.before.map(|day| format_count(day.runs)));
    join(active, then.or(per_hour)).unwrap_or_else(|| "None active".to_owned())
}

/// `10 failed, 1 timed out, 96.1% the day before`.
pub fn outcome_note(summary: &Summary) -> String {
    let failed = summary.failed - summary.timed_out;
    let outcome = match (summary.success_rate(), failed, summary.timed_out) {
        (None, ..) => "No finished runs".to_owned(),
        (_, 0, 0) => "None failed".to_owned(),
        (_, failed, 0) => format!("{} failed", format_count(failed)),
        (_, 0, timed_out) => format!("{} timed out", format_count(timed_out)),
        (_, failed, timed_out) => format!("{} failed, {} timed out", format_count(failed), format_count(timed_out)),
    };
    join(Some(outcome), before(summary.before.and_then(|day| day.success_rate).map(percent))).unwrap_or_default()
}

/// `p95 was 58.0 s the day before`, or `Average 21.3 s` where nothing ran then.
pub fn duration_note(summary: &Summary) -> String {
    let then = summary.before.and_then(|day| day.p95_ms).filter(|_| summary.duration.is_some());
    if let Some(then) = before(then.map(|ms| format!("p95 was {}", format_ms(ms)))) {
        return then;
    }
    summary.duration.map_or("No finished runs".to_owned(), |took| format!("Average {}", format_ms(took.average_ms)))
}

/// `61% read from cache`.
pub fn tokens_note(summary: &Summary) -> String {
    match (summary.prompt_tokens, summary.cached_tokens) {
        (..=0, _) => "None used".to_owned(),
        (_, 0) => "None read from cache".to_owned(),
        (prompt, cached) => format!("{}% read from cache", rounded(cached.saturating_mul(100), prompt)),
    }
}

/// Returns the sum of known prices; `None` where none is known though something was spent.
fn cost(summary: &Summary) -> Option<NanoDollars> {
    (summary.priced > 0 || summary.unpriced == 0 || summary.cost.0 > 0).then_some(summary.cost)
}

/// `$12.40 the day before`, `$0.051 per run` where that is not known, or how many runs the sum is without.
pub fn cost_note(summary: &Summary) -> String {
    let then = summary.before.and_then(|day| day.cost).filter(|cost| summary.unpriced == 0 && cost.0 > 0);
    if let Some(then) = before(then.map(|cost| cost.to_string())) {
        return then;
    }
    match (summary.priced, summary.unpriced) {
        (0, 0) => "No finished runs".to_owned(),
        (_, 1) => "1 run of unknown cost".to_owned(),
        (_, unknown @ 2..) => format!("{} runs of unknown cost", format_count(unknown)),
        _ if summary.cost.0 == 0 => "Nothing charged".to_owned(),
        (priced, _) => format!("{} per run", NanoDollars(summary.cost.0 / priced)),
    }
}

/// Height of the sparkline in tenths; its width is 24 bars of 8 with 2 between.
const HEIGHT: i64 = 360;

/// Returns the sparkline's shapes: class and path.
pub fn spark(hours: &[Hour]) -> [(&'static str, String); 4] {
    let tallest = hours.iter().map(|hour| hour.runs).max().unwrap_or(0).max(1);
    let height = |runs: i64| rounded(runs * HEIGHT, tallest);
    let [mut none, mut past, mut now, mut failed] = [const { String::new() }; 4];
    for (place, hour) in hours.iter().enumerate() {
        let x = place * 10;
        let (whole, bad) = (height(hour.runs), height(hour.failed));
        let bar = |path: &mut String, top: i64, height: i64| {
            if height > 0 {
                // Writing to a text cannot fail.
                _ = write!(path, "M{x} {}h8v{}h-8z", Tenths(top), Tenths(height));
            }
        };
        match hour.runs {
            0 => bar(&mut none, HEIGHT - 10, 10),
            _ if place + 1 == hours.len() => bar(&mut now, HEIGHT - whole, whole - bad),
            _ => bar(&mut past, HEIGHT - whole, whole - bad),
        }
        bar(&mut failed, HEIGHT - bad, bad);
    }
    [("spark__none", none), ("spark__bar", past), ("spark__bar spark__bar--now", now), ("spark__fail", failed)]
}

/// Returns the start of the hour at this place of the sparkline.
pub fn hour_start(summary: &Summary, place: usize) -> Timestamp {
    let hours_ago = summary.hours.len().saturating_sub(place + 1) as i64;
    let now = summary.at.ms();
    Timestamp::from_ms(now - now.rem_euclid(HOUR_MS) - hours_ago * HOUR_MS)
}

/// `12 runs, 2 failed`.
pub fn hour_words(hour: &Hour) -> String {
    let runs = match hour.runs {
        0 => return "No runs".to_owned(),
        1 => "1 run".to_owned(),
        runs => format!("{} runs", format_count(runs)),
    };
    match hour.failed {
        0 => runs,
        failed => format!("{runs}, {} failed", format_count(failed)),
    }
}

/// Returns the label of the sparkline, for those who do not see it.
pub fn spark_label(hours: &[Hour]) -> String {
    let runs = hours.iter().map(|hour| hour.runs);
    let (least, most) = (runs.clone().min().unwrap_or(0), runs.max().unwrap_or(0));
    format!("Runs per hour over 24 hours, between {} and {}", format_count(least), format_count(most))
}

#[cfg(test)]
mod tests;
