//! The route table and what every page has around it.

use leptos::prelude::*;

/// The whole application, the same on both sides.
#[component]
pub fn App() -> impl IntoView {
    view! { <main></main> }
}
