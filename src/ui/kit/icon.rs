//! An icon from the sprite. Decoration: the words beside it say the same.

use leptos::prelude::*;

/// The symbol `i-{name}` of `/icons.svg`.
#[component]
pub fn Icon(#[prop(into)] name: Signal<&'static str>) -> impl IntoView {
    view! {
        <svg class="icon" aria-hidden="true">
            <use_ href=move || format!("/icons.svg#i-{}", name.get())></use_>
        </svg>
    }
}
