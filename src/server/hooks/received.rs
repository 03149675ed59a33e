//! A delivery as it arrived, and what becomes of it.

use crate::domain::hook::{HookSettings, VerificationKind};
use crate::domain::id::RunId;
use crate::domain::run::AgentRun;
use crate::server::lenient::{self, Read, numbers};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::Bytes;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Longest headers that are kept, in bytes.
const MAX_HEADERS: usize = 8 * 1024;
/// Headers that say how a delivery is read, whatever a webhook's settings.
const ALWAYS_READ: [&str; 2] = ["content-type", "x-github-event"];
/// Longest id of a delivery that is kept as it is.
const MAX_ID: usize = 255;

/// A delivery as it arrived. Cheap to clone but for its headers.
#[derive(Clone, Debug, Default)]
pub struct Received {
    /// Names, in lower case, and values, in the order in which they came.
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
}

/// The result of a delivery that was not refused.
#[derive(Clone, Debug)]
pub enum Reception {
    /// It started this run.
    Accepted(AgentRun),
    /// The same came before and started this run.
    Repeated(AgentRun),
    /// The same came before and started this run, which has had its time and is gone.
    RepeatedOfRemoved(RunId),
    /// It starts none, and why.
    Filtered(String),
    /// The sender tests the address, and expects this text.
    Challenge(String),
}

/// A body, read. Numbers that would lose digits are texts, since all of it is taken as text.
pub(super) struct Content {
    /// A body that is no JSON is one text.
    pub(super) value: Value,
    /// Whether its JSON was read as it came, so that setting it out again loses nothing.
    pub(super) is_json: bool,
    pub(super) text: String,
}

/// Why a body that is meant to be JSON cannot be read.
#[derive(Debug)]
pub(super) struct Unreadable(pub(super) String);

