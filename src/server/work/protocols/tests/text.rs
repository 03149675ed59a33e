//! Text that comes before something goes wrong, in each protocol: it is kept.

use super::*;

#[test]
fn half_a_surrogate_pair_costs_one_sign_and_no_answer() {
    for directory in ["anthropic", "gemini", "ollama", "openai_chat", "openai_responses"] {
        let file = if directory == "openai_chat" { "openai_surrogate" } else { "surrogate" };
        let got = read(&format!("{directory}/{file}"));
        assert_eq!((got.text.as_str(), &got.error), ("Once \u{fffd} upon", &None), "{directory}");
    }
}

#[test]
fn an_error_after_text_is_reported_with_its_words_and_leaves_the_text() {
    for (stream, said) in [
        ("openai_chat/vllm_error", "the provider reported an error (500): EngineCore encountered an issue."),
        ("openai_chat/vllm_error_later", "the provider reported an error (500): EngineCore encountered an issue."),
        ("openai_chat/openai_words", "the provider reported an error: Overloaded"),
        ("ollama/words", "the provider sent something that is not JSON: Internal error"),
    ] {
        let got = read(stream);
        let error = got.error.unwrap();
        assert_eq!((error.message.as_str(), error.is_passing), (said, true), "{stream}");
        assert_eq!((got.text.as_str(), got.finished), ("Once upon a", None), "{stream}");
    }
}
