//! How a call failed, in words for people, and whether repeating it may help. Knows the shapes of errors that providers
//! use, not the providers. Texts are not scrubbed of keys here.

use super::bounds::MAX_ERROR_BODY;
use super::json::Unread;
use super::{WireData, WireEvent};
use crate::domain::failure::FailureCause;
use crate::server::work::model::ModelError;
use reqwest::StatusCode;
use serde_json::{Map, Value};
use std::error::Error;
use std::time::Duration;

/// Longest error text, in characters.
const MAX_TEXT: usize = 2_000;

/// Words by which providers name errors that may be gone in a moment, as [`kinds`] spells them.
const PASSING: [&str; 40] = [
    "aborted",
    "api",
    "apiconnection",
    "apitimeout",
    "badgateway",
    "busy",
    "concurrencylimitexceeded",
    "connection",
    "deadlineexceeded",
    "engineoverloaded",
    "gatewaytimeout",
    "internal",
    "internalserver",
    "internalservice",
    "modelnotready",
    "modeloverloaded",
    "modelstream",
    "modeltimeout",
    "overload",
    "overloaded",
    "provideroverloaded",
    "providerunavailable",
    "ratelimit",
    "ratelimited",
    "ratelimitexceeded",
    "ratelimitreached",
    "requestlimitexceeded",
    "requesttimeout",
    "resourceexhausted",
    "server",
    "serverbusy",
    "serverisoverloaded",
    "servicetiercapacityexceeded",
    "serviceunavailable",
    "slowdown",
    "temporarilyunavailable",
    "throttling",
    "timeout",
    "toomanyrequests",
    "unavailable",
];

/// Words for errors that come with a status like 429 and do not pass by themselves, spelled alike.
const FINAL: [&str; 7] = [
    "insufficientquota",
    "insufficientbalance",
    "insufficientcredits",
    "exceededcurrentquota",
    "billinghardlimitreached",
    "billingnotactive",
    "arrearage",
];

/// What an error says that may be gone in a moment, where nothing but its words says so.
const SAYS_PASSING: [&str; 12] = [
    "overload",
    "rate limit",
    "too many requests",
    "service unavailable",
    "temporarily unavailable",
    "try again",
    "timed out",
    "timeout",
    "internal server error",
    "internal error",
    "bad gateway",
    "server is busy",
];

/// What an error says that stays, whatever else it says.
const SAYS_FINAL: [&str; 6] = ["quota", "billing", "insufficient", "credit", "account balance", "your balance"];

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
    let kinds: Vec<String> = kinds(data).collect();
    let said = message_in(data).unwrap_or_else(|| "it does not say which".to_owned());
    let is = |words: &[&str]| kinds.iter().any(|kind| words.contains(&kind.as_str()));
    let is_passing = !is(&FINAL)
        && match code {
            Some(code) => may_pass(code),
            None if kinds.is_empty() => says_it_may_pass(&said),
            None => is(&PASSING),
        };
    let cause = if code.is_some() { FailureCause::ProviderStatus } else { FailureCause::ProviderError };
    let status = code.and_then(|code| u16::try_from(code).ok());
    let code = code.map(|code| format!(" ({code})")).unwrap_or_default();
    let error = ModelError::lasting(format!("the provider reported an error{code}: {said}")).because(cause);
    ModelError { status, is_passing, retry_after: wait_in(data), ..error }
}

/// Whether it is an error that the provider reported, rather than one of the connection or of ours.
pub fn is_reported(error: &ModelError) -> bool {
    matches!(error.cause, FailureCause::ProviderStatus | FailureCause::ProviderError)
}

/// Returns an error that the provider reports in words alone. `is_whole` says that they are known to have come all: half of
/// them say nothing on whether it may pass.
pub fn in_words(said: &[u8], is_whole: bool) -> ModelError {
    let said = message_of(&start_of(said));
    let error = error_in(&Value::String(said.clone()));
    ModelError { is_passing: error.is_passing || !is_whole && !says_it_stays(&said), ..error }
}