impl Received {
    /// Returns the first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Returns every value of a header.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        let is_it = move |(known, _): &&(String, String)| known.eq_ignore_ascii_case(name);
        self.headers.iter().filter(is_it).map(|(_, value)| value.as_str())
    }

    /// Reads the body: JSON, or a form, where a field `payload` with JSON in it is the body, as GitHub and Slack send it.
    ///
    /// # Errors
    /// It begins as JSON does and cannot be read to its end: taken for a text it would have nothing where the webhook looks.
    pub(super) fn content(&self) -> Result<Content, Unreadable> {
        let text = String::from_utf8_lossy(&self.body).into_owned();
        let is_form = self.header("content-type").is_some_and(|kind| {
            kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
        });
        // `curl -d` calls whatever it sends a form.
        if is_form && !begins_as_json(&text) {
            let fields: Vec<(String, String)> = form_urlencoded::parse(&self.body).into_owned().collect();
            let payload = fields.iter().find(|(name, _)| name == "payload").map(|(_, value)| value.clone());
            match payload.map(structured) {
                Some(Ok(content)) if !content.value.is_string() => return Ok(content),
                Some(Err(unreadable)) => return Err(unreadable),
                _ => {}
            }
            let members = fields.into_iter().map(|(name, value)| (name, Value::String(value)));
            return Ok(Content { value: Value::Object(members.collect()), is_json: true, text });
        }
        structured(text)
    }

    /// Returns the body as one text.
    pub(super) fn as_text(&self) -> Content {
        let text = String::from_utf8_lossy(&self.body).into_owned();
        Content { value: Value::String(text.clone()), is_json: false, text }
    }

    /// Returns the sender's id of the delivery: that of its own kind, or else one in a header that others know. Of a body that
    /// has the id in it and cannot be read, the whole is the id: it comes again as it is.
    pub(super) fn delivery_id(&self, kind: VerificationKind) -> Option<String> {
        let in_body = |pointer| match self.content() {
            Ok(content) => content.value.pointer(pointer)?.as_str().map(str::to_owned),
            Err(Unreadable(_)) => Some(hashed(&self.body)),
        };
        let own = match kind {
            VerificationKind::Stripe => in_body("/id"),
            VerificationKind::Slack => in_body("/event_id"),
            _ => None,
        };
        let in_header = |name| self.header(name).map(str::to_owned);
        let id = own
            .or_else(|| in_header("webhook-id"))
            .or_else(|| in_header("x-github-delivery"))
            .or_else(|| in_header("idempotency-key"))?;
        let id = id.trim();
        match id.len() {
            0 => None,
            1..=MAX_ID if id.bytes().all(|byte| byte.is_ascii_graphic()) => Some(id.to_owned()),
            _ => Some(hashed(id.as_bytes())),
        }
    }

    /// Returns the headers that are kept for a replay by a webhook with these settings: only so many, first those that it looks at.
    /// Of signatures, and of what else may prove who sent them, only what it looks at; the value only of what it compares or
    /// hands on, and never that of the signature itself.
    pub(super) fn kept_headers(&self, settings: &HookSettings) -> Vec<(String, String)> {
        let is_looked_at = |name: &str| settings.look_at_header(name) || ALWAYS_READ.contains(&name);
        let is_proof = |name: &str| is_secret(name) || settings.is_signature(name);
        let is_kept = |name: &str| is_looked_at(name) || !is_proof(name);
        let mut headers: Vec<_> = self.headers.iter().enumerate().filter(|(_, (name, _))| is_kept(name)).collect();
        headers.sort_by_key(|(_, (name, _))| !is_looked_at(name));
        let is_hidden = |name: &str| is_proof(name) && !settings.read_header(name) || settings.is_own_signature(name);
        let mut bytes = 0;
        headers.retain(|(_, (name, value))| {
            let with_it = bytes + name.len() + if is_hidden(name) { 0 } else { value.len() };
            let fits = with_it <= MAX_HEADERS;
            if fits {
                bytes = with_it;
            }
            fits
        });
        headers.sort_by_key(|(at, _)| *at);
        let kept = |(_, (name, value)): (usize, &(String, String))| {
            (name.clone(), if is_hidden(name) { String::new() } else { value.clone() })
        };
        headers.into_iter().map(kept).collect()
    }
}

/// Whether a header may prove who has sent it, by its name.
pub(super) fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let words = ["authorization", "cookie", "token", "secret", "password", "key"];
    // Bitbucket calls the kind of an event its key.
    let is_none = matches!(name.as_str(), "idempotency-key" | "x-event-key");
    words.iter().any(|word| name.contains(word)) && !is_none
}

/// Returns an id for what is none, or none that is kept as it is.
fn hashed(bytes: &[u8]) -> String {
    format!("sha256:{}", BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(bytes)))
}

/// Reads a text that may be JSON.
fn structured(text: String) -> Result<Content, Unreadable> {
    let quoted = numbers::quoted(&text);
    // A mark of the order of bytes is none of the JSON.
    let read = quoted.as_deref().unwrap_or(&text);
    match lenient::read(read.strip_prefix('\u{feff}').unwrap_or(read)) {
        Ok(Read { value, is_mended }) => Ok(Content { value, is_json: quoted.is_none() && !is_mended, text }),
        Err(error) if begins_as_json(&text) => Err(Unreadable(error.to_string())),
        Err(_) => Ok(Content { value: Value::String(text.clone()), is_json: false, text }),
    }
}

