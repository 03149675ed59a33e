//! The figures of the last 24 hours as people read them. Pure: same input, same text and shapes on both sides.

use crate::domain::duration::{format_count, format_ms};
use crate::domain::money::NanoDollars;
use crate::domain::summary::{HOURS, Hour, Summary};
use crate::ui::model::words::percent;
use std::fmt::Write;

/// Formats a number of things: `950`, `12.4 k`, `3.82 M`. Three digits say enough.
pub fn compact(n: i64) -> String {
    let (scaled, unit) = match n {
        ..10_000 => return format_count(n),
        10_000..1_000_000 => (n as f64 / 1e3, 'k'),
        1_000_000..1_000_000_000 => (n as f64 / 1e6, 'M'),
        _ => (n as f64 / 1e9, 'G'),
    };
    // Cut, not rounded, like durations: 999.96 k must not read "1000 k".
    let digits = if scaled < 10.0 { 2 } else { usize::from(scaled < 100.0) };
    let scale = 10_f64.powi(digits as i32);
    format!("{:.digits$} {unit}", (scaled * scale).floor() / scale)
}

/// `4 active, 11.6 per hour`.
pub fn runs_note(summary: &Summary, active: i64) -> String {
    format!("{} active, {:.1} per hour", format_count(active), summary.runs as f64 / HOURS as f64)
}

/// `10 failed, 1 timed out`.
pub fn outcome_note(summary: &Summary) -> String {
    let failed = summary.failed - summary.timed_out;
    match (summary.success_rate(), failed, summary.timed_out) {
        (None, ..) => "No finished runs".to_owned(),
        (_, 0, 0) => "None failed".to_owned(),
        (_, failed, 0) => format!("{} failed", format_count(failed)),
        (_, 0, timed_out) => format!("{} timed out", format_count(timed_out)),
        (_, failed, timed_out) => format!("{} failed, {} timed out", format_count(failed), format_count(timed_out)),
    }
}

/// `Average 21.3 s`.
pub fn duration_note(summary: &Summary) -> String {
    summary.duration.map_or("No finished runs".to_owned(), |took| format!("Average {}", format_ms(took.average_ms)))
}

/// `61% read from cache`.
pub fn tokens_note(summary: &Summary) -> String {
    match summary.cached_share() {
        None => "None used".to_owned(),
        Some(0.0) => "None read from cache".to_owned(),
        Some(share) => format!("{:.0}% read from cache", share * 100.0),
    }
}

/// Returns the sum of known prices; `None` where none is known though something was spent.
pub fn cost(summary: &Summary) -> Option<NanoDollars> {
    (summary.priced > 0 || summary.unpriced == 0).then_some(summary.cost)
}

/// `$0.051 per run`, or how many runs the sum is without.
pub fn cost_note(summary: &Summary) -> String {
    match (summary.priced, summary.unpriced) {
        (0, 0) => "No finished runs".to_owned(),
        (_, 1) => "1 run of unknown cost".to_owned(),
        (_, unknown @ 2..) => format!("{} runs of unknown cost", format_count(unknown)),
        (priced, _) => format!("{} per run", NanoDollars(summary.cost.0 / priced)),
    }
}

/// Returns the success rate; `None` without finished runs.
pub fn success(summary: &Summary) -> Option<String> {
    summary.success_rate().map(percent)
}

/// Height of the sparkline; its width is 24 bars of 8 with 2 between.
const HEIGHT: f64 = 36.0;

/// Returns the sparkline's shapes: class and path.
pub fn spark(hours: &[Hour]) -> [(&'static str, String); 4] {
    let tallest = hours.iter().map(|hour| hour.runs).max().unwrap_or(0).max(1) as f64;
    let tenths = |n: f64| (n * 10.0).round() / 10.0;
    let [mut none, mut past, mut now, mut failed] = [const { String::new() }; 4];
    for (place, hour) in hours.iter().enumerate() {
        let x = place * 10;
        let whole = tenths(hour.runs as f64 / tallest * HEIGHT);
        let bad = tenths(hour.failed as f64 / tallest * HEIGHT);
        let bar = |path: &mut String, top: f64, height: f64| {
            if height > 0.0 {
                // Writing to a text cannot fail.
                _ = write!(path, "M{x} {}h8v{}h-8z", tenths(top), tenths(height));
            }
        };
        match hour.runs {
            0 => bar(&mut none, HEIGHT - 1.0, 1.0),
            _ if place + 1 == hours.len() => bar(&mut now, HEIGHT - whole, whole - bad),
            _ => bar(&mut past, HEIGHT - whole, whole - bad),
        }
        bar(&mut failed, HEIGHT - bad, bad);
    }
    [("spark__none", none), ("spark__bar", past), ("spark__bar spark__bar--now", now), ("spark__fail", failed)]
}

/// Returns the label of the sparkline, for those who do not see it.
pub fn spark_label(hours: &[Hour]) -> String {
    let runs = hours.iter().map(|hour| hour.runs);
    let (least, most) = (runs.clone().min().unwrap_or(0), runs.max().unwrap_or(0));
    format!("Runs per hour over 24 hours, between {} and {}", format_count(least), format_count(most))
}

#[cfg(test)]
mod tests;
