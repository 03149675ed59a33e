//! Places in a delivery: in its body, by JSON Pointer (RFC 6901), or among its headers, by name.

use super::MAX_PLACE;
use serde_json::{Value, json};
use std::fmt;

/// A place in a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A JSON Pointer; the empty one is the whole body.
    Body(String),
    /// The name of a header, in any case.
    Header(String),
}

impl Place {
    /// Whether it is a part of the body.
    pub fn is_within_body(&self) -> bool {
        matches!(self, Self::Body(pointer) if !pointer.is_empty())
    }

    /// Reads a JSON Pointer.
    ///
    /// # Errors
    /// It is none; reads on from the name of the value.
    pub fn pointer(text: &str) -> Result<Self, String> {
        let is_pointer = text.is_empty() || text.starts_with('/');
        // `~` stands for itself as `~0` and for `/` as `~1`.
        let is_escaped = text.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
        if !is_pointer || !is_escaped || text.len() > MAX_PLACE || text.contains('\0') {
            let says = "must be a JSON Pointer such as \"/head_commit/message\"";
            return Err(format!("{says}, of at most {MAX_PLACE} bytes"));
        }
        Ok(Self::Body(text.to_owned()))
    }

    /// Reads the name of a header.
    ///
    /// # Errors
    /// It is none; reads on from the name of the value.
    pub fn header(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if text.is_empty() || text.len() > MAX_PLACE || !text.bytes().all(is_token) {
            return Err("must be the name of a header, such as \"X-GitHub-Event\"".to_owned());
        }
        Ok(Self::Header(text.to_owned()))
    }

    /// Returns it as a member of an object.
    pub(super) fn member(&self) -> (&'static str, Value) {
        match self {
            Self::Body(pointer) => ("pointer", json!(pointer)),
            Self::Header(name) => ("header", json!(name)),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Body(pointer) if pointer.is_empty() => f.write_str("the body"),
            Self::Body(pointer) => f.write_str(pointer),
            Self::Header(name) => write!(f, "header {name}"),
        }
    }
}
