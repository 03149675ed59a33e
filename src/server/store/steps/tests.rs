//! Tests of a run's cost after its stop was requested.

use super::*;
use crate::domain::step::StepKind;
use crate::samples;

fn step(from_s: i64, to_s: i64, cost: Option<i64>) -> RunStep {
    RunStep {
        started_at: Timestamp::from_ms(from_s * 1_000),
        finished_at: Some(Timestamp::from_ms(to_s * 1_000)),
        usage: Usage { total_tokens: Some(9), total_cost: cost.map(NanoDollars), ..Usage::default() },
        ..samples::step(1, StepKind::ModelCall)
    }
}

#[test]
fn what_was_spent_before_a_stop_is_not_spent_after_it() {
    let steps = [step(0, 10, Some(1_000)), step(10, 20, Some(1_000)), step(20, 22, Some(100))];
    assert_eq!(cost_after(&steps, Timestamp::from_ms(15_000)), Some(NanoDollars(600)));
    assert_eq!(cost_after(&steps, Timestamp::from_ms(22_000)), Some(NanoDollars(0)));
}

#[test]
fn with_an_unknown_price_it_is_not_known() {
    assert_eq!(cost_after(&[step(0, 10, None)], Timestamp::from_ms(5_000)), None);
}
