//! The views of a run: what it did, and the same as JSON.

use crate::domain::id::RunId;
use leptos::prelude::*;

/// Returns the links, of which one is the present page.
pub fn tabs(id: RunId, is_raw: bool) -> impl IntoView {
    let current = |is: bool| is.then_some("page");
    view! {
        <nav class="tabs" aria-label="Views of this run">
            <a href=format!("/runs/{id}") aria-current=current(!is_raw)>"Overview"</a>
            <a href=format!("/runs/{id}#transcript")>"Transcript"</a>
            <a href=format!("/runs/{id}/raw") aria-current=current(is_raw)>"Raw JSON"</a>
        </nav>
    }
}
