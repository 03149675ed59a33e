//! Runs and cost of all agents together, by hour or day. Pure.

use crate::domain::duration::format_count;
use crate::domain::money::NanoDollars;
use crate::domain::stats::{Bucket, RunFigures, SpanFigures};
use crate::domain::time::Timestamp;
use crate::server::charts::{Chart, Drawing, Look, Series, Unit, format_day};

/// Returns the charts as HTML.
pub fn charts(spans: &[SpanFigures], bucket: Bucket, now: Timestamp) -> String {
    let sum = |of: fn(&RunFigures) -> i64| spans.iter().map(|span| of(&span.figures)).fold(0, i64::saturating_add);
    let (succeeded, failed) = (sum(|of| of.succeeded), sum(|of| of.failed));
    let (cost, unpriced) = (NanoDollars(sum(|of| of.cost.unwrap_or_default().0)), sum(|of| of.unpriced_runs));
    let series = |name, look, figure: String, of: fn(&RunFigures) -> Option<i64>| Series {
        name,
        look,
        values: spans.iter().map(|span| of(&span.figures)).collect(),
        figure,
    };
    let chart = |id, title, unit, summary: String, series| Chart {
        id,
        title,
        about: match bucket {
            Bucket::Hour => "By hour, in UTC".to_owned(),
            Bucket::Day => "By day, in UTC".to_owned(),
        },
        note: String::new(),
        summary,
        drawing: Drawing::Bars,
        unit,
        points_are: match bucket {
            Bucket::Hour => "Hour",
            Bucket::Day => "Day",
        },
        points: spans.iter().map(|span| label(span, bucket, now)).collect(),
        expected_from: usize::MAX,
        series,
        over: None,
        limit: None,
        marks: Vec::new(),
        empty: "No run has ended in this time.",
    };
    let runs = chart(
        "runs-by-time",
        "Runs",
        Unit::Runs,
        format!("{} succeeded, {} failed.", format_count(succeeded), format_count(failed)),
        vec![
            series("Succeeded", Look::Good, format_count(succeeded), |of| Some(of.succeeded)),
            series("Failed", Look::Bad, format_count(failed), |of| Some(of.failed)),
        ],
    );
    let known = |of: &RunFigures| of.known_cost().map(|cost| cost.0);
    let without = match unpriced {
        0 => String::new(),
        1 => ", without 1 run of unknown cost".to_owned(),
        runs => format!(", without {} runs of unknown cost", format_count(runs)),
    };
    let mut cost = chart(
        "cost-by-time",
        "Cost",
        Unit::Cost,
        format!("{cost} in all{without}."),
        vec![series("Cost", Look::Second, cost.to_string(), known)],
    );
    if unpriced > 0 {
        cost.note = cost.summary.clone();
    }
    if succeeded + failed > 0 {
        cost.empty = if unpriced > 0 { "No cost is known of this time." } else { "Nothing was spent in this time." };
    }
    format!("<div class=\"chart-row\">{}{}</div>", runs.html(), cost.html())
}

fn label(span: &SpanFigures, bucket: Bucket, now: Timestamp) -> String {
    let (from, now) = (span.span.from.to_utc(), now.to_utc());
    match bucket {
        Bucket::Hour => from.format("%-d %b %H:%M").to_string(),
        Bucket::Day if from.date_naive() == now.date_naive() => "Today".to_owned(),
        Bucket::Day => format_day(from),
    }
}
