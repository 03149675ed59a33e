//! Says on every page that everything is on hold: since when, by which door, why, and what waits.

use crate::domain::hold::Hold;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::time::Since;
use crate::ui::model::hold::{counts_words, door_words};
use crate::ui::state::hold::Holding;
use leptos::prelude::*;

/// Across the page, under the top bar.
#[component]
pub fn HoldBanner() -> impl IntoView {
    let holding = Holding::from_context();
    let is_on = move || holding.is_on();
    // Apart from the counts, which change while it is being read.
    let hold = Memo::new(move |_| holding.hold());
    let counts = move || holding.counts().map(|(queued, running)| format!(" {}", counts_words(queued, running)));
    let said = move || {
        let Hold { held_at, trigger, note, .. } = hold.get()?;
        let why = note.map(|note| view! { ": “"<bdi>{note}</bdi>"”" });
        Some(
            view! { <strong>"Everything is on hold"</strong>" since "<Since at=held_at/>{door_words(trigger)}{why}"." },
        )
    };
    // The region is there before it has anything to say, or it would not be read out.
    view! {
        <div
            class:banner=is_on
            class:banner--hold=is_on
            role=move || is_on().then_some("region")
            aria-label=move || is_on().then_some("Hold")
        >
            {move || is_on().then(|| view! { <Icon name="hold"/> })}
            <p><span role="status">{move || said()}</span>{move || counts()}</p>
            {move || is_on().then(|| view! {
                <button
                    class="btn btn--s"
                    type="button"
                    aria-haspopup="dialog"
                    data-script=""
                    on:click=move |_| holding.ask()
                >
                    <Icon name="play"/>
                    "Release…"
                </button>
            })}
        </div>
    }
}
