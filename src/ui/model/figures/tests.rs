//! The figures as text and shapes.

use super::*;
use crate::domain::summary::{DayBefore, Durations};
use crate::domain::time::Timestamp;
use crate::samples;

fn summary() -> Summary {
    Summary {
        at: Timestamp::from_ms(0),
        runs: 278,
        hours: vec![Hour::default(); HOURS],
        succeeded: 264,
        failed: 11,
        timed_out: 1,
        duration: Some(Durations { average_ms: 21_390, p50_ms: 18_400, p95_ms: 72_000 }),
        tokens: 3_820_000,
        prompt_tokens: 3_000_000,
        cached_tokens: 1_830_000,
        cost: NanoDollars(14_270_000_000),
        priced: 275,
        unpriced: 0,
        ..nothing()
    }
}

fn nothing() -> Summary {
    samples::summary(0)
}

#[test]
fn three_digits_and_a_unit() {
    for (n, number, unit) in [
        (0, "0", ""),
        (950, "950", ""),
        (9_999, "9,999", ""),
        (10_000, "10.0", "k"),
        (12_490, "12.4", "k"),
        (999_960, "999", "k"),
        (3_829_999, "3.82", "M"),
        (38_200_000, "38.2", "M"),
        (382_000_000, "382", "M"),
        (5_400_000_000, "5.40", "G"),
    ] {
        assert_eq!(compact(n), (number.to_owned(), unit));
    }
}

#[test]
fn numbers_stand_apart_from_their_units() {
    let summary = summary();
    let figure = |parts: &[(&str, &'static str)]| -> Figure {
        parts.iter().map(|(number, unit)| ((*number).to_owned(), *unit)).collect()
    };
    assert_eq!(duration(&summary), figure(&[("18.4", "s"), ("", "/"), ("1", "m"), ("12", "s")]));
    assert_eq!(tokens(&summary), figure(&[("3.82", "M")]));
    assert_eq!((runs(&summary), spent(&summary)), (figure(&[("278", "")]), figure(&[("$14.27", "")])));
}

#[test]
fn each_figure_has_its_note() {
    let summary = summary();
    assert_eq!(runs_note(&summary, 4), "4 active, 11.6 per hour");
    assert_eq!(outcome_note(&summary), "10 failed, 1 timed out");
    assert_eq!(duration_note(&summary), "Average 21.3 s");
    assert_eq!(tokens_note(&summary), "61% read from cache");
    assert_eq!((success(&summary), cost_note(&summary).as_str()), (plain("96.0%".to_owned()), "$0.052 per run"));
}

#[test]
fn figures_stand_beside_those_of_the_day_before() {
    let before = DayBefore {
        runs: 1_252,
        success_rate: Some(0.961),
        p95_ms: Some(58_000),
        cost: Some(NanoDollars(12_400_000_000)),
    };
    let summary = Summary { before: Some(before), ..summary() };
    assert_eq!(runs_note(&summary, 4), "4 active, 1,252 the day before");
    assert_eq!(outcome_note(&summary), "10 failed, 1 timed out, 96.1% the day before");
    assert_eq!(duration_note(&summary), "p95 was 58.0 s the day before");
    assert_eq!(cost_note(&summary), "$12.40 the day before");
    let unknown = Summary { unpriced: 1, ..summary.clone() };
    assert_eq!(cost_note(&unknown), "1 run of unknown cost", "sums that are not whole are not compared");
    let none = DayBefore { runs: 1, success_rate: None, p95_ms: None, cost: None };
    let summary = Summary { before: Some(none), ..summary };
    assert_eq!([outcome_note(&summary), duration_note(&summary)], ["10 failed, 1 timed out", "Average 21.3 s"]);
    assert_eq!(cost_note(&summary), "$0.052 per run");
}

#[test]
fn without_runs_nothing_is_claimed() {
    let summary = nothing();
    assert_eq!((success(&summary), duration(&summary)), (vec![], vec![]));
    assert_eq!(outcome_note(&summary), "No finished runs");
    assert_eq!((tokens_note(&summary).as_str(), cost_note(&summary).as_str()), ("None used", "No finished runs"));
    assert_eq!([runs_note(&summary, 0), runs_note(&summary, 2)], ["None active", "2 active"]);
    assert_eq!(cost(&summary), Some(NanoDollars(0)));
}

#[test]
fn no_figure_says_that_nothing_was_nothing() {
    let free = Summary { runs: 24, cost: NanoDollars(0), ..summary() };
    assert_eq!((cost_note(&free).as_str(), runs_note(&free, 0).as_str()), ("Nothing charged", "1.0 per hour"));
    assert_eq!(runs_note(&Summary { runs: 1, ..summary() }, 1), "1 active, < 0.1 per hour");
}

#[test]
fn each_bar_of_the_sparkline_is_an_hour_of_the_clock() {
    let summary = Summary { at: Timestamp::from_ms(100 * HOUR_MS + 5), ..summary() };
    let [first, last] = [0, 23].map(|place| hour_start(&summary, place).ms() / HOUR_MS);
    assert_eq!((first, last), (77, 100));
    let words = [(0, 0), (1, 0), (12, 2)].map(|(runs, failed)| hour_words(&Hour { runs, failed }));
    assert_eq!(words, ["No runs", "1 run", "12 runs, 2 failed"]);
}

#[test]
fn an_unknown_cost_is_said_and_never_read_as_nothing() {
    let some = Summary { unpriced: 2, ..summary() };
    assert_eq!((cost(&some), cost_note(&some).as_str()), (Some(some.cost), "2 runs of unknown cost"));
    let all = Summary { unpriced: 1, ..nothing() };
    assert_eq!((cost(&all), cost_note(&all).as_str()), (None, "1 run of unknown cost"));
}

#[test]
fn the_tallest_bar_is_the_busiest_hour_and_failures_are_its_foot() {
    let mut hours = vec![Hour::default(); HOURS];
    hours[22] = Hour { runs: 8, failed: 2 };
    hours[23] = Hour { runs: 4, failed: 0 };
    let [none, past, now, failed] = spark(&hours).map(|(_, path)| path);
    assert_eq!(none.matches('M').count(), 22);
    assert_eq!((past.as_str(), failed.as_str()), ("M220 0h8v27h-8z", "M220 27h8v9h-8z"));
    assert_eq!(now, "M230 18h8v18h-8z");
    assert_eq!(spark_label(&hours), "Runs per hour over 24 hours, between 0 and 8");
}
