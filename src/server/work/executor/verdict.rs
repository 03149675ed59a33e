//! Rules on whether an answer that has ended will do, and the error for one that will not. Pure.

use super::super::model::{Finished, ModelError};
use crate::domain::failure::FailureCause;
use crate::domain::finish::Finish;

/// Text for the model, and for the record, of a call in an answer that was cut.
pub(super) const CUT_CALL: &str = "Not called: the answer was cut at the limit of output tokens, so the call may not be \
whole. Ask again with less in one answer.";

/// Accepts an answer: a whole one, calls of tools, a pause, or the beginning of one that was cut at the limit of tokens. `limit`
/// is the agent's own, if it has one.
///
/// # Errors
/// There is no answer, or half of one that nobody should take for a whole. The text says why; asking again would not
/// help.
pub(super) fn accept(finished: Finished, has_text: bool, limit: Option<i64>) -> Result<Finished, ModelError> {
    use FailureCause::*;
    let says_something = has_text || !finished.calls.is_empty();
    let (cause, error) = match finished.finish {
        Finish::Stop if says_something => return Ok(finished),
        Finish::Stop => (EmptyAnswer, with("the model sent an empty answer", &finished)),
        Finish::Pause => return Ok(finished),
        Finish::Length if says_something => return Ok(finished),
        Finish::Length => match limit {
            None => (OutputLimit, "the model used up its tokens before it wrote any text".to_owned()),
            Some(limit) => {
                let error = format!(
                    "the model used up the {limit} output tokens that the agent allows it before it wrote any text: raise \
                     Max output tokens in the agent's settings"
                );
                (OutputLimit, error)
            }
        },
        Finish::Context if has_text && finished.calls.is_empty() => return Ok(finished),
        Finish::Context => {
            let error = "the conversation filled the model's context window before there was an answer: make it shorter, \
                         or choose a model with a larger one";
            (ContextFull, error.to_owned())
        }
        Finish::ContentFilter => (Filtered, with("the provider withheld the answer", &finished)),
        Finish::Refusal => (Declined, with("the model declined to answer", &finished)),
        Finish::BlockedPrompt => (Filtered, with("the provider did not let the model see the prompt", &finished)),
        Finish::MalformedCall => {
            (ModelCall, with("the model tried to call a tool, and the call could not be read", &finished))
        }
        Finish::Recitation => {
            (Filtered, with("the provider stopped the answer, which repeats protected text", &finished))
        }
    };
    Err(ModelError::lasting(error).because(cause))
}

/// Returns the sentence with the provider's own words.
fn with(sentence: &str, finished: &Finished) -> String {
    match finished.detail.as_deref().map(str::trim).filter(|detail| !detail.is_empty()) {
        Some(word) if !word.contains(char::is_whitespace) => format!("{sentence} ({word})"),
        Some(words) => format!("{sentence}: {words}"),
        None => sentence.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::model::{Arguments, ToolCall};
    use super::*;
    use serde_json::json;

    fn ended(finish: Finish, detail: Option<&str>) -> Finished {
        Finished { detail: detail.map(str::to_owned), ..Finished::new(finish) }
    }

    fn error(finish: Finish, detail: Option<&str>, has_text: bool) -> Option<String> {
        accept(ended(finish, detail), has_text, None).err().map(|error| error.message)
    }

    #[test]
    fn half_an_answer_is_never_a_whole_one() {
        for (finish, detail, said) in [
            (Finish::ContentFilter, Some("content_filter"), "the provider withheld the answer (content_filter)"),
            (Finish::Refusal, Some("I can't help."), "the model declined to answer: I can't help."),
            (Finish::Refusal, None, "the model declined to answer"),
            (Finish::BlockedPrompt, Some("SAFETY"), "the provider did not let the model see the prompt (SAFETY)"),
            (
                Finish::MalformedCall,
                Some("function_call"),
                "the model tried to call a tool, and the call could not be read (function_call)",
            ),
            (Finish::Recitation, Some(" "), "the provider stopped the answer, which repeats protected text"),
        ] {
            for has_text in [false, true] {
                assert_eq!(error(finish, detail, has_text).as_deref(), Some(said));
            }
        }
    }

    #[test]
    fn an_answer_that_will_not_do_says_why() {
        use FailureCause::*;
        for (finish, cause) in [
            (Finish::Stop, EmptyAnswer),
            (Finish::Length, OutputLimit),
            (Finish::Context, ContextFull),
            (Finish::Refusal, Declined),
            (Finish::ContentFilter, Filtered),
            (Finish::BlockedPrompt, Filtered),
            (Finish::Recitation, Filtered),
            (Finish::MalformedCall, ModelCall),
        ] {
            assert_eq!(accept(ended(finish, None), false, None).unwrap_err().cause, cause, "{finish}");
        }
    }

    #[test]
    fn an_answer_that_was_cut_is_one_if_it_says_anything() {
        for finish in [Finish::Stop, Finish::Length, Finish::Context] {
            assert_eq!(error(finish, None, true), None, "{finish}");
            assert!(error(finish, None, false).is_some(), "{finish}");
        }
        assert_eq!(error(Finish::Stop, None, false).as_deref(), Some("the model sent an empty answer"));
        let odd = error(Finish::Stop, Some("of_tomorrow"), false);
        assert_eq!(odd.as_deref(), Some("the model sent an empty answer (of_tomorrow)"));
        assert_eq!(
            error(Finish::Length, None, false).as_deref(),
            Some("the model used up its tokens before it wrote any text")
        );
        let limited = accept(ended(Finish::Length, None), false, Some(20)).unwrap_err().message;
        assert!(limited.contains("the 20 output tokens that the agent allows"), "{limited}");
        assert!(limited.ends_with("raise Max output tokens in the agent's settings"), "{limited}");
        assert!(accept(ended(Finish::Length, None), true, Some(20)).is_ok());
        assert_eq!(error(Finish::Pause, None, false), None);
    }

    #[test]
    fn calls_are_an_answer_unless_there_is_no_room_for_another() {
        let call = ToolCall { id: "a".to_owned(), name: "t".to_owned(), arguments: Arguments::Read(json!({})) };
        let calls = |finish| accept(Finished { calls: vec![call.clone()], ..Finished::new(finish) }, false, None);
        assert!(calls(Finish::Stop).is_ok() && calls(Finish::Length).is_ok());
        assert!(calls(Finish::Context).is_err());
    }
}
