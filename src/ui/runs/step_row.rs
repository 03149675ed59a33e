//! One step of a run: a line that opens to its input, its result and its cost.

use crate::domain::duration::format_ms;
use crate::domain::run::Usage;
use crate::domain::step::{RunStep, StepKind};
use crate::ui::kit::dash::Dash;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::usage::{Cost, Tokens};
use crate::ui::model::run_view::RunView;
use crate::ui::model::step_look::{StepLook, ended_with_run, step_look};
use crate::ui::runs::one_step::one_step;
use crate::ui::runs::step_record::StepRecord;
use crate::ui::runs::tool_call::brief;
use leptos::prelude::*;

/// The step at a position. It stays open while it changes.
#[component]
pub fn StepRow(view: Memo<RunView>, position: i32) -> impl IntoView {
    let step = one_step(view, position);
    let look = Memo::new(move |_| view.with(|view| step_look(step.read().as_ref()?, &view.detail.run)));
    let class = move || match look.read().as_ref().is_some_and(|look| look.class == "failed") {
        true => "tool tool--failed",
        false => "tool",
    };
    let ended_with_run = Memo::new(move |_| {
        view.with(|view| step.read().as_ref().is_some_and(|step| ended_with_run(step, &view.detail.run)))
    });
    view! {
        <li>
            <details class=move || class() id=format!("step-{position}")>
                <summary>
                    <Icon name="chevron-right"/>
                    {move || step.get().map(|step| line(step, look.get()))}
                </summary>
                <div class="tool__body">{move || step.get().map(|step| {
                    // The error that ended the run stands at its head.
                    let error = step.error.clone().filter(|_| !ended_with_run.get());
                    view! { <StepRecord step=RunStep { error, ..step }/> }
                })}</div>
            </details>
        </li>
    }
}

fn line(step: RunStep, look: Option<StepLook>) -> impl IntoView {
    let is_model = step.kind == StepKind::ModelCall;
    let icon = if is_model { "model" } else { "tool" };
    // A model's words are in the transcript. Of arguments one line is shown, and little of that.
    let arguments = step.input.as_deref().filter(|_| !is_model).unwrap_or_default();
    let beginning = brief(arguments);
    let Usage { total_tokens: tokens, total_cost, usage_estimated: estimated, .. } = step.usage;
    let none = if step.finished_at.is_some() { "none" } else { "not yet known" };
    let took = match step.duration_ms {
        Some(ms) => format_ms(ms).into_any(),
        None => view! { <Dash label="not yet known"/> }.into_any(),
    };
    let unit = tokens.map(|_| view! { <span class="unit">" tokens"</span> });
    // Of a call that was refused "$0" beside a dash would be two answers to one question.
    let (cost, no_cost) = if tokens.is_some() { (total_cost, "cost not known") } else { (None, none) };
    view! {
        <Icon name=icon/>
        <code dir="auto">{step.name.clone()}</code>
        <span class="tool__args" dir="auto">{beginning}</span>
        {look.map(|StepLook { class, icon, word }| {
            view! { <span class=format!("status status--{class}")><Icon name=icon/>{word}</span> }
        })}
        <span class="num"><Tokens count=tokens estimated=estimated unknown=none/>{unit}</span>
        <span class="num"><Cost amount=cost estimated=estimated unknown=no_cost/></span>
        <span class="num">{took}</span>
    }
}
