//! Chat Completions as different servers stream them.

use super::*;
use crate::domain::finish::Finish;
use crate::domain::money::NanoDollars;

#[test]
fn one_answer_is_read_of_all_of_them() {
    for (stream, counts) in [
        ("openai_chat/openai_answer", [Some(19), Some(4), None, Some(10), Some(3)]),
        ("openai_chat/groq_answer", [Some(19), None, None, Some(10), None]),
        ("openai_chat/llamacpp_answer", [Some(19), None, None, Some(10), None]),
        ("openai_chat/openrouter_answer", [Some(19), None, None, Some(10), None]),
        ("openai_chat/document", [Some(19), None, None, Some(10), None]),
    ] {
        let got = read(stream);
        assert_eq!((got.text.as_str(), &got.error), ("Hello, wörld! 😀", &None), "{stream}");
        assert_eq!((got.finish(), got.counts()), (Finish::Stop, counts), "{stream}");
    }
    assert_eq!(read("openai_chat/openrouter_answer").usage.unwrap().billed, Some(NanoDollars(140_000)));
}

#[test]
fn calls_come_in_pieces_and_as_values() {
    let got = read("openai_chat/openai_calls");
    let echo = |arguments: &str| ("server__echo", arguments.to_owned());
    let time = ("current_time", "{}".to_owned());
    assert_eq!(got.calls(), [echo(r#"{"text":"a"}"#), echo(r#"{"text":"b"}"#), time.clone()]);
    assert_eq!(got.text, "Let me see.");
    assert_eq!(read("openai_chat/vllm_calls").calls(), [echo(r#"{"text":"a"}"#)]);
    assert_eq!(read("openai_chat/deepseek_reasoning").calls(), [time]);
}

#[test]
fn reasoning_is_no_answer_in_whatever_form_it_comes() {
    for (stream, text, reasoning) in [
        ("openai_chat/deepseek_reasoning", "", "I need the clock."),
        ("openai_chat/mistral_reasoning", "It is noon.", "I need no clock."),
        ("openai_chat/vllm_calls", "", "I need the clock."),
    ] {
        let got = read(stream);
        assert_eq!((got.text.as_str(), got.reasoning.as_str()), (text, reasoning), "{stream}");
    }
}

#[test]
fn ends_and_errors_are_called_by_their_names() {
    for (stream, text, finish) in [
        ("openai_chat/openai_length", "Once upon a", Finish::Length),
        ("openai_chat/openai_filtered", "Well,", Finish::ContentFilter),
    ] {
        let got = read(stream);
        assert_eq!((got.text.as_str(), got.finish()), (text, finish), "{stream}");
    }
    for (stream, said, is_passing) in [
        ("openai_chat/openrouter_error", "Provider returned error", true),
        ("openai_chat/no_such_model", "does not exist", false),
    ] {
        let error = read(stream).error.unwrap();
        assert!(error.message.contains(said) && error.is_passing == is_passing, "{stream}: {error:?}");
    }
}
