//! The page for what is not there.

use crate::domain::views::page::NotFoundData;
use crate::ui::kit::not_found::NotFound;
use leptos::prelude::*;

/// For an address that leads nowhere, or to a thing that is gone.
pub fn show(NotFoundData { what }: NotFoundData) -> AnyView {
    view! {
        <main class="page" id="main" tabindex="-1">
            <NotFound what=what/>
        </main>
    }
    .into_any()
}
