//! The bar at the top of every page.

use crate::domain::views::page::HOME;
use crate::ui::model::analytics::ANALYTICS;
use crate::ui::model::runs_page::RUNS;
use crate::ui::shell::page_menu::PageMenu;
use crate::ui::shell::theme_button::ThemeButton;
use crate::ui::state::live::{Connection, Live};
use leptos::prelude::*;

/// Brand, navigation, how the live connection stands, theme, what concerns everything.
#[component]
pub fn TopBar(
    /// The page's name.
    page: String,
) -> impl IntoView {
    // The exact page is "page"; whatever lies beneath one is in its section.
    let (dashboard, runs, analytics) = match page.as_str() {
        HOME => (Some("page"), None, None),
        "runs" => (None, Some("page"), None),
        "run" | "compare" => (None, Some("true"), None),
        "analytics" => (None, None, Some("page")),
        _ => (Some("true"), None, None),
    };
    view! {
        <header class="topbar">
            <a class="brand" href="/">
                <svg class="brand__mark" viewBox="0 0 20 20" aria-hidden="true">
                    <rect x="1.5" y="10" width="3.5" height="8" rx="1"></rect>
                    <rect x="6.5" y="5.5" width="3.5" height="12.5" rx="1"></rect>
                    <rect x="11.5" y="8" width="3.5" height="10" rx="1"></rect>
                    <circle cx="17.25" cy="3.75" r="2"></circle>
                </svg>
                "Runboard"
            </a>
            <nav class="nav" aria-label="Main">
                <a href="/" aria-current=dashboard>"Dashboard"</a>
                <a href=RUNS aria-current=runs>"Runs"</a>
                <a href=ANALYTICS aria-current=analytics>"Analytics"</a>
            </nav>
            <div class="topbar__end">
                <LiveBadge/>
                <noscript><span class="live live--offline">"Live updates need JavaScript"</span></noscript>
                <ThemeButton/>
                <PageMenu/>
            </div>
        </header>
    }
}

/// Claims to be live only when it is.
#[component]
fn LiveBadge() -> impl IntoView {
    let live = Live::from_context();
    let words = move || match live.state() {
        Connection::None => ("live live--offline", "Not live"),
        Connection::Live => ("live", "Live"),
        Connection::Retrying => ("live live--retrying", "Reconnecting…"),
        Connection::Offline => ("live live--offline", "Disconnected"),
    };
    view! { <span class=move || words().0 role="status" data-script="">{move || words().1}</span> }
}
