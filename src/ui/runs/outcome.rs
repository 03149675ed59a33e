//! Why a run ended the way it did, where the status does not say it all.

use crate::domain::run::RunStatus;
use crate::ui::kit::icon::Icon;
use crate::ui::model::run_view::RunView;
use crate::ui::model::words::{explanation, run_look};
use leptos::prelude::*;

/// The error of a failed run; a sentence for one that was stopped or skipped; nothing for the others.
#[component]
pub fn RunOutcome(view: Memo<RunView>) -> impl IntoView {
    let run = Memo::new(move |_| view.with(|view| view.detail.run.clone()));
    let retried_as = Memo::new(move |_| view.with(|view| view.detail.retried_as));
    let shown = move || {
        let run = run.get();
        let sentence = explanation(&run)?;
        let look = run_look(&run);
        let failed = run.status == RunStatus::Failed;
        let error = run.error.map(|error| match failed {
            true => view! { <pre class="code code--danger" dir="auto" tabindex="0">{error}</pre> }.into_any(),
            false => view! { <p dir="auto">{error}</p> }.into_any(),
        });
        let retried = move || {
            retried_as.get().map(|id| {
                view! { <p>"Retried as "<a class="mono" href=format!("/runs/{id}")>{format!("#{id}")}</a>"."</p> }
            })
        };
        Some(view! {
            <section class=if failed { "notice notice--danger" } else { "notice" } aria-labelledby="outcome-h">
                <Icon name=look.icon/>
                <div class="notice__text">
                    <strong id="outcome-h">{look.word}</strong>
                    <p>{sentence}</p>
                    {error}
                    {move || retried()}
                </div>
            </section>
        })
    };
    view! { {move || shown()} }
}
