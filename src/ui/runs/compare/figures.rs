//! The figures of a call in both runs, one above the other, what they differ by, and the times as bars.

use crate::domain::duration::{format_count, format_ms};
use crate::domain::views::comparison::{Delta, Figures, PairedStep, StepPair};
use crate::ui::kit::dash::Dash;
use crate::ui::model::comparison::{Change, PLOT, bar, cost_change, time_change, token_change};
use leptos::prelude::*;

/// Six cells: time, tokens and cost, each beside its difference. A tool call has a time alone.
pub fn cells(now: Option<Figures>, then: Option<Figures>, delta: Delta, is_tool: bool) -> impl IntoView {
    let took = |figures: &Figures| figures.duration_ms.map(format_ms);
    let tokens = |figures: &Figures| figures.tokens.map(format_count);
    let cost = |figures: &Figures| figures.cost.map(|cost| cost.to_string());
    let then_ms = then.and_then(|figures| figures.duration_ms);
    let more = (!is_tool).then(|| {
        view! {
            <td class="num p-2">{both(now, then, tokens)}</td>
            <td class="num p-2">{difference(token_change(delta.tokens))}</td>
            <td class="num p-2">{both(now, then, cost)}</td>
            <td class="num p-2">{difference(cost_change(delta.cost))}</td>
        }
    });
    let none = is_tool.then(|| {
        view! { <td class="num p-2"></td><td class="num p-2"></td><td class="num p-2"></td><td class="num p-2"></td> }
    });
    view! {
        <td class="num">{both(now, then, took)}</td>
        <td class="num">{difference(time_change(delta.duration_ms, then_ms))}</td>
        {more}{none}
    }
}

fn both(now: Option<Figures>, then: Option<Figures>, text: impl Fn(&Figures) -> Option<String>) -> impl IntoView {
    let one = |figures: Option<Figures>| match figures {
        None => view! { <Dash label="not called"/> }.into_any(),
        Some(figures) => match text(&figures) {
            Some(text) => text.into_any(),
            None => view! { <Dash label="not known"/> }.into_any(),
        },
    };
    view! { <span class="pair"><span>{one(then)}</span><span>{one(now)}</span></span> }
}

fn difference(Change { text, class }: Change) -> impl IntoView {
    view! { <span class=class>{text}</span> }
}

/// Returns the bars of both runs on the same axis of `span` milliseconds.
pub fn plot(pair: &StepPair, span: i64) -> impl IntoView {
    let rect = |step: &Option<PairedStep>, y: &'static str, class: &'static str| {
        step.as_ref().map(|step| {
            let (x, width) = bar(step, span);
            view! { <rect class=class x=x y=y width=width height="8"></rect> }
        })
    };
    let failed = pair.a.as_ref().is_some_and(|step| step.error.is_some());
    let lines = [1, 2, 3].map(|quarter| {
        let x = PLOT * quarter / 4;
        view! { <line x1=x x2=x y1="-6" y2="42"></line> }
    });
    view! {
        <svg
            class="pairs__svg"
            viewBox=format!("0 0 {PLOT} 36")
            preserveAspectRatio="none"
            role="img"
            aria-label=format!("{}; {}", times("then", &pair.b), times("now", &pair.a))
        >
            {lines.collect_view()}
            {rect(&pair.b, "5", "then")}
            {rect(&pair.a, "23", if failed { "now now--failed" } else { "now" })}
        </svg>
    }
}

/// `then: 3.7 s to 4.8 s`.
fn times(run: &str, step: &Option<PairedStep>) -> String {
    let Some(step) = step else { return format!("{run}: not called") };
    let start = format_ms(step.offset_ms);
    match step.figures.duration_ms {
        Some(ms) => format!("{run}: {start} to {}", format_ms(step.offset_ms.saturating_add(ms))),
        None => format!("{run}: from {start} on"),
    }
}
