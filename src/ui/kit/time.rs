//! A point in time. UTC on the server and at first in the browser, so that both render the same; the reader's own zone
//! and notation once the page is hydrated.

use crate::domain::duration::{format_ago, format_until};
use crate::domain::summary::HOUR_MS;
use crate::domain::time::Timestamp;
use crate::ui::model::locale::{self, Form};
use crate::ui::model::when::{self, Day};
use crate::ui::state::clock::Clock;
use crate::ui::state::page::Hydrated;
use chrono::{DateTime, Local, TimeZone};
use leptos::prelude::*;

/// The ways of writing one instant.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Texts {
    kind: Day,
    day: String,
    /// With the seconds.
    time: String,
    /// Without the seconds.
    minutes: String,
    full: String,
    zone: String,
}

impl Texts {
    fn of(at: Timestamp, now: Option<Timestamp>, local: bool) -> Self {
        match local {
            true => {
                Self::in_zone(&at.to_utc().with_timezone(&Local), now.map(|now| now.to_utc().with_timezone(&Local)))
                    .localised(at.ms())
            }
            false => Self::in_zone(&at.to_utc(), now.map(Timestamp::to_utc)),
        }
    }

    fn in_zone<Z: TimeZone>(at: &DateTime<Z>, now: Option<DateTime<Z>>) -> Self {
        let time = when::time(at);
        let minutes = time.rsplit_once(':').map_or(time.as_str(), |(minutes, _)| minutes).to_owned();
        let date = at.naive_local().date();
        let kind = Day::of(date, now.map(|now| now.naive_local().date()));
        Self { kind, day: kind.text(date), time, minutes, full: when::full(at), zone: when::zone(at) }
    }

    /// Returns it as the reader's browser writes it. Days that have names keep them: they are in the language of the
    /// page.
    fn localised(self, ms: i64) -> Self {
        let write = |form, own: String| locale::write(form, ms).unwrap_or(own);
        let day = match self.kind {
            Day::OtherYear => write(Form::DayAndYear, self.day),
            Day::ThisYear => write(Form::Day, self.day),
            Day::Today | Day::Yesterday | Day::Tomorrow => self.day,
        };
        Self {
            kind: self.kind,
            day,
            time: write(Form::Time, self.time),
            minutes: write(Form::Minutes, self.minutes),
            full: write(Form::Full, self.full),
            zone: self.zone,
        }
    }

    /// Returns the beginning of the time up to the minutes, and the rest, which can be left out. In notations that end
    /// in something else, such as "PM", all of it is the beginning.
    fn parts(&self) -> (&str, &str) {
        self.time.strip_prefix(&self.minutes).map_or((&self.time, ""), |seconds| (&self.minutes, seconds))
    }

    /// Returns the time, and its seconds only where they say something.
    fn brief(&self, at: Timestamp) -> &str {
        if at.ms() % 60_000 == 0 { &self.minutes } else { &self.time }
    }

    /// `Today 14:45`, and the seconds only where they say something.
    fn upcoming(&self, at: Timestamp) -> String {
        format!("{} {}", self.day, self.brief(at))
    }

    /// `today 14:45`, for a sentence: days that have names are no names there.
    fn within(&self, time: &str) -> String {
        match self.kind {
            Day::Today | Day::Yesterday | Day::Tomorrow => format!("{} {time}", self.day.to_ascii_lowercase()),
            Day::ThisYear | Day::OtherYear => format!("{} {time}", self.day),
        }
    }
}

fn texts(at: Signal<Timestamp>) -> Memo<Texts> {
    let (hydrated, clock) = (Hydrated::from_context(), Clock::from_context());
    Memo::new(move |_| Texts::of(at.get(), clock.half_minute(), hydrated.get()))
}

fn title(texts: Memo<Texts>) -> String {
    texts.with(|texts| format!("{} {}", texts.full, texts.zone))
}

fn ago(at: Signal<Timestamp>) -> Memo<Option<String>> {
    let clock = Clock::from_context();
    Memo::new(move |_| clock.ms_since(at.get()).map(format_ago))
}

fn until(at: Signal<Timestamp>) -> Memo<Option<String>> {
    let clock = Clock::from_context();
    Memo::new(move |_| clock.ms_since(at.get()).map(|since| format_until(-since)))
}

/// `Today 14:30:00`, with how long ago where there is room, and without the seconds where there is little. `did` says what
/// happened then, where the column's head does not: `queued `.
#[component]
pub fn RowTime(#[prop(into)] at: Signal<Timestamp>, #[prop(into)] did: Signal<&'static str>) -> impl IntoView {
    let (texts, ago) = (texts(at), ago(at));
    view! {
        <time datetime=move || at.get().to_string() title=move || title(texts)>
            {move || texts.with(|texts| format!("{} {}", texts.day, texts.parts().0))}
            <span class="p-1">{move || texts.with(|texts| texts.parts().1.to_owned())}</span>
        </time>
        <small class="p-2">" "{move || did.get()}{move || ago.get()}</small>
    }
}

