//! The Content-Security-Policy of every response: what a page may load and run. Knows the document's one inline script
//! and no page.

use crate::app::START;
use axum::http::HeaderValue;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// The policy of whatever is no page: it loads nothing, and no page shows it in a frame.
pub const OF_DATA: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// Returns the policy of a page. All that it loads is of this server, and of scripts in the HTML it runs the one whose
/// hash is named here. `'self'` includes this server's WebSockets (CSP 3, 6.7.2.8); `'wasm-unsafe-eval'` lets
/// WebAssembly be compiled and no JavaScript be evaluated.
pub fn of_pages() -> HeaderValue {
    static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
        let policy = format!(
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' '{}'; style-src 'self'; img-src 'self'; \
             connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'",
            hash(START)
        );
        // Cannot fail: it is visible ASCII. Were it not, the stricter policy would apply.
        HeaderValue::try_from(policy).unwrap_or(OF_DATA)
    });
    POLICY.clone()
}

/// Returns a script's hash as a policy names it.
fn hash(script: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(script)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_spelt_as_browsers_read_it() {
        // The example of CSP 3, section 8.
        assert_eq!(hash("alert('Hello, world.');"), "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=");
    }

    #[test]
    fn a_page_runs_no_other_script_than_its_own() {
        let policy = of_pages();
        let policy = policy.to_str().unwrap();
        assert!(policy.contains(&format!("script-src 'self' 'wasm-unsafe-eval' '{}';", hash(START))), "{policy}");
        assert!(!policy.contains("unsafe-inline") && !policy.contains("unsafe-eval'; ") && !policy.contains('*'));
    }
}
