//! Tests of how steps look in runs that ended in every way.

use super::*;
use crate::domain::failure::FailureKind;
use crate::domain::step::StepTry;
use crate::domain::time::Timestamp;
use crate::samples::{self, run};

fn step(error: Option<&str>, tries: usize) -> RunStep {
    let tried = StepTry { at: Timestamp::from_ms(0), error: "busy".to_owned(), wait_ms: 1_000 };
    RunStep {
        finished_at: Some(Timestamp::from_ms(2_000)),
        duration_ms: Some(2_000),
        tries: vec![tried; tries],
        error: error.map(str::to_owned),
        ..samples::step(1, StepKind::ModelCall)
    }
}

fn word(step: &RunStep, run: &AgentRun) -> Option<(&'static str, String)> {
    step_look(step, run).map(|look| (look.class, look.word))
}

#[test]
fn a_step_that_was_ended_with_its_run_looks_as_the_run_does() {
    let stopped = AgentRun { cancel_requested_at: Some(Timestamp::from_ms(1_000)), ..run(1, RunStatus::Cancelled) };
    assert_eq!(word(&step(Some("Stopped before it was over."), 0), &stopped), Some(("stopped", "Stopped".to_owned())));
    let late = AgentRun { failure_kind: Some(FailureKind::Timeout), ..run(1, RunStatus::Failed) };
    let cut = RunStep { finished_at: late.finished_at, ..step(Some("It was cut off."), 0) };
    assert_eq!(word(&cut, &late), Some(("timeout", "Timed out".to_owned())), "whatever the words of its error");
    assert_eq!(word(&step(Some("no such file"), 0), &late), Some(("failed", "Failed".to_owned())), "of itself");
}

#[test]
fn a_tool_that_failed_before_the_stop_has_failed() {
    let stopped = AgentRun { cancel_requested_at: Some(Timestamp::from_ms(9_000)), ..run(1, RunStatus::Cancelled) };
    assert_eq!(word(&step(Some("no such file"), 0), &stopped), Some(("failed", "Failed".to_owned())));
}

#[test]
fn attempts_are_counted_from_two() {
    let over = run(1, RunStatus::Success);
    assert_eq!(word(&step(None, 0), &over), None);
    assert_eq!(word(&step(None, 1), &over), Some(("idle", "2 attempts".to_owned())));
}

#[test]
fn a_failed_run_says_which_step_it_failed_in() {
    let failed = run(1, RunStatus::Failed);
    let refused = step(Some("401"), 0);
    assert_eq!(failing_step(std::slice::from_ref(&refused), &failed), Some(&refused));
    assert_eq!(failing_step(std::slice::from_ref(&refused), &run(1, RunStatus::Success)), None);
    let tool = RunStep { kind: StepKind::ToolCall, ..refused.clone() };
    assert_eq!(failing_step(&[refused, tool.clone()], &failed), None, "the run ended for a reason of its own");
    let late = AgentRun { failure_kind: Some(FailureKind::Timeout), ..failed };
    let cut = RunStep { finished_at: late.finished_at, ..tool };
    assert_eq!(failing_step(std::slice::from_ref(&cut), &late), Some(&cut));
    assert_eq!(failing_step(&[step(None, 0)], &late), None);
}
