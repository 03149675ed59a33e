//! What has changed since the agent's last good run: on the page of a run that failed, or was far slower or more expensive than
//! usual.

use crate::domain::run::RunStatus;
use crate::domain::views::comparison::{SinceChange, SinceGood};
use crate::ui::kit::icon::Icon;
use crate::ui::kit::time::Ago;
use crate::ui::model::comparison::good_href;
use crate::ui::model::run_view::RunView;
use leptos::prelude::*;

/// The panel; nothing where there is no last good run, or no need for it.
#[component]
pub fn SinceItWorked(view: Memo<RunView>) -> impl IntoView {
    let since = Memo::new(move |_| view.with(|view| view.detail.since_good.clone()));
    let id = view.with_untracked(|view| view.detail.run.id);
    // A slow success has worked as well.
    let title = move || match view.with(|view| view.detail.run.status) {
        RunStatus::Failed => "What changed since it last worked",
        _ => "What changed since the last good run",
    };
    let shown = move || {
        since.get().map(|SinceGood { run, finished_at, changes, unknown }| {
            let words = match unknown.is_empty() {
                true => "Nothing that Runboard knows of changed: the same settings, model, input and tools.",
                false => "Nothing of what is on record of both runs changed.",
            };
            let nothing = changes.is_empty().then(|| view! { <p class="panel__body">{words}</p> });
            let table = (!changes.is_empty()).then(|| {
                view! {
                    <table class="table table--wrap">
                        <caption class="visually-hidden">"What changed since the last good run"</caption>
                        <tbody>{changes.into_iter().map(line).collect_view()}</tbody>
                    </table>
                }
            });
            let unknown = (!unknown.is_empty()).then(|| {
                view! { <p class="panel__foot soft">{format!("Not on record of both: {}", unknown.join(", "))}</p> }
            });
            view! {
                <section class="panel table-box" aria-labelledby="since-h">
                    <div class="panel__head">
                        <h2 id="since-h">{title()}</h2>
                        <p>
                            "Last good run "<a class="mono" href=format!("/runs/{run}")>{format!("#{run}")}</a>
                            {finished_at.map(|at| view! { ", "<Ago at=Signal::stored(at)/> })}
                        </p>
                        <div class="actions">
                            <a class="btn btn--s" href=good_href(id)><Icon name="compare"/>"Compare with the last good run"</a>
                        </div>
                    </div>
                    {nothing}{table}{unknown}
                </section>
            }
        })
    };
    view! { {move || shown()} }
}

fn line(SinceChange { label, text }: SinceChange) -> impl IntoView {
    view! { <tr><th scope="row" class="strong">{label}</th><td class="c-wide" dir="auto">{text}</td></tr> }
}
