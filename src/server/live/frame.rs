//! A message as it is sent to watchers.

use crate::domain::live::ServerMessage;
use bytes::Bytes;
use std::sync::Arc;

/// A message, serialised once for all who watch its topic. As small and as cheap to clone as a pointer, since thousands of
/// queues have room for some.
#[derive(Clone, Debug)]
pub struct Frame(Arc<Serialised>);

#[derive(Debug)]
struct Serialised {
    kind: &'static str,
    seq: Option<i64>,
    /// JSON, and so UTF-8.
    json: Bytes,
}

impl Frame {
    pub fn of(message: &ServerMessage) -> Self {
        // Cannot fail: every key is text and every value is plain data.
        let json = serde_json::to_vec(message).unwrap_or_default().into();
        Self(Arc::new(Serialised { kind: message.kind(), seq: message.seq(), json }))
    }

    /// Returns its `type`.
    pub fn kind(&self) -> &'static str {
        self.0.kind
    }

    pub fn seq(&self) -> Option<i64> {
        self.0.seq
    }

    /// Returns the message as JSON; all clones share it.
    pub fn json(&self) -> Bytes {
        self.0.json.clone()
    }

    /// Returns the message as text.
    pub fn text(&self) -> &str {
        str::from_utf8(&self.0.json).unwrap_or_default()
    }
}
