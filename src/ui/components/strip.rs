//! The strip of an agent's last 20 runs.

use super::strip_geometry::{Bar, bars, summary};
use crate::domain::agent::StripCell;
use leptos::prelude::*;

/// Draws the strip; cells come newest first.
#[component]
pub fn Strip(cells: Memo<Vec<StripCell>>) -> impl IntoView {
    let drawn = move || bars(&cells.read()).into_iter().map(draw).collect_view();
    view! {
        <svg class="strip" viewBox="0 0 138 28" role="img" aria-label=move || summary(&cells.read())>
            {drawn}
        </svg>
    }
}

fn draw(Bar { class, title, rects }: Bar) -> impl IntoView {
    // Rounded corners belong to plain bars; outlines and feet are drawn sharp.
    let rx = (class == "bar").then_some("0.5");
    let rects = rects
        .into_iter()
        .map(|rect| {
            view! {
                <rect x=rect.x.to_string() y=rect.y.to_string() width=rect.w.to_string() height=rect.h.to_string() rx=rx/>
            }
        })
        .collect_view();
    view! { <g class=class><title>{title}</title>{rects}</g> }
}
