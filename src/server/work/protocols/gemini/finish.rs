//! Why a candidate ended, or why there is none, in Google's words.

use super::super::super::model::ModelError;
use super::super::limits::detail;
use crate::domain::failure::FailureCause;
use crate::domain::finish::Finish;
use serde_json::Value;

/// The end of an answer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stop {
    pub(super) finish: Finish,
    pub(super) detail: Option<String>,
}

/// Ends of no answer, after which another try may have one.
const PASSING: [&str; 3] = ["OTHER", "IMAGE_OTHER", "MALFORMED_RESPONSE"];
/// Ends of no answer that name something which is the same the next time.
const LASTING: [&str; 4] = ["LANGUAGE", "TOO_MANY_TOOL_CALLS", "MISSING_THOUGHT_SIGNATURE", "NO_IMAGE"];

impl Stop {
    /// Returns the end of a candidate; `None` while it goes on.
    ///
    /// # Errors
    /// It ended for none of the reasons that an answer may end for.
    pub(super) fn of(candidate: &Value) -> Result<Option<Self>, ModelError> {
        let said = detail(&candidate["finishMessage"]);
        let own = |word: &str| Some(word.to_owned());
        let (finish, detail) = match candidate["finishReason"].as_str() {
            None | Some("" | "FINISH_REASON_UNSPECIFIED") => return Ok(None),
            Some("STOP") => (Finish::Stop, said),
            Some("MAX_TOKENS") => (Finish::Length, said),
            Some("RECITATION" | "IMAGE_RECITATION") => (Finish::Recitation, said),
            Some(word @ ("MALFORMED_FUNCTION_CALL" | "UNEXPECTED_TOOL_CALL")) => {
                (Finish::MalformedCall, said.or_else(|| own(word)))
            }
            Some(
                word @ ("SAFETY"
                | "BLOCKLIST"
                | "PROHIBITED_CONTENT"
                | "SPII"
                | "IMAGE_SAFETY"
                | "IMAGE_PROHIBITED_CONTENT"
                | "MODEL_ARMOR"),
            ) => (Finish::ContentFilter, own(word)),
            Some(word) if PASSING.contains(&word) || LASTING.contains(&word) => {
                let said = said.map(|said| format!(": {said}")).unwrap_or_default();
                let text = format!("the provider ended the answer ({word}){said}");
                let is_passing = PASSING.contains(&word);
                let error = ModelError { is_passing, ..ModelError::lasting(text) };
                return Err(error.because(FailureCause::ProviderError));
            }
            // Nobody knows that anything is wrong with the answer.
            Some(word) => (Finish::Stop, said.or_else(|| own(word))),
        };
        Ok(Some(Self { finish, detail }))
    }

    /// Returns the end of an answer that never began, because the prompt was blocked.
    pub(super) fn of_prompt(feedback: &Value) -> Option<Self> {
        let word = detail(&feedback["blockReason"])?;
        let said = detail(&feedback["blockReasonMessage"]).map(|said| format!(": {said}")).unwrap_or_default();
        Some(Self { finish: Finish::BlockedPrompt, detail: Some(word + &said) })
    }
}
