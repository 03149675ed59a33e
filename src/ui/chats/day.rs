//! Points in time as a chat shows them: in UTC at first on both sides, in the reader's own zone once hydrated.

use crate::domain::time::Timestamp;
use crate::ui::model::chat_days::{brief, clock};
use crate::ui::model::when::Day;
use crate::ui::state::clock::Clock;
use crate::ui::state::page::Hydrated;
use chrono::{Local, NaiveDateTime};
use leptos::prelude::*;

/// Returns a point in time on the reader's wall; tracked.
pub fn on_the_wall(at: Timestamp) -> NaiveDateTime {
    match Hydrated::from_context().get() {
        true => at.to_utc().with_timezone(&Local).naive_local(),
        false => at.to_utc().naive_utc(),
    }
}

/// Returns the present time on the reader's wall; tracked.
pub fn today() -> Option<NaiveDateTime> {
    Clock::from_context().half_minute().map(on_the_wall)
}

/// `14:30`, with the day in its title.
#[component]
pub fn Hour(at: Timestamp) -> impl IntoView {
    let title = move || format!("{} {}", day(at), clock(on_the_wall(at)));
    view! {
        <time datetime=at.to_string() title=move || title()>{move || clock(on_the_wall(at))}</time>
    }
}

/// `14:30`, `Fri` or `23 Nov`, whatever is enough.
#[component]
pub fn Brief(#[prop(into)] at: Signal<Timestamp>) -> impl IntoView {
    let text = move || {
        let wall = on_the_wall(at.get());
        brief(wall, today().unwrap_or(wall).date())
    };
    view! { <time datetime=move || at.get().to_string()>{move || text()}</time> }
}

/// A line with the day, where it is another than that of what stands before.
#[component]
pub fn DayLine(at: Timestamp, before: Signal<Option<Timestamp>>) -> impl IntoView {
    let is_new =
        Memo::new(move |_| before.get().is_none_or(|before| on_the_wall(before).date() != on_the_wall(at).date()));
    let shown = move || {
        is_new.get().then(|| view! { <p class="day"><time datetime=at.to_string()>{move || day(at)}</time></p> })
    };
    view! { {move || shown()} }
}

/// `Today`, `Yesterday`, `23 Nov`; tracked.
fn day(at: Timestamp) -> String {
    let date = on_the_wall(at).date();
    Day::of(date, today().map(|today| today.date())).text(date)
}
