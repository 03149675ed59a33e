//! How a call failed, in words for people, and whether repeating it may help. Knows the shapes of errors that providers
//! use, not the providers. Texts are not scrubbed of keys here.

use super::{WireData, WireEvent};
use crate::domain::failure::FailureCause;
use crate::server::work::model::ModelError;
use reqwest::StatusCode;
use serde_json::{Map, Value};
use std::error::Error;
use std::time::Duration;

/// Longest error text, in characters.
const MAX_TEXT: usize = 2_000;

/// Words by which providers name errors that may be gone in a moment, in lower case and without `_error` at the end.
const PASSING: [&str; 21] = [
    "aborted",
    "server_is_overloaded",
    "slow_down",
    "overloaded",
    "api",
    "server",
    "internalserver",
    "internal_server",
    "internal",
    "rate_limit",
    "rate_limit_exceeded",
    "ratelimit",
    "too_many_requests",
    "timeout",
    "deadline_exceeded",
    "unavailable",
    "service_unavailable",
    "provider_unavailable",
    "provider_overloaded",
    "resource_exhausted",
    "engine_overloaded",
];

/// Words for errors that come with a status like 429 and do not pass by themselves.
const FINAL: [&str; 4] =
    ["insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "insufficient_balance"];

/// Returns the error of a response with another status than success: `400 Bad Request: what it says`.
pub fn refused(status: StatusCode, body: &str, retry_after: Option<Duration>) -> ModelError {
    let said = message_of(body);
    let message = match said.as_str() {
        "" => named(status),
        said => format!("{}: {said}", named(status)),
    };
    let words = serde_json::from_str::<Value>(body).ok();
    let is_final = words.as_ref().is_some_and(|body| kinds(body).any(|kind| FINAL.contains(&kind.as_str())));
    let is_passing = may_pass(status.as_u16().into()) && !is_final;
    let retry_after = retry_after.or_else(|| words.as_ref().and_then(wait_in));
    let error = ModelError::lasting(message).because(FailureCause::ProviderStatus);
    ModelError { status: Some(status.as_u16()), is_passing, retry_after, ..error }
}

/// Returns the error for a response that leads elsewhere.
pub fn redirected(status: StatusCode, to: &str) -> ModelError {
    let message = format!("{}: a redirect to {to} is not followed: check the base URL", named(status));
    let error = ModelError::lasting(message).because(FailureCause::ProviderStatus);
    ModelError { status: Some(status.as_u16()), ..error }
}

/// Returns the error that an event reports, if it does: by its name, by a field `error` that holds something, or by
/// calling itself an error.
pub fn reported(event: &WireEvent) -> Option<ModelError> {
    let WireData::Json(data) = &event.data else { return None };
    let says_so = |name: &str| data.get(name).and_then(Value::as_str) == Some("error");
    let holds_one = data.get("error").is_some_and(|error| !is_nothing(error));
    (event.name == "error" || holds_one || says_so("object") || says_so("type")).then(|| error_in(data))
}

/// Returns an error that JSON describes.
pub fn error_in(data: &Value) -> ModelError {
    let code = code(data);
    let is_final = kinds(data).any(|kind| FINAL.contains(&kind.as_str()));
    let is_passing = !is_final
        && match code {
            Some(code) => may_pass(code),
            None => {
                kinds(data).any(|kind| PASSING.contains(&kind.trim_end_matches("_error").trim_end_matches("error")))
            }
        };
    let cause = if code.is_some() { FailureCause::ProviderStatus } else { FailureCause::ProviderError };
    let status = code.and_then(|code| u16::try_from(code).ok());
    let code = code.map(|code| format!(" ({code})")).unwrap_or_default();
    let said = message_in(data).unwrap_or_else(|| "it does not say which".to_owned());
    let error = ModelError::lasting(format!("the provider reported an error{code}: {said}")).because(cause);
    ModelError { status, is_passing, retry_after: wait_in(data), ..error }
}

/// Returns how long an error asks to wait: Google's `RetryInfo` among its details, such as `"retryDelay": "34.07s"`.
fn wait_in(data: &Value) -> Option<Duration> {
    let details = described(data).filter_map(|error| error.get("details")?.as_array()).flatten();
    let delays = details.filter_map(|detail| detail.get("retryDelay")?.as_str()?.strip_suffix('s'));
    delays.filter_map(|delay| Duration::try_from_secs_f64(delay.parse().ok()?).ok()).next()
}

/// Returns the error for a stream that ended in the middle.
pub fn cut_short() -> ModelError {
    ModelError::passing("the stream ended before the answer was complete").because(FailureCause::BrokeOff)
}

/// Returns the error for a page that came where an answer was expected.
pub fn page(start: &str) -> ModelError {
    ModelError::lasting(format!("{} came instead of an answer: check the base URL", page_named(start)))
}

/// Whether the code is 429, 5xx, or one of the few others that say "not now".
fn may_pass(code: u64) -> bool {
    matches!(code, 408 | 409 | 425 | 429 | 500..=599)
}

fn is_nothing(error: &Value) -> bool {
    match error {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// Returns the object that describes an error and the one it stands in.
fn described(data: &Value) -> impl Iterator<Item = &Map<String, Value>> {
    let outer = match data {
        // Gemini wraps its errors in a list.
        Value::Array(items) => items.first().and_then(Value::as_object),
        _ => data.as_object(),
    };
    let inner = outer.and_then(|outer| outer.get("error")).and_then(Value::as_object);
    inner.into_iter().chain(outer)
}

/// Returns a status of HTTP in the error's code, be it a number or written in digits.
fn code(data: &Value) -> Option<u64> {
    let number = |value: &Value| value.as_u64().or_else(|| value.as_str()?.parse().ok());
    let fields = |error: &Map<String, Value>| {
        ["code", "status", "status_code"].iter().find_map(|name| error.get(*name).and_then(number))
    };
    described(data).find_map(fields).filter(|code| (400..600).contains(code))
}

/// Returns the words that name the kind of error, in lower case.
fn kinds(data: &Value) -> impl Iterator<Item = String> {
    described(data).flat_map(|error| {
        let metadata = error.get("metadata").and_then(|metadata| metadata.get("error_type"));
        let named = ["type", "code", "status"].iter().filter_map(|name| error.get(*name)).chain(metadata);
        named.filter_map(Value::as_str).map(str::to_ascii_lowercase)
    })
}

/// Returns the message of an error body in any of the shapes providers use; a body that is no JSON speaks for itself.
pub fn message_of(body: &str) -> String {
    let body = body.trim_start_matches('\u{feff}').trim();
    if body.starts_with('<') {
        return page_named(body);
    }
    match serde_json::from_str::<Value>(body) {
        Ok(json) => {
            message_in(&json).unwrap_or_else(|| if is_nothing(&json) { String::new() } else { body.to_owned() })
        }
        Err(_) => body.to_owned(),
    }
}

/// Returns the message in JSON, if it has one.
pub fn message_in(json: &Value) -> Option<String> {
    match json {
        Value::String(text) if text.trim().is_empty() => None,
        // Gateways pass on their provider's body as a text.
        Value::String(text) if text.trim_start().starts_with(['{', '[']) => {
            let nested = serde_json::from_str(text).ok().and_then(|nested: Value| message_in(&nested));
            Some(nested.unwrap_or_else(|| text.clone()))
        }
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => items.iter().find_map(message_in),
        Value::Object(fields) => {
            let named = ["error", "message", "detail", "details", "msg", "error_description", "errors"];
            let said = named.iter().find_map(|name| fields.get(*name).and_then(message_in))?;
            // OpenRouter says "Provider returned error", and beside it what the provider said.
            let raw = fields.get("metadata").and_then(|metadata| metadata.get("raw")).and_then(message_in);
            Some(raw.map_or(said.clone(), |raw| format!("{said}: {raw}")))
        }
        _ => None,
    }
}

/// `an HTML page ("502 Bad Gateway")`
fn page_named(page: &str) -> String {
    let lower = page.to_ascii_lowercase();
    let title = lower.find("<title>").map(|at| at + 7).and_then(|start| {
        let end = start + lower[start..].find("</title>")?;
        Some(page[start..end].split_whitespace().collect::<Vec<_>>().join(" "))
    });
    match title.filter(|title| !title.is_empty()) {
        Some(title) => format!("an HTML page (\"{}\")", title.chars().take(100).collect::<String>()),
        None => "an HTML page".to_owned(),
    }
}

/// `400 Bad Request`
fn named(status: StatusCode) -> String {
    match status.canonical_reason() {
        Some(reason) => format!("{} {reason}", status.as_str()),
        None => status.as_str().to_owned(),
    }
}

/// Returns the innermost cause: "connection refused" rather than "error sending request".
pub fn root(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// Returns the text as a run may keep it: without control characters, not endless.
pub fn tidy(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect();
    match clean.char_indices().nth(MAX_TEXT) {
        Some((end, _)) => format!("{}…", &clean[..end]),
        None => clean,
    }
}

#[cfg(test)]
mod tests;
