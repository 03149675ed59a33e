//! The strip of figures over the table: the totals of the last 24 hours.

use crate::domain::duration::{format_count, format_ms};
use crate::domain::summary::Summary;
use crate::ui::agents::board::spark::{Spark, SparkTip};
use crate::ui::kit::dash::Dash;
use crate::ui::model::figures as f;
use crate::ui::model::runs_page::FAILED;
use crate::ui::state::dashboard::Dashboard;
use leptos::prelude::*;

/// Five figures. They are built once; later values change them in place.
#[component]
pub fn SummaryStrip(first: Summary) -> impl IntoView {
    let state = Dashboard::from_context();
    let summary = Memo::new(move |_| state.summary.get().unwrap_or_else(|| first.clone()));
    let active = Memo::new(move |_| match state.is_paged() {
        true => state.counts.read().active_runs,
        false => state
            .with_agents(|rows| rows.iter().map(|row| row.pulse.running_count + row.pulse.queued_count).sum::<i64>()),
    });
    let words = move |write: fn(&Summary) -> String| Signal::derive(move || summary.with(write));
    let known = move |tell: fn(&Summary) -> Option<String>| Signal::derive(move || summary.with(tell));
    let tip = RwSignal::new(None);
    let runs_note = Signal::derive(move || summary.with(|summary| f::runs_note(summary, active.get())));
    view! {
        <div class="stats-box">
            <dl class="stats" aria-label="Last 24 hours">
                <div class="stat">
                    <dt>"Runs, last 24 h"</dt>
                    <dd class="stat__figure"><Spark summary=summary tip=tip/></dd>
                    {value(known(|summary| Some(format_count(summary.runs))))}
                    {note(runs_note)}
                </div>
                <div class="stat">
                    <dt>"Success rate"</dt>
                    {value(known(f::success))}
                    <dd class="stat__note"><a href=FAILED>{words(f::outcome_note)}</a></dd>
                </div>
                <div class="stat">
                    <dt>"Duration, p50 / p95"</dt>
                    {value(known(|summary| {
                        summary.duration.map(|took| format!("{} / {}", format_ms(took.p50_ms), format_ms(took.p95_ms)))
                    }))}
                    {note(words(f::duration_note))}
                </div>
                <div class="stat">
                    <dt>"Tokens"</dt>
                    {value(known(|summary| Some(f::compact(summary.tokens))))}
                    {note(words(f::tokens_note))}
                </div>
                <div class="stat">
                    <dt>"Cost"</dt>
                    {value(known(|summary| f::cost(summary).map(|cost| cost.to_string())))}
                    {note(words(f::cost_note))}
                </div>
            </dl>
            <SparkTip summary=summary tip=tip/>
        </div>
    }
}

/// Words that are not numbers are small: units, and the slash between two figures.
fn value(text: Signal<Option<String>>) -> impl IntoView {
    let text = Memo::new(move |_| text.get());
    let part = |word: &str| match word.starts_with(|c: char| c.is_ascii_digit() || "<$-".contains(c)) {
        true => format!("{word} ").into_any(),
        false => view! { <small>{word.to_owned()}</small>" " }.into_any(),
    };
    view! {
        <dd class="stat__value">
            {move || match text.get() {
                Some(text) => text.split(' ').map(part).collect_view().into_any(),
                None => view! { <Dash/> }.into_any(),
            }}
        </dd>
    }
}

fn note(text: Signal<String>) -> impl IntoView {
    let text = Memo::new(move |_| text.get());
    view! { <dd class="stat__note">{text}</dd> }
}
