//! The page for what is not there.

use leptos::prelude::*;

/// For an address that leads nowhere, or to a thing that is gone.
#[component]
pub fn NotFoundPage(what: String) -> impl IntoView {
    view! {
        <main class="page" id="main" tabindex="-1">
            <NotFound what=what/>
        </main>
    }
    .into_any()
}

/// The same for a thing that went while its page was open.
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
