//! One step of a run: a line that opens to what it was given, what came of it, and what it cost.

use crate::domain::duration::format_ms;
use crate::domain::step::{RunStep, StepKind};
use crate::ui::kit::icon::Icon;
use crate::ui::kit::usage::{Cost, Tokens};
use crate::ui::model::run_view::RunView;
use crate::ui::model::words::cut_words;
use crate::ui::runs::step_record::StepRecord;
use leptos::prelude::*;

/// The step at a position. It stays open while it changes.
#[component]
pub fn StepRow(view: Memo<RunView>, position: i32) -> impl IntoView {
    let step =
        Memo::new(move |_| view.with(|view| view.detail.steps.iter().find(|step| step.position == position).cloned()));
    let class = move || match step.read().as_ref().is_some_and(|step| step.error.is_some()) {
        true => "tool tool--failed",
        false => "tool",
    };
    view! {
        <li>
            <details class=move || class() id=format!("step-{position}")>
                <summary>
                    <Icon name="chevron-right"/>
                    {move || step.get().map(line)}
                </summary>
                <div class="tool__body">{move || step.get().map(|step| view! { <StepRecord step=step/> })}</div>
            </details>
        </li>
    }
}

fn line(step: RunStep) -> impl IntoView {
    let is_model = step.kind == StepKind::ModelCall;
    let icon = if is_model { "model" } else { "tool" };
    let beginning = match is_model {
        true => step.output.as_deref(),
        false => step.input.as_deref(),
    };
    // One line of it is shown, and little of that.
    let beginning: String =
        beginning.unwrap_or_default().lines().next().unwrap_or_default().chars().take(160).collect();
    let usage = step.usage;
    let tokens = usage.total_tokens.map(|count| {
        view! { <span class="num"><Tokens count=Some(count) estimated=usage.usage_estimated unknown="none"/>" tokens"</span> }
    });
    let cost = usage.total_tokens.map(|_| {
        let estimated = usage.usage_estimated;
        view! { <span class="num"><Cost amount=usage.total_cost estimated=estimated unknown="cost not known"/></span> }
    });
    view! {
        <Icon name=icon/>
        <code dir="auto">{step.name.clone()}</code>
        <span class="tool__args" dir="auto">{beginning}</span>
        {mark(&step)}
        {tokens}
        {cost}
        {step.duration_ms.map(|ms| view! { <span class="num">{format_ms(ms)}</span> })}
    }
}

/// What is special about how it stands: an icon and a word.
fn mark(step: &RunStep) -> Option<impl IntoView + use<>> {
    if let (Some(words), None) = (cut_words(step.finish), &step.error) {
        return Some(marked("status status--timeout", "timeout", words.to_owned()));
    }
    let (class, icon, word) = match (step.error.is_some(), step.finished_at.is_some(), step.tries.len()) {
        (true, _, _) => ("status status--failed", "failed", "Failed".to_owned()),
        (false, false, 0) => ("status status--running", "running", "Running".to_owned()),
        (false, false, tries) => ("status status--running", "retry", format!("Trying again ({} of 5)", tries + 1)),
        (false, true, 0) => return None,
        (false, true, 1) => ("status", "retry", "Tried twice".to_owned()),
        (false, true, tries) => ("status", "retry", format!("Tried {} times", tries + 1)),
    };
    Some(marked(class, icon, word))
}

fn marked(class: &'static str, icon: &'static str, word: String) -> impl IntoView + use<> {
    view! { <span class=class><Icon name=icon/>{word}</span> }
}
