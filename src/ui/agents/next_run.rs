//! When an agent runs next by itself.

use crate::domain::time::Timestamp;
use crate::ui::kit::time::Until;
use leptos::prelude::*;

/// The time, or why there is none.
#[component]
pub fn NextRun(
    /// When it is due, and whether it is paused.
    next: Memo<(Option<Timestamp>, bool)>,
) -> impl IntoView {
    let shown = move || match next.get() {
        (Some(at), _) => view! { <Until at=at/> }.into_any(),
        (None, true) => view! { <span class="muted">"Paused"</span> }.into_any(),
        (None, false) => view! { <span class="muted">"No schedule"</span> }.into_any(),
    };
    view! { {move || shown()} }
}
