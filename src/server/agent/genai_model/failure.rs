//! How a call failed, in words for people, and whether repeating it may help. Makes no calls.

use super::super::model::ModelError;
use super::super::scrub::Scrubber;
use reqwest::StatusCode;
use serde_json::Value;
use std::error::Error;
use std::string::FromUtf8Error;
use std::time::Duration;

/// Longest error text, in characters.
const MAX_TEXT: usize = 2_000;

/// Types of errors within a stream that may be gone in a moment.
const PASSING_KINDS: [&str; 5] =
    ["\"overloaded_error\"", "\"api_error\"", "\"server_error\"", "\"rate_limit_error\"", "\"UNAVAILABLE\""];

/// Why a call failed. The text is not scrubbed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// HTTP status the provider answered, where there was one.
    pub(super) status: Option<u16>,
    pub(super) text: String,
    /// Whether the same call may succeed in a moment.
    pub(super) transient: bool,
    /// How long the provider asked to wait.
    pub(super) retry_after: Option<Duration>,
}

impl Failure {
    /// One that repeating does not help.
    pub(super) fn lasting(text: impl Into<String>) -> Self {
        Self { status: None, text: text.into(), transient: false, retry_after: None }
    }

    /// One that may be gone in a moment.
    pub(super) fn passing(text: impl Into<String>) -> Self {
        Self { transient: true, ..Self::lasting(text) }
    }

    /// What a provider answered with another status than success: `400 Bad Request: what it says`.
    pub(super) fn answered(status: StatusCode, said: &str) -> Self {
        let text = match said.trim() {
            "" => named(status),
            said => format!("{}: {said}", named(status)),
        };
        Self {
            status: Some(status.as_u16()),
            text,
            transient: status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error(),
            retry_after: None,
        }
    }

    /// What genai made of a stream it could not read.
    pub(super) fn read(error: genai::Error) -> Self {
        match error {
            genai::Error::ChatResponse { body, .. } => match message_in(&body) {
                Some(said) => {
                    // What would be 429 or 5xx before the first word is the same after it.
                    let kind = body.to_string();
                    let passes = PASSING_KINDS.iter().any(|passing| kind.contains(passing));
                    Self { transient: passes, ..Self::lasting(format!("the provider reported an error: {said}")) }
                }
                None => Self::lasting("the provider reported an error and did not say which"),
            },
            genai::Error::StreamParse { serde_error, .. } => {
                Self::lasting(format!("the provider sent something that is not JSON: {serde_error}"))
            }
            genai::Error::WebStream { error, .. } if error.is::<FromUtf8Error>() => {
                Self::lasting("the provider sent text that is not UTF-8")
            }
            genai::Error::WebStream { error, .. } => Self::passing(format!("the connection failed: {}", root(&*error))),
            other => Self::lasting(format!("the provider's answer cannot be read: {other}")),
        }
    }

    /// For the run: without keys, without control characters, not endless.
    pub(super) fn into_error(self, scrubber: &Scrubber) -> ModelError {
        let clean: String =
            scrubber.clean(&self.text).chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect();
        let message = match clean.char_indices().nth(MAX_TEXT) {
            Some((end, _)) => format!("{}…", &clean[..end]),
            None => clean,
        };
        ModelError { status: self.status, message, is_passing: self.transient, retry_after: self.retry_after }
    }
}

/// `400 Bad Request`
fn named(status: StatusCode) -> String {
    match status.canonical_reason() {
        Some(reason) => format!("{} {reason}", status.as_str()),
        None => status.as_str().to_owned(),
    }
}

/// The innermost cause: "connection refused" rather than "error sending request".
pub(super) fn root(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// What an error body says, in any of the shapes providers use; a body that is no JSON speaks for itself.
pub(super) fn message_of(body: &str) -> String {
    let body = body.trim();
    if is_page(body) {
        return "an HTML page".to_owned();
    }
    match serde_json::from_str::<Value>(body) {
        Ok(json) => message_in(&json).unwrap_or_else(|| body.to_owned()),
        Err(_) => body.to_owned(),
    }
}

/// Whether a body is markup rather than an answer.
pub(super) fn is_page(body: &str) -> bool {
    body.trim_start_matches('\u{feff}').trim_start().starts_with('<')
}

fn message_in(json: &Value) -> Option<String> {
    match json {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        // Gemini wraps its errors in a list.
        Value::Array(items) => items.first().and_then(message_in),
        Value::Object(fields) => ["error", "message", "detail", "msg"]
            .iter()
            .find_map(|name| fields.get(*name).and_then(message_in))
            .or_else(|| Some(json.to_string())),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_of_error_body_yields_its_message() {
        for body in [
            r#"{"error":{"message":"No such model","type":"x"}}"#,
            r#"{"type":"error","error":{"type":"invalid","message":"No such model"}}"#,
            r#"[{"error":{"code":404,"message":"No such model"}}]"#,
            r#"{"error":"No such model"}"#,
            r#"{"detail":[{"loc":["body"],"msg":"No such model"}]}"#,
            r#"{"message":"No such model"}"#,
            "  No such model\n",
        ] {
            assert_eq!(message_of(body), "No such model", "{body}");
        }
        assert_eq!(message_of("\n<!doctype html><title>502</title>"), "an HTML page");
        assert_eq!(message_of(r#"{"code":7}"#), r#"{"code":7}"#);
    }

    #[test]
    fn only_overload_and_faults_of_the_server_pass() {
        for (status, transient) in [(400, false), (401, false), (404, false), (429, true), (500, true), (529, true)] {
            let failure = Failure::answered(StatusCode::from_u16(status).unwrap(), "");
            assert_eq!(failure.transient, transient, "{status}");
        }
    }

    #[test]
    fn an_error_text_is_clean_and_bounded() {
        let failure = Failure::answered(StatusCode::BAD_REQUEST, &format!("bad\0 sk-1234567890 {}", "é".repeat(5_000)));
        let error = failure.into_error(&Scrubber::default());
        assert_eq!(error.status, Some(400));
        assert!(error.message.starts_with("400 Bad Request: bad  [key] é"), "{}", error.message);
        assert_eq!(error.message.chars().count(), MAX_TEXT + 1);
    }
}
