//! The button that opens the search within a transcript.

use crate::ui::kit::icon::Icon;
use crate::ui::state::finding::Finding;
use leptos::prelude::*;

/// Id of the button, which has the focus again when the search is closed.
pub const BUTTON: &str = "find";

/// Not there without script, where the browser's own search has all that is on the page.
#[component]
pub fn FindButton(finding: Finding) -> impl IntoView {
    view! {
        <button
            class="btn btn--s"
            id=BUTTON
            type="button"
            aria-expanded=move || finding.open.get().to_string()
            data-script=""
            on:click=move |_| finding.toggle()
        >
            <Icon name="search"/>
            "Search"
        </button>
    }
}
