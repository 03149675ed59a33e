//! The route table and what every page has around it.

use leptos::prelude::*;

/// Addresses of the built files that every page loads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssetNames {
    pub js: String,
    pub wasm: String,
    pub css: String,
}

/// The document around the application.
pub fn shell(assets: AssetNames) -> impl IntoView {
    view! { <html><head><title>{assets.css}</title></head><body><App/></body></html> }
}

/// The whole application, the same on both sides.
#[component]
pub fn App() -> impl IntoView {
    view! { <main></main> }
}