/// Returns the error for something among the events that is none of them, such as the words of a server that broke off.
pub fn garbled(data: &[u8], why: &Unread) -> ModelError {
    let said = start_of(data);
    match why {
        Unread::TooMany => ModelError::lasting(why.to_string()),
        Unread::NotJson(_) => {
            let is_half = said.trim_start().starts_with(['{', '[', '"']);
            let said = if is_half { String::new() } else { message_of(&said) };
            let message = match said.as_str() {
                "" => why.to_string(),
                said => format!("the provider sent something that is not JSON: {said}"),
            };
            let is_passing = !says_it_stays(&said);
            ModelError { is_passing, ..ModelError::lasting(message).because(FailureCause::BrokeOff) }
        }
    }
}

fn start_of(text: &[u8]) -> String {
    String::from_utf8_lossy(&text[..text.len().min(MAX_ERROR_BODY)]).into_owned()
}

fn says_it_stays(said: &str) -> bool {
    let said = said.to_lowercase();
    SAYS_FINAL.iter().any(|words| said.contains(words))
}

/// Whether an error without a code or a kind may pass, by its words. They may begin with a status.
fn says_it_may_pass(said: &str) -> bool {
    if says_it_stays(said) {
        return false;
    }
    let status = said.split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok());
    if let Some(status) = status.filter(|status| (400..600).contains(status)) {
        return may_pass(status);
    }
    let said = said.to_lowercase().replace(['_', '-'], " ");
    SAYS_PASSING.iter().any(|words| said.contains(words))
}

/// Returns how long an error asks to wait: Google's `RetryInfo` among its details, such as `"retryDelay": "34.07s"`.
fn wait_in(data: &Value) -> Option<Duration> {
    let details = described(data).filter_map(|error| error.get("details")?.as_array()).flatten();
    let delays = details.filter_map(|detail| detail.get("retryDelay")?.as_str()?.strip_suffix('s'));
    delays.filter_map(|delay| Duration::try_from_secs_f64(delay.parse().ok()?).ok()).next()
}

/// Returns the error for a stream that ended in the middle. `stray` is what came instead of an answer, if it was words.
pub fn cut_short(stray: &[u8]) -> ModelError {
    let said = message_of(&start_of(stray));
    let ended = "the stream ended before the answer was complete";
    let message = if said.is_empty() { ended.to_owned() } else { format!("{ended}, and all that came was: {said}") };
    ModelError { is_passing: !says_it_stays(&said), ..ModelError::lasting(message).because(FailureCause::BrokeOff) }
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

/// Returns a status of HTTP among the error's codes, be it a number or written in digits. Beside it there may be a code of
/// the provider's own.
fn code(data: &Value) -> Option<u64> {
    let number = |value: &Value| value.as_u64().or_else(|| value.as_str()?.parse().ok());
    let names = ["code", "status", "status_code", "statusCode"];
    let mut codes = described(data).flat_map(|error| names.into_iter().filter_map(|name| error.get(name)));
    codes.find_map(|code| number(code).filter(|code| (400..600).contains(code)))
}

/// Returns the words that name the kind of error, in small letters and without what varies in their spelling: they are
/// `rate_limit_error`, `RateLimitError` and `litellm.RateLimitError`, all of them `ratelimit`. Numbers name none.
fn kinds(data: &Value) -> impl Iterator<Item = String> {
    let named = described(data).flat_map(|error| {
        let metadata = error.get("metadata").and_then(|metadata| metadata.get("error_type"));
        ["type", "code", "status"].iter().filter_map(|name| error.get(*name)).chain(metadata)
    });
    let words = named.filter_map(Value::as_str).map(|word| {
        let word = word.rsplit('.').next().unwrap_or(word);
        let word: String = word.chars().filter(char::is_ascii_alphanumeric).collect();
        let word = word.to_ascii_lowercase();
        word.trim_end_matches("error").trim_end_matches("exception").to_owned()
    });
    words.filter(|word| !word.bytes().all(|byte| byte.is_ascii_digit()))
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
