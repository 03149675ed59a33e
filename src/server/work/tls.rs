//! One TLS library for the whole process.

/// Makes ring the TLS library of this process, unless one is already chosen. Call it first thing in `main`.
pub fn install_tls() {
    // An error means that one is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
