//! A call of a tool: closed, its name and how long it took; open, its arguments and its result.

use crate::domain::duration::format_ms;
use crate::domain::step::{RunStep, StepCall};
use crate::ui::kit::icon::Icon;
use crate::ui::model::pretty::pretty;
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
                    <Payload title="Arguments" text=input is_cut=Signal::derive(move || step.read().input_cut)/>
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
                <Payload title="Arguments" text=Memo::new(move |_| pretty(&text)) is_cut=call.arguments_cut/>
            </div>
        </details>
    }
}

/// Returns the beginning of the arguments, for one line.
pub fn brief(arguments: &str) -> String {
    arguments.lines().next().unwrap_or_default().chars().take(160).collect()
}

fn outcome(step: Memo<RunStep>) -> AnyView {
    let output = Memo::new(move |_| step.with(|step| step.output.as_deref().map(pretty).unwrap_or_default()));
    let error = Memo::new(move |_| step.with(|step| step.error.clone().unwrap_or_default()));
    let is_cut = Signal::derive(move || step.read().output_cut);
    let (has_error, has_output) = (!error.read().is_empty(), !output.read().is_empty());
    match (has_error, has_output) {
        (true, _) => view! { <Payload title="Error" text=error is_cut=false/> }.into_any(),
        (false, true) => view! { <Payload title="Result" text=output is_cut=is_cut/> }.into_any(),
        (false, false) => ().into_any(),
    }
}

/// A call's input or output, as it was.
#[component]
fn Payload(title: &'static str, text: Memo<String>, #[prop(into)] is_cut: Signal<bool>) -> impl IntoView {
    let class = if title == "Error" { "code code--danger" } else { "code code--wrap" };
    view! {
        <div class="code-head">
            <span>{title}</span>
            {move || is_cut.get().then(|| view! { <span>"only the beginning"</span> })}
        </div>
        <pre class=class dir="auto" tabindex="0">{move || text.get()}</pre>
    }
}
