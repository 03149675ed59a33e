//! Tests of the explanations of how runs ended.

use super::*;
use crate::domain::failure::FailureKind;
use crate::samples::run;

fn failed(cause: FailureCause, detail: Option<&str>) -> Outcome {
    let run = AgentRun {
        failure_kind: Some(cause.kind()),
        failure_cause: Some(cause),
        failure_detail: detail.map(str::to_owned),
        // Its words mean nothing here.
        error: Some("429 Too Many Requests: it needs A_KEY: with the same arguments".to_owned()),
        ..run(1, RunStatus::Failed)
    };
    outcome(&run).unwrap()
}

#[test]
fn the_title_of_a_failure_is_its_cause() {
    use FailureCause::*;
    for (cause, detail, title) in [
        (Loop, None, "Stuck in a loop"),
        (MissingKey, Some("OPENAI_API_KEY"), "OPENAI_API_KEY is missing"),
        (MissingKey, None, "The provider is not configured"),
        (ProviderStatus, Some("429"), "Provider answered 429 Too Many Requests"),
        (ProviderStatus, Some("529"), "Provider answered 529"),
        (ProviderStatus, None, "Provider answered with an error"),
        (ProviderUnreachable, None, "Provider cannot be reached"),
        (UnknownPrice, None, "The model's price is not known"),
        (Other, None, "The run failed"),
    ] {
        assert_eq!(failed(cause, detail).title, title);
    }
    let unknown = AgentRun { failure_kind: Some(FailureKind::Error), ..run(1, RunStatus::Failed) };
    assert_eq!(outcome(&unknown).unwrap().title, "The run failed");
}

#[test]
fn every_cause_says_what_it_is_and_what_to_do() {
    let mut titles = std::collections::HashSet::new();
    for cause in FailureCause::ALL {
        let Outcome { title, advice, .. } = failed(*cause, None);
        assert!(!advice.is_empty() && titles.insert(title.clone()), "{cause}: {title}");
    }
}

#[test]
fn a_timeout_weighs_less_than_a_failure_and_a_stop_nothing() {
    assert_eq!(failed(FailureCause::TimeLimit, None).weight, Weight::Warning);
    assert_eq!(failed(FailureCause::RunBudget, None).weight, Weight::Failure);
    let stopped = outcome(&run(1, RunStatus::Cancelled)).unwrap();
    assert_eq!(stopped.weight, Weight::Quiet);
}

#[test]
fn an_error_that_says_no_more_than_the_title_is_left_out() {
    assert_eq!(failed(FailureCause::Interrupted, None).error, ErrorLook::Hidden);
    assert_eq!(failed(FailureCause::TimeLimit, None).error, ErrorLook::Sentence, "it names the limit");
    assert_eq!(failed(FailureCause::ProviderStatus, Some("400")).error, ErrorLook::Text);
    assert_eq!(outcome(&run(1, RunStatus::Cancelled)).unwrap().error, ErrorLook::Hidden);
}

#[test]
fn a_skipped_run_says_why() {
    let skipped = AgentRun { skip_reason: Some(SkipReason::Overlap), ..run(1, RunStatus::Skipped) };
    assert_eq!(outcome(&skipped).unwrap().title, "Skipped: the previous run was still running");
    assert_eq!(outcome(&run(1, RunStatus::Success)), None);
}
