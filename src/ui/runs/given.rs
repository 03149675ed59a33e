//! The input of a run: its text, its variables, and the differences from the run it repeats.

use crate::domain::request::{RequestChange, RunInput};
use crate::ui::kit::copy::CopyButton;
use crate::ui::model::run_view::RunView;
use leptos::prelude::*;

/// Id of the element with the input.
const INPUT: &str = "run-input";

/// The panel; nothing for a run that was given nothing and repeats none with changes.
#[component]
pub fn RunGiven(view: Memo<RunView>) -> impl IntoView {
    let parts = Memo::new(move |_| view.with(|view| (view.detail.given.clone(), view.detail.changes.clone())));
    let shown = move || {
        let (RunInput { input, variables }, changes) = parts.get();
        if input.is_none() && variables.is_empty() && changes.is_empty() {
            return None;
        }
        let text = Signal::stored(input.clone().unwrap_or_default());
        let copy = input.is_some().then(|| {
            view! { <div class="actions"><CopyButton label="Copy" text=text source=INPUT/></div> }
        });
        let words = input.map(|input| {
            view! { <p class="turn__text given__input" id=INPUT dir="auto" tabindex="0">{input}</p> }
        });
        let values = (!variables.is_empty()).then(|| {
            let value = |(name, value): (String, String)| {
                view! { <div><dt><code>{name}</code></dt><dd dir="auto">{value}</dd></div> }
            };
            view! { <dl class="facts facts--flush">{variables.into_iter().map(value).collect_view()}</dl> }
        });
        Some(view! {
            <section class="panel" aria-labelledby="given-h">
                <div class="panel__head"><h2 id="given-h">"Input"</h2>{copy}</div>
                <div class="panel__body given">{words}{values}{differences(changes)}</div>
            </section>
        })
    };
    view! { {move || shown()} }
}

/// Before and after, in this order.
fn differences(changes: Vec<RequestChange>) -> Option<impl IntoView> {
    let one = |RequestChange { label, before, after }: RequestChange| {
        let value = |value: Option<String>| match value {
            Some(text) => view! { <bdi>{text}</bdi> }.into_any(),
            None => view! { <span class="muted">"none"</span> }.into_any(),
        };
        view! {
            <div>
                <dt>{label}</dt>
                <dd>
                    <span class="soft">{value(before)}</span>
                    <span aria-hidden="true">" → "</span>
                    <span class="visually-hidden">" became "</span>
                    {value(after)}
                </dd>
            </div>
        }
    };
    (!changes.is_empty()).then(|| {
        view! {
            <h3 class="given__changes">"Changed for this retry"</h3>
            <dl class="facts facts--flush">{changes.into_iter().map(one).collect_view()}</dl>
        }
    })
}
