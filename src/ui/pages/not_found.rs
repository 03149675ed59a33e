//! The page for what is not there, with the status that says so.

use crate::ui::request::answer_not_found;
use leptos::prelude::*;
use leptos_meta::Title;

/// For an address that leads nowhere.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! {
        <main class="page" id="main" tabindex="-1">
            <NotFound what="There is no page at this address."/>
        </main>
    }
    .into_any()
}

/// The same for a thing that is gone, inside a page.
#[component]
pub fn NotFound(#[prop(into)] what: String) -> impl IntoView {
    answer_not_found();
    view! {
        <Title text="Not found"/>
        <div class="panel">
            <div class="empty">
                <h1>"Not found"</h1>
                <p>{what}</p>
                <div class="actions"><a class="btn" href="/">"Go to the dashboard"</a></div>
            </div>
        </div>
    }
}
