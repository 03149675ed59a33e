//! When an agent runs next by itself.

use crate::domain::time::Timestamp;
use crate::ui::kit::status::Status;
use crate::ui::kit::time::{Due, Until};
use crate::ui::model::words::HELD;
use crate::ui::state::hold::Holding;
use leptos::prelude::*;

/// The time, or why there is none.
#[component]
pub fn NextRun(
    /// When it is due, and whether it is paused.
    next: Memo<(Option<Timestamp>, bool)>,
) -> impl IntoView {
    let holding = Holding::from_context();
    let shown = move || match next.get() {
        (Some(at), _) if holding.is_on() => view! { <Status look=HELD/><small><Due at=at/></small> }.into_any(),
        (Some(at), _) => view! { <Until at=at/> }.into_any(),
        (None, true) => view! { <span class="muted">"Paused"</span> }.into_any(),
        (None, false) => view! { <span class="muted">"No schedule"</span> }.into_any(),
    };
    view! { {move || shown()} }
}
