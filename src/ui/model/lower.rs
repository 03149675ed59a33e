//! Lower case of any script, for searching. The browser asks JavaScript: Rust's own tables would have to be loaded.

#[cfg_attr(target_arch = "wasm32", path = "lower/browser.rs")]
#[cfg_attr(not(target_arch = "wasm32"), path = "lower/native.rs")]
mod script;

pub use script::lower;
