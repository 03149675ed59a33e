//! The addresses of what every page loads.

use std::collections::BTreeMap;

/// Where the browser finds the compiled half: full paths such as `/pkg/1f2e/runboard.js`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssetNames {
    pub js: String,
    pub wasm: String,
    /// The chunks that each page needs besides, by its name.
    pub chunks: BTreeMap<String, Vec<String>>,
    /// The style of the dashboard.
    pub css: String,
    /// The style of the other pages; where it is `None`, theirs is `css`, too.
    pub pages_css: Option<String>,
}
