//! Placeholder for an agent's runs while there are none: how the first one will come about.

use crate::domain::time::Timestamp;
use crate::ui::kit::time::Upcoming;
use leptos::prelude::*;

/// No button: "Run now" stands above.
#[component]
pub fn NoRuns(
    /// When the schedule comes due, if it does.
    #[prop(into)]
    next: Signal<Option<Timestamp>>,
) -> impl IntoView {
    let how = move || match next.get() {
        Some(at) => view! { " Next scheduled run: "<Upcoming at=at/>"." }.into_any(),
        None => " Run it now or call the API.".into_any(),
    };
    view! {
        <div class="empty empty--s">
            <p><strong class="strong">"No runs yet."</strong>{move || how()}</p>
        </div>
    }
}
