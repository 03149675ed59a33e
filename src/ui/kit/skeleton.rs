//! Placeholder for a page whose content is being read.

use leptos::prelude::*;

/// A page, for which one waits as for `what`.
#[component]
pub fn PageSkeleton(what: &'static str) -> impl IntoView {
    view! {
        <div aria-busy="true">
            <p class="visually-hidden" role="status">"Loading "{what}</p>
            <div class="panel" aria-hidden="true">
                <div class="panel__head"><span class="skeleton w-3"></span></div>
                <div class="panel__body"><span class="skeleton w-4"></span></div>
            </div>
        </div>
    }
}
