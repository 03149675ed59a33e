//! When an agent runs next by itself.

use super::time::Until;
use crate::domain::agent::AgentRow;
use leptos::prelude::*;

/// The time, or why there is none.
#[component]
pub fn NextRun(row: Signal<AgentRow>) -> impl IntoView {
    let next = Memo::new(move |_| {
        let row = row.read();
        (row.pulse.next_run_at, row.paused)
    });
    let shown = move || match next.get() {
        (Some(at), _) => view! { <Until at=at/> }.into_any(),
        (None, true) => view! { <span class="muted">"Paused"</span> }.into_any(),
        (None, false) => view! { <span class="muted">"No schedule"</span> }.into_any(),
    };
    view! { {move || shown()} }
}
