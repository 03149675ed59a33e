//! From bytes to events: the part that all protocols share on the wire. Knows HTTP, framings and JSON; no provider.

pub mod answer;
pub mod bounds;
pub mod client;
pub mod decoder;
pub mod documents;
pub mod failure;
pub mod json;
mod nesting;
pub mod retry_after;
pub mod sse;

pub use self::decoder::Decoder;
pub use self::nesting::Nesting;

use self::bounds::MAX_REQUEST;
use super::model::ModelError;
use super::providers::Endpoint;
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use secrecy::ExposeSecret;
use serde_json::Value;
use std::fmt;

/// One event of a streamed answer.
#[derive(Clone, Debug, PartialEq)]
pub struct WireEvent {
    /// The `event` field of a server-sent event; empty without one.
    pub name: String,
    pub data: WireData,
}

/// The payload of an event.
#[derive(Clone, Debug, PartialEq)]
pub enum WireData {
    Json(Value),
    /// `[DONE]`, which ends streams in the manner of OpenAI.
    Done,
}

/// A POST of JSON. Its `Debug` shows no keys.
#[derive(Clone)]
pub struct WireRequest {
    pub url: Url,
    /// `Content-Type` and `Accept` are added when it is sent.
    pub headers: HeaderMap,
    pub body: Value,
}

/// The same, spelled: by whoever has the time, since that of a long conversation takes some.
pub struct PackedRequest {
    pub url: Url,
    pub headers: HeaderMap,
    /// JSON.
    pub body: Vec<u8>,
}

impl WireRequest {
    /// Returns a request to `path` below the endpoint's base, which may bring a query of its own.
    ///
    /// # Errors
    /// The two make no URL.
    pub fn new(endpoint: &Endpoint, path: &str, body: Value) -> Result<Self, ModelError> {
        let url = endpoint.base.join(path);
        let url = url.map_err(|error| ModelError::lasting(format!("{}{path} is not a URL: {error}", endpoint.base)))?;
        Ok(Self { url, headers: HeaderMap::new(), body })
    }

    /// Returns the same with a header.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        self
    }

    /// Returns the same with a header that is a number.
    #[must_use]
    pub fn with_number(mut self, name: &'static str, value: u32) -> Self {
        self.headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
        self
    }

    /// Returns the same with the endpoint's key as a bearer token.
    ///
    /// # Errors
    /// No HTTP header can carry the key.
    pub fn with_bearer(self, endpoint: &Endpoint) -> Result<Self, ModelError> {
        let value = format!("Bearer {}", endpoint.key.expose_secret());
        self.with_secret(AUTHORIZATION, &value)
    }

    /// Returns the same with the endpoint's key in the header `name`.
    ///
    /// # Errors
    /// No HTTP header can carry the key.
    pub fn with_key(self, name: &'static str, endpoint: &Endpoint) -> Result<Self, ModelError> {
        self.with_secret(HeaderName::from_static(name), endpoint.key.expose_secret())
    }

    /// Spells the request.
    ///
    /// # Errors
    /// It is too long.
    pub fn packed(self) -> Result<PackedRequest, ModelError> {
        let Self { url, headers, body } = self;
        let body = serde_json::to_vec(&body)
            .map_err(|error| ModelError::lasting(format!("the request cannot be spelled: {error}")))?;
        if body.len() > MAX_REQUEST {
            let error = format!("the conversation is too long to send: over {} MiB", MAX_REQUEST >> 20);
            return Err(ModelError::lasting(error));
        }
        Ok(PackedRequest { url, headers, body })
    }

    fn with_secret(mut self, name: HeaderName, value: &str) -> Result<Self, ModelError> {
        let value = HeaderValue::from_str(value);
        let mut value =
            value.map_err(|_| ModelError::lasting("the key holds characters that no HTTP header can carry"))?;
        value.set_sensitive(true);
        self.headers.insert(name, value);
        Ok(self)
    }
}

impl fmt::Debug for WireRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WireRequest").field("url", &self.url.as_str()).field("headers", &self.headers).finish()
    }
}