/// Whether a text begins as an object, or as a list of objects: an alert may well begin with a word in brackets.
fn begins_as_json(text: &str) -> bool {
    fn within(text: &str, open: char) -> Option<&str> {
        text.trim_start().strip_prefix(open).map(str::trim_start)
    }
    let is_object = |text| within(text, '{').is_some_and(|rest| rest.starts_with(['"', '}']));
    let text = text.trim_start_matches('\u{feff}');
    is_object(text) || within(text, '[').is_some_and(is_object)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(body: &str) -> Result<Value, Unreadable> {
        Received { body: Bytes::from(body.to_owned()), ..Received::default() }.content().map(|content| content.value)
    }

    #[test]
    fn one_odd_value_costs_no_other() {
        let body = r#"{"ref":"main","x":"\ud83d","n":1e400,"id":12345678901234567890123}"#;
        let value = json!({ "ref": "main", "x": "\u{fffd}", "n": null, "id": "12345678901234567890123" });
        assert_eq!(read(body).unwrap(), value);
    }

    #[test]
    fn what_is_called_a_form_and_is_json_is_json() {
        let headers = vec![("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
        let body = Bytes::from_static(b"\xef\xbb\xbf{\"ref\":\"main\"}");
        let content = Received { headers, body }.content().unwrap();
        assert_eq!(content.value, json!({ "ref": "main" }));
    }

    #[test]
    fn a_body_with_its_id_in_it_that_cannot_be_read_is_its_own_id() {
        let id =
            |kind, body: &str| Received { body: Bytes::from(body.to_owned()), ..Received::default() }.delivery_id(kind);
        let deep = format!(r#"{{"id":"evt_1","x":{}{}}}"#, "[".repeat(130), "]".repeat(130));
        for kind in [VerificationKind::Stripe, VerificationKind::Slack] {
            let first = id(kind, &deep).unwrap();
            assert!(first.starts_with("sha256:"), "{first}");
            assert_eq!(id(kind, &deep), Some(first.clone()));
            assert_ne!(id(kind, &deep.replace("evt_1", "evt_2")), Some(first));
        }
        assert_eq!(id(VerificationKind::Stripe, r#"{"id":"evt_1"}"#).as_deref(), Some("evt_1"));
        assert_eq!(id(VerificationKind::GitHub, &deep), None);
    }

    #[test]
    fn a_replay_has_the_headers_that_are_looked_at_and_none_that_prove_who_sent_them() {
        let settings = json!({
            "name": "Pushes", "verification": { "kind": "hmac", "header": "X-Proof" }, "secret": "s",
            "filter": [
                { "header": "x-event-key", "equals": "repo:push" }, { "header": "X-Proof", "exists": true },
                { "header": "Authorization", "exists": true }, { "header": "X-Signature-Version", "equals": "2" },
            ],
            "map": { "tags": [{ "header": "X-Last" }] },
        });
        let Value::Object(members) = settings else { panic!() };
        let (settings, _) = HookSettings::read(members).unwrap();
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let headers = vec![
            header("x-event-key", "repo:push"),
            header("x-api-key", "k"),
            header("x-proof", "p"),
            header("x-hub-signature", "s"),
            header("x-signature-version", "2"),
            header("cookie", "c"),
            header("authorization", "Bearer b"),
            header("x-long", &"x".repeat(MAX_HEADERS - 86)),
            header("user-agent", "Forge"),
            header("x-last", "main"),
            header("content-type", "application/json"),
        ];
        let kept = Received { headers, body: Bytes::new() }.kept_headers(&settings);
        let kept: Vec<_> = kept.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let forge = ("user-agent", "Forge");
        let looked_at =
            [("x-event-key", "repo:push"), ("x-proof", ""), ("x-signature-version", "2"), ("authorization", "")];
        assert_eq!(kept, [&looked_at[..], &[forge, ("x-last", "main"), ("content-type", "application/json")]].concat());
    }

    #[test]
    fn what_begins_as_json_and_is_none_is_no_text() {
        let deep = format!(r#"{{"ref":"main","x":{}{}}}"#, "[".repeat(130), "]".repeat(130));
        for body in [&*deep, r#"{"ref":"main""#, r#"[{"a":1}"#] {
            assert!(read(body).is_err(), "{body}");
        }
        for text in ["[FIRING:1] Disk full", "{braces} are no JSON", "Disk full", ""] {
            assert_eq!(read(text).unwrap(), json!(text));
        }
    }
}
