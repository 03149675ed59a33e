//! The model and tool calls of a run, in order.

use super::dash::Dash;
use super::error_line::ErrorLine;
use super::icon::Icon;
use super::usage::{Cost, Tokens};
use crate::domain::duration::format_ms;
use crate::domain::step::{RunStep, StepKind};
use crate::ui::state::run_view::RunView;
use leptos::prelude::*;

/// A table of steps. A run under way gets them as they end.
#[component]
pub fn RunSteps(view: Memo<RunView>) -> impl IntoView {
    let steps = Memo::new(move |_| view.with(|view| view.detail.steps.clone()));
    let over = Memo::new(move |_| view.with(|view| view.detail.run.status.is_terminal()));
    let body = move || match steps.read().is_empty() {
        true => {
            let text = if over.get() { "The run made no calls." } else { "No calls yet." };
            view! { <div class="empty empty--s"><p>{text}</p></div> }.into_any()
        }
        false => view! {
            <div class="table-box">
                <table class="table table--s" aria-labelledby="steps-h">
                    <thead>
                        <tr>
                            <th scope="col">"Step"</th>
                            <th scope="col" class="num">"Duration"</th>
                            <th scope="col" class="num">"Tokens"</th>
                            <th scope="col" class="num">"Cost"</th>
                        </tr>
                    </thead>
                    <tbody>{move || steps.get().into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        }
        .into_any(),
    };
    view! {
        <section class="panel" aria-labelledby="steps-h">
            <div class="panel__head">
                <h2 id="steps-h">"Steps"</h2>
                {move || (!steps.read().is_empty()).then(|| view! { <p>{steps.read().len()}</p> })}
            </div>
            {move || body()}
        </section>
    }
}

fn row(step: RunStep) -> impl IntoView {
    let icon = match (step.error.is_some(), step.kind) {
        (true, _) => "failed",
        (false, StepKind::ModelCall) => "model",
        (false, StepKind::ToolCall) => "tool",
    };
    let class = if step.error.is_some() { "status status--failed" } else { "status" };
    let error = step.error;
    view! {
        <tr>
            <th scope="row"><span class=class><Icon name=icon/><span class="mono">{step.name}</span></span></th>
            <td class="num">{step.duration_ms.map_or_else(|| view! { <Dash/> }.into_any(), |ms| format_ms(ms).into_any())}</td>
            <td class="num"><Tokens count=step.usage.total_tokens estimated=step.usage.usage_estimated unknown="none"/></td>
            <td class="num"><Cost amount=step.usage.total_cost estimated=step.usage.usage_estimated unknown="not known"/></td>
        </tr>
        <ErrorLine error=Signal::stored(error) columns="4"/>
    }
}
