//! Tokens of addresses: 256 random bits, of which only the hash is stored.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// A token. It has no `Debug`, so that no log gets it.
pub(super) struct Token(String);

impl Token {
    /// Makes one by the thread's generator, which is cryptographically secure.
    pub(super) fn random() -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()))
    }

    /// Reads one from an address.
    pub(super) fn of(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Returns its SHA-256.
    pub(super) fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }

    pub(super) fn into_text(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_256_bits_and_fits_into_an_address() {
        let (one, other) = (Token::random(), Token::random());
        assert_ne!(one.0, other.0);
        assert_eq!(BASE64_URL_SAFE_NO_PAD.decode(&one.0).unwrap().len(), 32);
        assert!(one.0.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
        assert_eq!(Token::of(&one.0).hash(), one.hash());
        assert_ne!(one.hash(), other.hash());
    }
}
