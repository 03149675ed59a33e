//! Tests of how a run's time is shown.

use super::*;
use crate::samples::run;

fn at(ms: i64) -> Option<Timestamp> {
    Some(Timestamp::from_ms(ms))
}

#[test]
fn a_run_under_way_counts_from_its_start() {
    assert_eq!(Span::of(&run(1, RunStatus::Running), at(52_900)), Span::Running("42 s".into()));
}

#[test]
fn a_queued_run_counts_its_wait() {
    assert_eq!(Span::of(&run(1, RunStatus::Queued), at(20_000)), Span::Waiting("11 s".into()));
}

#[test]
fn a_finished_run_is_final() {
    assert_eq!(Span::of(&run(1, RunStatus::Failed), at(99_000)), Span::Took("5.0 s".into()));
}

#[test]
fn without_a_clock_or_a_duration_nothing_is_claimed() {
    assert_eq!(Span::of(&run(1, RunStatus::Running), None), Span::Unknown);
    let mut stopped = run(1, RunStatus::Cancelled);
    stopped.duration_ms = None;
    assert_eq!(Span::of(&stopped, at(99_000)), Span::Unknown);
}

#[test]
fn a_run_that_is_put_off_says_when_it_starts() {
    let mut later = run(1, RunStatus::Queued);
    later.brief.not_before = at(320_000);
    assert_eq!(Span::of(&later, at(20_000)), Span::Later("in 5 min".into()));
    assert_eq!(Span::of(&later, at(320_000)), Span::Waiting("5 m 11 s".into()));
}
