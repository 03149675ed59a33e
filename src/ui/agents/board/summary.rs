//! The strip of figures over the table: the totals of the last 24 hours.

use crate::domain::duration::Measure;
use crate::domain::summary::Summary;
use crate::ui::agents::board::spark::{Spark, SparkTip};
use crate::ui::kit::dash::Dash;
use crate::ui::model::figures::{self as f, Figure};
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
    let tip = RwSignal::new(None);
    let runs_note = Signal::derive(move || summary.with(|summary| f::runs_note(summary, active.get())));
    view! {
        <div class="stats-box">
            <dl class="stats" aria-label="Last 24 hours">
                <div class="stat">
                    <dt>"Runs, last 24 h"</dt>
                    <dd class="stat__figure"><Spark summary=summary tip=tip/></dd>
                    {value(summary, f::runs)}
                    {note(runs_note)}
                </div>
                <div class="stat">
                    <dt>"Success rate"</dt>
                    {value(summary, f::success)}
                    <dd class="stat__note"><a href=FAILED>{words(f::outcome_note)}</a></dd>
                </div>
                <div class="stat">
                    <dt>"Duration, p50 / p95"</dt>
                    {value(summary, f::duration)}
                    {note(words(f::duration_note))}
                </div>
                <div class="stat">
                    <dt>"Tokens"</dt>
                    {value(summary, f::tokens)}
                    {note(words(f::tokens_note))}
                </div>
                <div class="stat">
                    <dt>"Cost"</dt>
                    {value(summary, f::spent)}
                    {note(words(f::cost_note))}
                </div>
            </dl>
            <SparkTip summary=summary tip=tip/>
        </div>
    }
}

/// Units are small, and so is the slash between two figures.
fn value(summary: Memo<Summary>, figure: fn(&Summary) -> Figure) -> impl IntoView {
    let part = |(number, unit): Measure| view! { {format!("{number} ")}<small>{unit}</small>" " };
    view! {
        <dd class="stat__value">
            {move || {
                let figure = summary.with(figure);
                match figure.is_empty() {
                    true => view! { <Dash/> }.into_any(),
                    false => figure.into_iter().map(part).collect_view().into_any(),
                }
            }}
        </dd>
    }
}

fn note(text: Signal<String>) -> impl IntoView {
    let text = Memo::new(move |_| text.get());
    view! { <dd class="stat__note">{text}</dd> }
}
