//! A call of a tool: closed, its name and how long it took; open, its arguments and its result.

use crate::domain::duration::format_ms;
use crate::domain::step::payload::{Extent, Side};
use crate::domain::step::{RunStep, StepCall};
use crate::ui::kit::icon::Icon;
use crate::ui::model::pretty::pretty;
use crate::ui::runs::payload::{Payload, Place, error_text};
use leptos::prelude::*;

/// One chip. It stays open while its call goes on.
#[component]
pub fn ToolChip(step: Memo<RunStep>) -> impl IntoView {
    let failed = Memo::new(move |_| step.with(|step| step.error.is_some()));
    let took = move || {
        step.with(|step| match (step.finished_at, step.duration_ms) {
            (Some(_), Some(ms)) => format_ms(ms),
            _ => "calling…".to_owned(),
        })
    };
    let icon = Signal::derive(move || if failed.get() { "failed" } else { "tool" });
    let input = Memo::new(move |_| step.with(|step| step.input.as_deref().map(pretty).unwrap_or_default()));
    let has_input = Memo::new(move |_| !input.read().is_empty());
    let beginning = move || step.with(|step| brief(step.input.as_deref().unwrap_or_default()));
    view! {
        <details class="tool" class:tool--failed=move || failed.get()>
            <summary>
                <Icon name="chevron-right"/>
                <Icon name=icon/>
                <code dir="auto">{move || step.read().name.clone()}</code>
                <span class="tool__args" dir="auto">{move || beginning()}</span>
                {move || failed.get().then(|| view! { <span class="visually-hidden">"failed"</span> })}
                <span class="num">{move || took()}</span>
            </summary>
            <div class="tool__body">
                {move || has_input.get().then(|| view! {
                    <Payload
                        title="Arguments"
                        text=input
                        extent=Signal::derive(move || step.read().extent(Side::Input))
                        place=step.with_untracked(|step| Place::of(step, Side::Input))
                    />
                })}
                {move || outcome(step)}
            </div>
        </details>
    }
}

/// A call that the model asked for and nobody made.
#[component]
pub fn CallNotMade(call: StepCall) -> impl IntoView {
    let text = call.text();
    let extent = if call.arguments_cut { Extent::Lost } else { Extent::Whole };
    view! {
        <details class="tool">
            <summary>
                <Icon name="chevron-right"/>
                <Icon name="tool"/>
                <code dir="auto">{call.name.clone()}</code>
                <span class="tool__args" dir="auto">{brief(&text)}</span>
                <span>"not called"</span>
            </summary>
            <div class="tool__body">
                <Payload title="Arguments" text=pretty(&text) extent=extent/>
            </div>
        </details>
    }
}

/// Returns the beginning of the arguments, for one line.
pub fn brief(arguments: &str) -> String {
    arguments.lines().next().unwrap_or_default().chars().take(160).collect()
}

fn outcome(step: Memo<RunStep>) -> AnyView {
    step.with(|step| match (&step.error, &step.output) {
        (Some(error), _) if !error.is_empty() => error_text(error.clone()).into_any(),
        (_, Some(output)) if !output.is_empty() => {
            let (extent, place) = (step.extent(Side::Output), Place::of(step, Side::Output));
            view! { <Payload title="Result" text=pretty(output) extent=extent place=place/> }.into_any()
        }
        _ => ().into_any(),
    })
}
