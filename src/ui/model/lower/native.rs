//! By Rust's own tables.

/// The text in lower case.
pub fn lower(text: &str) -> String {
    text.to_lowercase()
}
