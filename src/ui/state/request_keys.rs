//! Keys of what the page asks the server to do once. A key is kept until it is known how that went, so whoever clicks again
//! because no answer came sends the same request again and not a second one.

use crate::error::{AppError, ErrorKind};
use leptos::prelude::*;

/// Bytes of a key: as many as a UUID has.
const BYTES: usize = 16;

/// The requests of this page of which it is not known how they went, each with its key.
#[derive(Clone, Copy)]
pub struct RequestKeys(StoredValue<Vec<(String, String)>>);

impl RequestKeys {
    /// Creates an empty list.
    pub fn new() -> Self {
        Self(StoredValue::new(Vec::new()))
    }

    /// Returns the keys of this page.
    pub fn from_context() -> Self {
        expect_context()
    }

    /// Returns the key of a request: the one it had before, if no answer came to that. `request` is all that makes it another
    /// one. Acts in the browser only.
    pub fn of(self, request: &str) -> String {
        let known = self.0.with_value(|keys| keys.iter().find(|(name, _)| name == request).map(|(_, key)| key.clone()));
        known.unwrap_or_else(|| {
            let key = random();
            self.0.update_value(|keys| keys.push((request.to_owned(), key.clone())));
            key
        })
    }

    /// Called with each answer. After one that leaves open whether the request was carried out its key stays.
    pub fn answered<T>(self, request: &str, answer: &Result<T, AppError>) {
        use ErrorKind::{Busy, Internal, Storage, Unreachable};
        if !matches!(answer, Err(AppError { kind: Busy | Internal | Storage | Unreachable, .. })) {
            // The page may have gone.
            _ = self.0.try_update_value(|keys| keys.retain(|(name, _)| name != request));
        }
    }
}

impl Default for RequestKeys {
    fn default() -> Self {
        Self::new()
    }
}

/// Returns a key that nobody has had.
fn random() -> String {
    let mut bytes = [0; BYTES];
    // Every browser has it.
    if let Ok(crypto) = window().crypto() {
        _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
