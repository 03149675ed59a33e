//! Switches between light and dark. The choice is a cookie, so the server renders the next page in it.

use super::icon::Icon;
use crate::ui::dom;
use crate::ui::page::Hydrated;
use leptos::prelude::*;

/// Works once the page is hydrated; until then it is disabled rather than deaf.
#[component]
pub fn ThemeButton() -> impl IntoView {
    let hydrated = Hydrated::from_context();
    let switch = move |_| {
        let theme = if dom::is_dark() { "light" } else { "dark" };
        dom::set_root_attribute("data-theme", theme);
        dom::set_cookie("theme", theme);
    };
    view! {
        <button
            class="btn btn--ghost btn--s btn--icon"
            type="button"
            aria-label="Switch theme"
            disabled=move || !hydrated.get()
            on:click=switch
        >
            <Icon name="theme"/>
        </button>
    }
}
