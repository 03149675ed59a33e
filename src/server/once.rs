//! The key by which the sender of a request has it carried out once, however often it arrives
//! (`Idempotency-Key`, draft-ietf-httpapi-idempotency-key-header-07).
//!
//! It goes with the task that serves the request. The doors put it there; the store asks for it within the transaction that
//! carries the request out. Knows neither.

use crate::domain::id::{BulkId, RunId};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

tokio::task_local! {
    static CURRENT: Arc<Once>;
}

/// The longest key, in characters.
const MAX_KEY: usize = 255;

/// A request that is to be carried out once.
#[derive(Debug)]
pub struct Once {
    key: String,
    fingerprint: [u8; 32],
    item: Option<(BulkId, RunId)>,
    is_replay: AtomicBool,
}

impl Once {
    /// Returns the request of this key. `parts` are all that makes it another request: its address, its body. `None` when
    /// that is no key: it has 1 to 255 visible ASCII characters, in quotation marks or not.
    pub fn new(key: &str, parts: &[&[u8]]) -> Option<Self> {
        let key = key.trim();
        let key = key.strip_prefix('"').and_then(|key| key.strip_suffix('"')).unwrap_or(key);
        let is_key = (1..=MAX_KEY).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
        is_key.then(|| Self {
            key: key.to_owned(),
            fingerprint: fingerprint(parts),
            item: None,
            is_replay: AtomicBool::new(false),
        })
    }

    /// Returns the work on one run of an action on many. Its record is kept with the action, in place of a key.
    pub fn of_item(job: BulkId, run: RunId) -> Self {
        let (key, fingerprint) = (String::new(), fingerprint(&[]));
        Self { key, fingerprint, item: Some((job, run)), is_replay: AtomicBool::new(false) }
    }

    pub fn key(&self) -> &str {
        &self.key
    }

    /// Returns the action and the run, where it is work on one run of many.
    pub fn item(&self) -> Option<(BulkId, RunId)> {
        self.item
    }

    /// Returns what differs between two requests of one key that are not the same.
    pub fn fingerprint(&self) -> &[u8] {
        &self.fingerprint
    }

    /// Called when the request had been carried out before.
    pub fn replay(&self) {
        self.is_replay.store(true, Ordering::Relaxed);
    }

    /// Whether what is returned is the result of before.
    pub fn is_replay(&self) -> bool {
        self.is_replay.load(Ordering::Relaxed)
    }
}

/// SHA-256 over the parts, each with its length before it, so that none runs into the next.
fn fingerprint(parts: &[&[u8]]) -> [u8; 32] {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.len().to_be_bytes());
        digest.update(part);
    }
    digest.finalize().into()
}

/// Serves a request with its key at hand.
pub async fn keep<T>(once: Arc<Once>, serving: impl Future<Output = T>) -> T {
    CURRENT.scope(once, serving).await
}

/// Returns the key of the request that this task serves, if its sender gave it one.
pub fn current() -> Option<Arc<Once>> {
    CURRENT.try_with(Arc::clone).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_what_can_be_seen() {
        let key = |text| Once::new(text, &[]).map(|once| once.key().to_owned());
        assert_eq!(
            key("8e03978e-40d5-43dd-bc93-6894a57f9324"),
            Some("8e03978e-40d5-43dd-bc93-6894a57f9324".to_owned())
        );
        assert_eq!(key(" \"quoted\" "), Some("quoted".to_owned()));
        let long = "k".repeat(256);
        assert!(["", "  ", "\"\"", "two words", "ключ", &long].into_iter().all(|text| key(text).is_none()));
        assert!(key(&long[1..]).is_some());
    }

    #[test]
    fn requests_that_differ_anywhere_have_other_fingerprints() {
        let of = |parts: &[&[u8]]| Once::new("k", parts).unwrap().fingerprint;
        assert_eq!(of(&[b"/api/agents/1/task", b"{}"]), of(&[b"/api/agents/1/task", b"{}"]));
        assert_ne!(of(&[b"/api/agents/1/task", b"{}"]), of(&[b"/api/agents/2/task", b"{}"]));
        assert_ne!(of(&[b"ab", b"c"]), of(&[b"a", b"bc"]));
    }

    #[tokio::test]
    async fn only_the_task_that_serves_a_request_has_its_key() {
        assert!(current().is_none());
        let once = Arc::new(Once::new("k", &[]).unwrap());
        let within = keep(once, async { current().map(|once| once.key().to_owned()) }).await;
        assert_eq!(within.as_deref(), Some("k"));
        assert!(current().is_none());
    }
}
