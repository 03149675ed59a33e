//! Says until when what is shown was known, once the connection has been down for a while, and what is done about it.

use crate::ui::kit::icon::Icon;
use crate::ui::kit::time::ClockTime;
use crate::ui::state::live::{Live, Next};
use leptos::prelude::*;

/// Across the page, under the top bar.
#[component]
pub fn Banner() -> impl IntoView {
    let live = Live::from_context();
    let shown = Memo::new(move |_| live.is_stale());
    let known = move || live.known_until().map(|at| view! { " Showing data as of "<ClockTime at=at/>"." });
    // The region is there before it has anything to say, or it would not be read out. The count is not part of it:
    // that would be read out every second.
    view! {
        <div
            class:banner=move || shown.get()
            role=move || shown.get().then_some("region")
            aria-label=move || shown.get().then_some("Connection")
        >
            {move || shown.get().then(|| view! { <Icon name="error"/> })}
            <span>
                <span role="status">
                    {move || shown.get().then(|| view! { <strong>"Disconnected."</strong>{move || known()} })}
                </span>
                {move || shown.get().then(|| view! { <NextAttempt/> })}
            </span>
            {move || shown.get().then(|| view! {
                <button class="link-btn" type="button" on:click=move |_| live.try_now()>"Try now"</button>
            })}
        </div>
    }
}

/// Counts down to the next attempt.
#[component]
fn NextAttempt() -> impl IntoView {
    let live = Live::from_context();
    let words = move || match live.next() {
        Next::Nothing => String::new(),
        Next::Trying => " Reconnecting…".to_owned(),
        Next::In(seconds) => format!(" Reconnecting in {seconds} s."),
    };
    view! { <span role="timer" aria-live="off">{move || words()}</span> }
}
