//! A delivery as it arrived, and what becomes of it.

use crate::domain::hook::VerificationKind;
use crate::domain::run::AgentRun;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::Bytes;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Longest headers that are kept, in bytes.
const MAX_HEADERS: usize = 8 * 1024;
/// Longest id of a delivery that is kept as it is.
const MAX_ID: usize = 255;

/// A delivery as it arrived. Cheap to clone but for its headers.
#[derive(Clone, Debug, Default)]
pub struct Received {
    /// Names, in lower case, and values, in the order in which they came.
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
}

/// What became of a delivery that was not refused.
#[derive(Clone, Debug)]
pub enum Reception {
    /// It started this run.
    Accepted(AgentRun),
    /// The same came before and started this run.
    Repeated(AgentRun),
    /// It starts none, and why.
    Filtered(String),
    /// The sender tests the address, and expects this text.
    Challenge(String),
}

/// A body, read.
pub(super) struct Content {
    /// A body that is no JSON is one text.
    pub(super) value: Value,
    pub(super) is_json: bool,
    pub(super) text: String,
}

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
    pub(super) fn content(&self) -> Content {
        let text = String::from_utf8_lossy(&self.body).into_owned();
        let is_form = self.header("content-type").is_some_and(|kind| {
            kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
        });
        if is_form {
            let fields: Vec<(String, String)> = form_urlencoded::parse(&self.body).into_owned().collect();
            let payload = fields.iter().find(|(name, _)| name == "payload").map(|(_, value)| value.clone());
            if let Some((value, text)) = payload.and_then(|text| Some((serde_json::from_str(&text).ok()?, text))) {
                return Content { value, is_json: true, text };
            }
            let members = fields.into_iter().map(|(name, value)| (name, Value::String(value)));
            return Content { value: Value::Object(members.collect()), is_json: true, text };
        }
        match serde_json::from_slice(&self.body) {
            Ok(value) => Content { value, is_json: true, text },
            Err(_) => Content { value: Value::String(text.clone()), is_json: false, text },
        }
    }

    /// Returns the sender's id of the delivery: that of its own kind, or else one in a header that others know.
    pub(super) fn delivery_id(&self, kind: VerificationKind) -> Option<String> {
        let in_body = |pointer| match serde_json::from_slice::<Value>(&self.body).ok()?.pointer(pointer)? {
            Value::String(id) => Some(id.clone()),
            _ => None,
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
            _ => Some(format!("sha256:{}", BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(id)))),
        }
    }

    /// Returns the headers that are kept for a replay: none that proves who sent them, and only so many.
    pub(super) fn kept_headers(&self) -> Vec<(String, String)> {
        let is_secret = |name: &str| {
            ["authorization", "cookie", "signature", "token", "secret", "password", "key"]
                .iter()
                .any(|word| name.contains(word) && name != "idempotency-key")
        };
        let mut bytes = 0;
        let headers = self.headers.iter().filter(|(name, _)| !is_secret(&name.to_ascii_lowercase()));
        let fits = |(name, value): &&(String, String)| {
            bytes += name.len() + value.len();
            bytes <= MAX_HEADERS
        };
        headers.take_while(fits).cloned().collect()
    }
}