/// `Today 14:30`; the exact time is in the title.
#[component]
pub fn ShortTime(#[prop(into)] at: Signal<Timestamp>) -> impl IntoView {
    let texts = texts(at);
    view! {
        <time datetime=move || at.get().to_string() title=move || title(texts)>
            {move || texts.with(|texts| format!("{} {}", texts.day, texts.minutes))}
        </time>
    }
}

/// `Today 14:30:00`, for a label.
pub fn moment(at: Signal<Timestamp>) -> Signal<String> {
    let texts = texts(at);
    Signal::derive(move || texts.with(|texts| format!("{} {}", texts.day, texts.time)))
}

/// `Today 14:00–15:00`, for the hour that begins then.
pub fn hour(start: Signal<Timestamp>) -> Signal<String> {
    let end = Signal::derive(move || Timestamp::from_ms(start.get().ms() + HOUR_MS));
    let (start, end) = (texts(start), texts(end));
    Signal::derive(move || start.with(|start| format!("{} {}–{}", start.day, start.minutes, end.read().minutes)))
}

/// `3 min ago`; the exact time is in the title.
#[component]
pub fn Ago(#[prop(into)] at: Signal<Timestamp>) -> impl IntoView {
    let (texts, ago) = (texts(at), ago(at));
    view! { <time datetime=move || at.get().to_string() title=move || title(texts)>{move || ago.get()}</time> }
}

/// `in 14 min`, and beneath it the day and the time.
#[component]
pub fn Until(#[prop(into)] at: Signal<Timestamp>) -> impl IntoView {
    let (texts, until) = (texts(at), until(at));
    view! {
        <time datetime=move || at.get().to_string() title=move || title(texts)>{move || until.get()}</time>
        <small>{move || texts.with(|texts| texts.upcoming(at.get()))}</small>
    }
}

/// `Today 14:45`, and beneath it how long until then.
#[component]
pub fn Upcoming(#[prop(into)] at: Signal<Timestamp>) -> impl IntoView {
    let (texts, until) = (texts(at), until(at));
    view! {
        <time datetime=move || at.get().to_string() title=move || title(texts)>
            {move || texts.with(|texts| texts.upcoming(at.get()))}
        </time>
        <span>{move || until.get()}</span>
    }
}

/// `23 Nov 2026, 14:30:00`, and beneath it the zone and how long ago.
#[component]
pub fn FullTime(#[prop(into)] at: Signal<Timestamp>) -> impl IntoView {
    let (texts, ago) = (texts(at), ago(at));
    let beneath = move || {
        let zone = texts.read().zone.clone();
        ago.get().map_or_else(|| zone.clone(), |ago| format!("{zone}, {ago}"))
    };
    view! {
        <time datetime=move || at.get().to_string()>{move || texts.read().full.clone()}</time>
        <small>{move || beneath()}</small>
    }
}

/// `14:30`, or `23 Nov 14:30` on another day, for running text.
#[component]
pub fn Since(#[prop(into)] at: Signal<Timestamp>) -> impl IntoView {
    let texts = texts(at);
    view! {
        <time datetime=move || at.get().to_string() title=move || title(texts)>
            {move || texts.with(|texts| match texts.kind {
                Day::Today => texts.minutes.clone(),
                _ => texts.within(&texts.minutes),
            })}
        </time>
    }
}

/// `due today 14:45`, or `was due` where that has passed.
#[component]
pub fn Due(#[prop(into)] at: Signal<Timestamp>) -> impl IntoView {
    let (texts, clock) = (texts(at), Clock::from_context());
    let verb = Memo::new(move |_| match clock.ms_since(at.get()) {
        Some(since) if since > 0 => "was due ",
        _ => "due ",
    });
    view! {
        <time datetime=move || at.get().to_string() title=move || title(texts)>
            {verb}
            {move || texts.with(|texts| texts.within(texts.brief(at.get())))}
        </time>
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

/// Writes an instant as a field of a form has it, to the minute: in the reader's own zone where it is `local`, or else in UTC.
pub fn field_text(at: Timestamp, local: bool) -> String {
    match local {
        true => when::field(&at.to_utc().with_timezone(&Local)),
        false => when::field(&at.to_utc()),
    }
}

/// Reads what a field of a form has in the reader's own zone; `None` while it is not complete. In the browser only. A time that
/// the clock jumps over is not there; of one that comes twice it is the first.
pub fn of_field(text: &str) -> Option<Timestamp> {
    let local = when::of_field(text)?.and_local_timezone(Local).earliest()?;
    Some(Timestamp::from_ms(local.timestamp_millis()))
}

/// `UTC` until times are the reader's own.
#[component]
pub fn ZoneNote() -> impl IntoView {
    let hydrated = Hydrated::from_context();
    view! { {move || (!hydrated.get()).then_some(" (UTC)")} }
}
