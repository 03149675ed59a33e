//! A message as it is sent to watchers.

use crate::domain::live::ServerMessage;
use bytes::Bytes;

/// A message, serialised once for all who watch its topic. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Its `type`.
    pub kind: &'static str,
    pub seq: Option<i64>,
    /// JSON, and so UTF-8.
    pub json: Bytes,
}

impl Frame {
    pub fn of(message: &ServerMessage) -> Self {
        // Cannot fail: every key is text and every value is plain data.
        let json = serde_json::to_vec(message).unwrap_or_default().into();
        Self { kind: message.kind(), seq: message.seq(), json }
    }

    /// Returns the message as text.
    pub fn text(&self) -> &str {
        str::from_utf8(&self.json).unwrap_or_default()
    }
}
