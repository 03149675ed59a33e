//! Placeholder for a thing that is not there.

use leptos::prelude::*;

/// Says what is missing, and leads back to the dashboard.
#[component]
pub fn NotFound(what: String) -> impl IntoView {
    view! {
        <div class="panel">
            <div class="empty">
                <h1>"Not found"</h1>
                <p dir="auto">{what}</p>
                <div class="actions"><a class="btn" href="/">"Go to the dashboard"</a></div>
            </div>
        </div>
    }
}
