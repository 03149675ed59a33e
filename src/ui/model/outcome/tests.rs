//! Tests of the explanations of how runs ended.

use super::*;
use crate::samples::run;

fn failed(kind: FailureKind, error: &str) -> Outcome {
    let run = AgentRun { failure_kind: Some(kind), error: Some(error.to_owned()), ..run(1, RunStatus::Failed) };
    outcome(&run).unwrap()
}

#[test]
fn the_title_of_a_failure_is_its_cause() {
    for (error, title) in [
        ("Stopped: the agent called f with the same arguments 6 times in a row.", "Stuck in a loop"),
        ("openai/… needs OPENAI_API_KEY: set it and start the server again", "OPENAI_API_KEY is missing"),
        ("429 Too Many Requests: slow down", "Provider answered 429 Too Many Requests"),
        ("400 Bad Request", "Provider answered 400 Bad Request"),
        ("localhost:1 cannot be reached: Connection refused", "Provider cannot be reached"),
        ("the task needs an answer: none came", "The run failed"),
        ("123 things: went wrong", "The run failed"),
        ("", "The run failed"),
    ] {
        assert_eq!(failed(FailureKind::Error, error).title, title, "{error}");
    }
}

#[test]
fn a_timeout_weighs_less_than_a_failure_and_a_stop_nothing() {
    assert_eq!(failed(FailureKind::Timeout, "").weight, Weight::Warning);
    assert_eq!(failed(FailureKind::Budget, "used 363 tokens").weight, Weight::Failure);
    let stopped = outcome(&run(1, RunStatus::Cancelled)).unwrap();
    assert_eq!(stopped.weight, Weight::Quiet);
}

#[test]
fn a_skipped_run_says_why() {
    let skipped = AgentRun { skip_reason: Some(SkipReason::Overlap), ..run(1, RunStatus::Skipped) };
    assert_eq!(outcome(&skipped).unwrap().title, "Skipped: the previous run was still running");
    assert_eq!(outcome(&run(1, RunStatus::Success)), None);
}
