//! The grey dash for what is not known: never a 0.

use leptos::prelude::*;

/// A dash that is read out as `label`.
#[component]
pub fn Dash(#[prop(default = "not yet known")] label: &'static str) -> impl IntoView {
    view! { <span class="dash" role="img" aria-label=label>"—"</span> }
}
