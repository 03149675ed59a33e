//! Why a run ended the way it did, where the status does not say it all.

use crate::ui::kit::copy::CopyButton;
use crate::ui::kit::notice::{Notice, Tone};
use crate::ui::model::outcome::{ErrorLook, Weight, outcome};
use crate::ui::model::run_view::RunView;
use crate::ui::model::step_look::failing_step;
use crate::ui::model::words::run_look;
use leptos::prelude::*;

/// Id of the element with the error.
const ERROR: &str = "run-error";

/// The cause as the title, what to do, and the error; nothing for a run that has simply succeeded.
#[component]
pub fn RunOutcome(view: Memo<RunView>) -> impl IntoView {
    let run = Memo::new(move |_| view.with(|view| view.detail.run.clone()));
    let retried_as = Memo::new(move |_| view.with(|view| view.detail.retried_as));
    let failing = Memo::new(move |_| {
        view.with(|view| {
            failing_step(&view.detail.steps, &view.detail.run).map(|step| (step.position, step.name.clone()))
        })
    });
    let failed_in = move || {
        failing.get().map(|(position, name)| {
            let href = format!("#step-{position}");
            view! { <p>"Failed in "<a href=href>{format!("step {position}, ")}<bdi>{name}</bdi></a>"."</p> }
        })
    };
    let error_text: Signal<String> = Signal::derive(move || run.with(|run| run.error.clone().unwrap_or_default()));
    let retried = move || {
        retried_as.get().map(|id| {
            view! { <p>"Retried as "<a class="mono" href=format!("/runs/{id}")>{format!("#{id}")}</a>"."</p> }
        })
    };
    let shown = move || {
        let run = run.get();
        let outcome = outcome(&run)?;
        let tone = match outcome.weight {
            Weight::Quiet => Tone::Plain,
            Weight::Warning => Tone::Warning,
            Weight::Failure => Tone::Danger,
        };
        let text = run.error.clone().filter(|_| outcome.error == ErrorLook::Text);
        let text = text.map(|error| {
            view! {
                <pre class="code code--danger" id=ERROR dir="auto" tabindex="0">{error}</pre>
                <div class="actions"><CopyButton label="Copy error" text=error_text source=ERROR/></div>
            }
        });
        let note = run.error.clone().filter(|_| outcome.error == ErrorLook::Sentence);
        Some(view! {
            <section aria-labelledby="outcome-h">
                <Notice tone=tone icon=run_look(&run).icon>
                    <strong id="outcome-h">{outcome.title}</strong>
                    {(!outcome.advice.is_empty()).then(|| view! { <p>{outcome.advice}</p> })}
                    {note.map(|note| view! { <p dir="auto">{note}</p> })}
                    {move || failed_in()}
                    {text}
                    {move || retried()}
                </Notice>
            </section>
        })
    };
    view! { {move || shown()} }
}
