//! Tests that signals are given for what they say, and for nothing else.

use super::*;
use crate::domain::failure::Failure;
use crate::domain::money::NanoDollars;
use crate::samples::run;

fn set(signals: &[Signal]) -> Signals {
    signals.iter().fold(Signals::default(), |set, signal| set.with(*signal, true))
}

fn failed(cause: FailureCause) -> AgentRun {
    let Failure { cause, .. } = Failure::new(cause, "no");
    AgentRun { failure_cause: Some(cause), failure_kind: Some(cause.kind()), ..run(1, RunStatus::Failed) }
}

#[test]
fn a_set_is_stored_as_bits_and_sent_as_words() {
    assert_eq!(set(Signal::ALL).bits(), 511);
    for signal in Signal::ALL {
        let one = set(&[*signal]);
        assert_eq!((Signals::of_bits(one.bits()), one.iter().collect::<Vec<_>>()), (Some(one), vec![*signal]));
        assert!(set(Signal::ALL).minus(one).iter().all(|other| other != *signal));
    }
    let both = set(&[Signal::ContextFull, Signal::Looping]);
    let sent = serde_json::to_value(both).unwrap();
    assert_eq!(sent, serde_json::json!(["looping", "context_nearly_full"]));
    assert_eq!(Signals::from_wire(sent), Ok(both));
    assert!(Signals::from_wire(serde_json::json!(["of_tomorrow"])).is_err());
    assert_eq!((Signals::of_bits(512), Signals::of_bits(-1)), (None, None));
}

#[test]
fn bits_are_where_the_database_has_them() {
    let bits: Vec<_> = Signal::ALL.iter().map(|signal| set(&[*signal]).bits()).collect();
    assert_eq!(bits, [1, 2, 4, 8, 16, 32, 64, 128, 256]);
    assert_eq!(Signal::ALL[..4], [Signal::Looping, Signal::Slow, Signal::Expensive, Signal::EmptyAnswer]);
}

#[test]
fn the_context_is_nearly_full_above_nine_tenths_of_a_known_window() {
    let of = |tokens, window| Signals::of_call(None, tokens, window);
    assert_eq!(of(Some(900), Some(1_000)), Signals::default());
    assert_eq!(of(Some(901), Some(1_000)), set(&[Signal::ContextFull]));
    assert_eq!(of(Some(i64::MAX), Some(u64::MAX)), Signals::default());
    for unknown in [of(Some(901), None), of(None, Some(1_000)), of(Some(901), Some(0)), of(Some(-1), Some(1))] {
        assert_eq!(unknown, Signals::default());
    }
    assert_eq!(Signals::of_call(Some(Finish::Context), None, None), set(&[Signal::ContextFull]));
}

#[test]
fn an_answer_is_cut_where_its_model_reached_its_limit() {
    assert_eq!(Signals::of_call(Some(Finish::Length), None, None), set(&[Signal::Cut]));
    for whole in [None, Some(Finish::Stop), Some(Finish::Pause)] {
        assert_eq!(Signals::of_call(whole, None, None), Signals::default());
    }
}

#[test]
fn a_tool_fails_most_of_its_calls_when_more_than_half_of_them_failed() {
    let fails = |tools: &[(u32, u32)]| Signals::of_tools(tools.iter().copied()).has(Signal::FailingTool);
    assert!(fails(&[(1, 1)]) && fails(&[(3, 2)]) && fails(&[(9, 0), (5, 3)]));
    assert!(!fails(&[]) && !fails(&[(1, 0)]) && !fails(&[(2, 1)]) && !fails(&[(4, 2)]) && !fails(&[(5, 2), (2, 1)]));
}

#[test]
fn an_end_says_whether_there_was_an_answer() {
    let success = run(1, RunStatus::Success);
    assert_eq!(Signals::of_end(&success, "Done."), Signals::default());
    assert_eq!(Signals::of_end(&success, " \n"), set(&[Signal::EmptyAnswer]));
    // Whoever stopped it did not wait for an answer.
    assert_eq!(Signals::of_end(&run(1, RunStatus::Cancelled), ""), Signals::default());
    for (cause, signals) in [
        (FailureCause::EmptyAnswer, set(&[Signal::EmptyAnswer])),
        (FailureCause::OutputLimit, set(&[Signal::EmptyAnswer, Signal::Cut])),
        (FailureCause::Declined, set(&[Signal::Refused])),
        (FailureCause::Filtered, set(&[Signal::Refused])),
        (FailureCause::ContextFull, set(&[Signal::ContextFull])),
        (FailureCause::Loop, set(&[Signal::Looping])),
        (FailureCause::ProviderStatus, Signals::default()),
    ] {
        assert_eq!(Signals::of_end(&failed(cause), ""), signals, "{cause}");
    }
}

#[test]
fn a_run_is_compared_with_what_is_usual_and_with_the_model_served_before() {
    let normal = Some(Normal { runs: 3, duration_ms: 1_000, cost: Some(NanoDollars(100)) });
    let earlier = Earlier { normal, served: vec!["small-0926".to_owned(), "small-0101".to_owned()] };
    let mut run = run(1, RunStatus::Success);
    (run.duration_ms, run.usage.total_cost) = (Some(2_999), Some(NanoDollars(299)));
    assert_eq!(Signals::of_comparison(&run, &earlier, Some("small-0926")), Signals::default());
    assert_eq!(Signals::of_comparison(&run, &earlier, Some("small-0101")), Signals::default(), "not the last one");
    (run.duration_ms, run.usage.total_cost) = (Some(3_000), Some(NanoDollars(300)));
    let all = set(&[Signal::Slow, Signal::Expensive, Signal::OtherModel]);
    assert_eq!(Signals::of_comparison(&run, &earlier, Some("small-1126")), all);
    // Nothing is known to be another.
    assert_eq!(Signals::of_comparison(&run, &Earlier::default(), Some("small-1126")), Signals::default());
    assert!(!Signals::of_comparison(&run, &earlier, None).has(Signal::OtherModel));
}

#[test]
fn each_signal_says_what_it_means_and_what_to_try() {
    assert_eq!(Signal::ContextFull.label(), "context nearly full");
    for signal in Signal::ALL {
        let SignalWords { title, meaning, advice } = signal.words();
        assert!(!title.ends_with('.') && meaning.ends_with('.') && advice.ends_with('.'), "{signal}");
    }
}
