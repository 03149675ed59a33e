//! The strip of an agent's last 20 runs.

use crate::domain::agent::StripCell;
use crate::ui::model::strip::{paths, summary};
use leptos::prelude::*;

/// Draws the strip; cells come newest first.
#[component]
pub fn Strip(cells: Memo<Vec<StripCell>>) -> impl IntoView {
    let drawn = move || {
        let paths = paths(&cells.read());
        paths.into_iter().map(|(class, d)| view! { <path class=class d=d></path> }).collect_view()
    };
    view! {
        <svg class="strip" viewBox="0 0 138 28" role="img" aria-label=move || summary(&cells.read())>
            {move || drawn()}
        </svg>
    }
}
