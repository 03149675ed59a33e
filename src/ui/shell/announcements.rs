//! The page's polite voice for screen readers.

use crate::ui::state::announcer::Announcer;
use leptos::prelude::*;

/// Announces finished runs, sparingly.
#[component]
pub fn Announcements() -> impl IntoView {
    let announcer = Announcer::from_context();
    view! { <p class="visually-hidden" aria-live="polite" aria-atomic="true">{move || announcer.said()}</p> }
}
