//! Switches between light and dark. The choice is a cookie, so the server renders the next page in it.

use crate::ui::dom;
use crate::ui::kit::icon::Icon;
use leptos::prelude::*;

/// A click on it before the page is hydrated is done afterwards.
#[component]
pub fn ThemeButton() -> impl IntoView {
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
            data-script=""
            on:click=switch
        >
            <Icon name="theme"/>
        </button>
    }
}
