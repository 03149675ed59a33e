//! Tokens of a run's model calls, stacked by kind, with the cost of each as a line. Pure.

use crate::domain::duration::format_count;
use crate::domain::money::NanoDollars;
use crate::domain::step::StepKind;
use crate::server::charts::{Chart, Drawing, Look, Over, Series, Unit};
use crate::server::store::timed_steps::TimedStep;

/// Fewer calls than this are no chart.
const LEAST: usize = 2;

/// Returns the chart of the model calls that are over; `None` below two, and where of none it is known what it used.
pub fn tokens(steps: &[TimedStep]) -> Option<Chart> {
    let is_over = |step: &&TimedStep| step.kind == StepKind::ModelCall && step.finished_at.is_some();
    let calls: Vec<&TimedStep> = steps.iter().filter(is_over).collect();
    if calls.len() < LEAST || calls.iter().all(|call| call.prompt_tokens.is_none() && call.completion_tokens.is_none())
    {
        return None;
    }
    let series = |name, look, of: fn(&TimedStep) -> Option<i64>| {
        let values: Vec<Option<i64>> = calls.iter().map(|call| of(call)).collect();
        let figure = format_count(sum(&values));
        Series { name, look, values, figure }
    };
    let mut all = vec![
        series("Cached input", Look::Third, |call| call.cached_tokens),
        series("Input", Look::Second, |call| Some((call.prompt_tokens? - call.cached_tokens.unwrap_or(0)).max(0))),
        series("Output", Look::Main, |call| call.completion_tokens),
    ];
    all.retain(|series| series.look != Look::Third || sum(&series.values) > 0);
    let costs: Vec<Option<i64>> = calls.iter().map(|call| call.total_cost.map(|cost| cost.0)).collect();
    let cost = costs.iter().all(Option::is_some).then(|| NanoDollars(sum(&costs)));
    let used: Vec<Option<i64>> = calls.iter().map(|call| call.total_tokens).collect();
    let tokens = format_count(sum(&used));
    let about = match (cost, calls.iter().any(|call| call.usage_estimated)) {
        (Some(cost), false) => format!("{tokens} tokens, {cost}"),
        (Some(cost), true) => format!("about {tokens} tokens, {cost}, partly estimated"),
        (None, false) => format!("{tokens} tokens, cost not known of every call"),
        (None, true) => format!("about {tokens} tokens, partly estimated, cost not known of every call"),
    };
    let largest = (0..used.len()).max_by_key(|at| (used[*at], std::cmp::Reverse(*at))).unwrap_or(0);
    let over = costs.iter().any(Option::is_some).then(|| Over {
        unit: Unit::Cost,
        series: Series {
            name: "Cost, right axis",
            look: Look::Line,
            figure: cost.map(|cost| cost.to_string()).unwrap_or_default(),
            values: costs,
        },
    });
    Some(Chart {
        id: "tokens",
        title: "Tokens and cost",
        summary: format!("{} model calls, {about}; the largest is call {}.", calls.len(), largest + 1),
        about,
        note: String::new(),
        drawing: Drawing::Bars,
        unit: Unit::Tokens,
        points_are: "Call",
        points: (1..=calls.len()).map(|call| format!("Call {call}")).collect(),
        expected_from: usize::MAX,
        series: all,
        over,
        limit: None,
        marks: Vec::new(),
        empty: "No call has used a token.",
    })
}

fn sum(values: &[Option<i64>]) -> i64 {
    values.iter().copied().flatten().fold(0, i64::saturating_add)
}
