//! The addresses of what every page loads.

use std::collections::BTreeMap;

/// Where the browser finds the compiled half: full paths such as `/pkg/1f2e/runboard.js`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssetNames {
    pub js: String,
    pub wasm: String,
    /// The chunks that each page needs besides, by its name.
    pub chunks: BTreeMap<String, Vec<String>>,
    pub css: String,
    /// The style that the dashboard does without, where it is a file of its own; otherwise it is part of `css`.
    pub pages_css: Option<String>,
}
