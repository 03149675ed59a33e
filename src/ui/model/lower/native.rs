//! Lower case by Rust's own tables.

/// Returns the text in lower case.
pub fn lower(text: &str) -> String {
    text.to_lowercase()
}
