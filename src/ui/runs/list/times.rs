//! When runs were accepted: a time that ends now, or from and until. Instants are the reader's own once there is script, and UTC
//! before.

use crate::domain::run_filter::{Period, Within};
use crate::domain::time::Timestamp;
use crate::ui::kit::time::{ZoneNote, field_text, of_field};
use crate::ui::model::runs_page::period_words;
use crate::ui::state::page::Hydrated;
use leptos::prelude::*;

#[component]
pub fn TimeFields(within: Within) -> impl IntoView {
    let (from, to) = match within {
        Within::Range { from, to } => (from, to),
        _ => (None, None),
    };
    let period = |period: &Period| {
        let (value, checked) = (period.to_string(), within == Within::Last(*period));
        view! { <label><input type="radio" name="period" value=value checked=checked/>{period_words(*period)}</label> }
    };
    let is_other = !matches!(within, Within::Last(_));
    view! {
        <fieldset class="menu__choices">
            <legend class="visually-hidden">"Accepted"</legend>
            {Period::ALL.iter().map(period).collect_view()}
            <label><input type="radio" name="period" value="" checked=is_other/>"Any time, or:"</label>
        </fieldset>
        <div class="menu__fields">
            <InstantField name="from" label="From" at=from/>
            <InstantField name="to" label="Until" at=to/>
        </div>
    }
}

/// A field of a time. What is sent is UTC: without script the field itself, which shows UTC, and with it another one, which
/// follows what the reader enters in their own zone.
#[component]
fn InstantField(name: &'static str, label: &'static str, at: Option<Timestamp>) -> impl IntoView {
    let (hydrated, value) = (Hydrated::from_context(), RwSignal::new(at));
    let id = format!("f-{name}");
    let shown = move |at: Option<Timestamp>, local: bool| at.map(|at| field_text(at, local)).unwrap_or_default();
    view! {
        <div class="field">
            <label for=id.clone()>{label}<ZoneNote/></label>
            <input
                class="input"
                type="datetime-local"
                id=id
                name=move || (!hydrated.get()).then_some(name)
                value=shown(at, false)
                prop:value=move || shown(value.get_untracked(), hydrated.get())
                on:input=move |event| value.set(of_field(&event_target_value(&event)))
            />
            <input
                type="hidden"
                name=move || hydrated.get().then_some(name)
                value=move || value.get().map(|at| at.to_string()).unwrap_or_default()
            />
        </div>
    }
}
