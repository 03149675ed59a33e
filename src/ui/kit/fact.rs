//! One of the facts of a panel: a term and its value.

use leptos::prelude::*;

/// For a `<dl class="facts">`.
pub fn fact(term: &'static str, value: impl IntoView + 'static) -> impl IntoView {
    view! { <div><dt>{term}</dt><dd>{value}</dd></div> }
}
