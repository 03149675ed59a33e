//! A point in time. UTC on the server and at first in the browser, so that both render the same; the reader's own zone
//! once the page is hydrated.

use crate::domain::duration::{format_ago, format_until};
use crate::domain::time::Timestamp;
use crate::ui::model::when;
use crate::ui::state::clock::Clock;
use crate::ui::state::page::Hydrated;
use chrono::{DateTime, Local, TimeZone};
use leptos::prelude::*;

/// The ways of writing one instant.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Texts {
    day: String,
    time: String,
    full: String,
    zone: String,
}

impl Texts {
    fn of(at: Timestamp, now: Option<Timestamp>, local: bool) -> Self {
        match local {
            true => {
                Self::in_zone(&at.to_utc().with_timezone(&Local), now.map(|now| now.to_utc().with_timezone(&Local)))
            }
            false => Self::in_zone(&at.to_utc(), now.map(Timestamp::to_utc)),
        }
    }

    fn in_zone<Z: TimeZone>(at: &DateTime<Z>, now: Option<DateTime<Z>>) -> Self {
        Self { day: when::day(at, now.as_ref()), time: when::time(at), full: when::full(at), zone: when::zone(at) }
    }
}

fn texts(at: Signal<Timestamp>) -> Memo<Texts> {
    let (hydrated, clock) = (Hydrated::from_context(), Clock::from_context());
    Memo::new(move |_| Texts::of(at.get(), clock.half_minute(), hydrated.get()))
}

fn title(texts: Memo<Texts>) -> String {
    texts.with(|texts| format!("{} {}", texts.full, texts.zone))
}

fn ago(at: Signal<Timestamp>) -> impl Fn() -> Option<String> + Copy {
    let clock = Clock::from_context();
    move || Some(format_ago(clock.half_minute()?.ms_since(at.get())))
}

fn until(at: Signal<Timestamp>) -> impl Fn() -> Option<String> + Copy {
    let clock = Clock::from_context();
    move || Some(format_until(at.get().ms_since(clock.half_minute()?)))
}

/// `Today 14:30:00`, with how long ago where there is room.
#[component]
pub fn RowTime(#[prop(into)] at: Signal<Timestamp>) -> impl IntoView {
    let (texts, ago) = (texts(at), ago(at));
    view! {
        <time datetime=move || at.get().to_string() title=move || title(texts)>
            <span class="p-1">{move || texts.read().day.clone()}" "</span>
            {move || texts.read().time.clone()}
        </time>
        <small class="p-2">{move || ago()}</small>
    }
}

/// `3 min ago`; the exact time is in the title.
#[component]
pub fn Ago(#[prop(into)] at: Signal<Timestamp>) -> impl IntoView {
    let (texts, ago) = (texts(at), ago(at));
    view! { <time datetime=move || at.get().to_string() title=move || title(texts)>{move || ago()}</time> }
}

/// `in 14 min`, and beneath it the day and the time.
#[component]
pub fn Until(#[prop(into)] at: Signal<Timestamp>) -> impl IntoView {
    let (texts, until) = (texts(at), until(at));
    view! {
        <time datetime=move || at.get().to_string() title=move || title(texts)>{move || until()}</time>
        <small>{move || texts.with(|texts| format!("{} {}", texts.day, minutes(&texts.time)))}</small>
    }
}

/// `Today 14:45`, and beneath it how long until then.
#[component]
pub fn Upcoming(#[prop(into)] at: Signal<Timestamp>) -> impl IntoView {
    let (texts, until) = (texts(at), until(at));
    view! {
        <time datetime=move || at.get().to_string() title=move || title(texts)>
            {move || texts.with(|texts| format!("{} {}", texts.day, minutes(&texts.time)))}
        </time>
        <span>{move || until()}</span>
    }
}

/// Without the seconds, where they say nothing: `14:45` of `14:45:00`.
fn minutes(time: &str) -> &str {
    time.strip_suffix(":00").unwrap_or(time)
}

/// `23 Nov 2026, 14:30:00`, and beneath it the zone and how long ago.
#[component]
pub fn FullTime(#[prop(into)] at: Signal<Timestamp>) -> impl IntoView {
    let (texts, ago) = (texts(at), ago(at));
    let beneath = move || {
        let zone = texts.read().zone.clone();
        ago().map_or_else(|| zone.clone(), |ago| format!("{zone}, {ago}"))
    };
    view! {
        <time datetime=move || at.get().to_string()>{move || texts.read().full.clone()}</time>
        <small>{move || beneath()}</small>
    }
}

/// `14:30:00`, for running text.
#[component]
pub fn ClockTime(#[prop(into)] at: Signal<Timestamp>) -> impl IntoView {
    let texts = texts(at);
    view! {
        <time datetime=move || at.get().to_string() title=move || title(texts)>{move || texts.read().time.clone()}</time>
    }
}

/// `UTC` until times are the reader's own.
#[component]
pub fn ZoneNote() -> impl IntoView {
    let hydrated = Hydrated::from_context();
    view! { {move || (!hydrated.get()).then_some(" (UTC)")} }
}
