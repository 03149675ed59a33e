//! The list of a webhook's deliveries, with the result of each.

use crate::domain::hook::{Delivery, Outcome};
use crate::domain::id::HookId;
use crate::domain::views::hooks::DeliveriesView;
use crate::ui::kit::dash::Dash;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::status::Status;
use crate::ui::kit::time::ShortTime;
use crate::ui::model::hooks::{HooksAddress, outcome_look, repeat_words};
use crate::ui::state::hooks::Hooks;
use leptos::prelude::*;

/// The panel; nothing where there are no webhooks. Rows come and go by themselves, so that the focus stays where it is.
#[component]
pub fn Deliveries(hooks: Hooks) -> impl IntoView {
    let shown = Memo::new(move |_| {
        hooks.view.with(|view| {
            let view = view.as_ref().ok()?;
            let names = view.hooks.iter().map(|hook| (hook.id, hook.settings.name.clone()));
            let DeliveriesView { hook, outcome, .. } = view.deliveries.as_ref()?;
            Some((*hook, *outcome, names.collect::<Vec<_>>()))
        })
    });
    view! { {move || shown.get().map(|(hook, outcome, names)| panel(hooks, hook, outcome, names))} }
}

fn panel(hooks: Hooks, hook: HookId, outcome: Option<Outcome>, names: Vec<(HookId, String)>) -> impl IntoView {
    let of = move |read: fn(&DeliveriesView) -> Option<i64>| {
        Memo::new(move |_| hooks.view.with(|view| read(view.as_ref().ok()?.deliveries.as_ref()?)))
    };
    let older = of(|view| view.deliveries.last().map(|delivery| delivery.id.0).filter(|_| view.has_older));
    let newer = of(|view| view.has_newer.then_some(0));
    let first = of(|view| view.deliveries.first().map(|delivery| delivery.id.0));
    let is_empty = move || first.read().is_none();
    let rows = move || {
        let deliveries = hooks.view.with(|view| Some(view.as_ref().ok()?.deliveries.as_ref()?.deliveries.clone()));
        deliveries.unwrap_or_default()
    };
    let href = move |below| HooksAddress { hook: Some(hook), outcome, below }.href(hooks.agent);
    let nothing = match outcome {
        None => "Nothing has arrived yet.".to_owned(),
        Some(outcome) => format!("None of those that are kept was {}.", outcome_look(outcome).word.to_lowercase()),
    };
    view! {
        <section class="panel table-box" aria-labelledby="deliveries-h">
            <div class="panel__head"><h2 id="deliveries-h">"Last deliveries"</h2>{chooser(hooks, hook, outcome, names)}</div>
            {move || is_empty().then(|| view! { <p class="panel__body soft">{nothing.clone()}</p> })}
            <table class="table table--two" role="table" hidden=move || is_empty()>
                <caption class="visually-hidden">"Last deliveries, newest first"</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Result"</th>
                        <th role="columnheader" scope="col">"Received"</th>
                        <th role="columnheader" scope="col" class="c-text">"What came of it"</th>
                        <th role="columnheader" scope="col" class="p-2">"Id"</th>
                        <th role="columnheader" scope="col" class="num p-1">"Answer"</th>
                        <th role="columnheader" scope="col"><span class="visually-hidden">"Actions"</span></th>
                    </tr>
                </thead>
                <tbody role="rowgroup">
                    <For
                        each=rows
                        key=|delivery| (delivery.id, delivery.repeats, delivery.replayable)
                        children=move |delivery| row(hooks, hook, delivery)
                    />
                </tbody>
            </table>
            <div class="table-foot">
                <span>"Kept for 7 days, the newest 1,000 of each webhook."</span>
                {move || newer.get().map(|_| view! { <a class="push" href=href(None)>"Newest deliveries"</a> })}
                {move || older.get().map(|id| {
                    // The first of both links is pushed to the end.
                    let push = newer.read().is_none().then_some("push");
                    view! { <a class=push href=href(Some(id))>"Older deliveries"</a> }
                })}
            </div>
        </section>
    }
}

/// The choice of a webhook and of an outcome: works without script too.
fn chooser(hooks: Hooks, shown: HookId, outcome: Option<Outcome>, names: Vec<(HookId, String)>) -> impl IntoView {
    let option = |(id, name): (HookId, String)| {
        view! { <option value=id.to_string() selected={id == shown}>{name}</option> }
    };
    let result = |choice: &Outcome| {
        let look = outcome_look(*choice);
        view! { <option value=choice.as_str() selected={outcome == Some(*choice)}>{look.word}</option> }
    };
    view! {
        <form class="actions" method="get" action=HooksAddress::default().href(hooks.agent)>
            <select class="select select--head" name="hook" aria-label="Webhook">
                {names.into_iter().map(option).collect_view()}
            </select>
            <select class="select select--head" name="outcome" aria-label="Result">
                <option value="">"All results"</option>
                {Outcome::ALL.iter().map(result).collect_view()}
            </select>
            <button class="btn btn--s" type="submit">"Show"</button>
        </form>
    }
}

fn row(hooks: Hooks, hook: HookId, delivery: Delivery) -> impl IntoView {
    let look = outcome_look(delivery.outcome);
    let run =
        delivery.run_id.map(|run| view! { "Run "<a class="mono" href=format!("/runs/{run}")>{format!("#{run}")}</a> });
    let replay = delivery.replay_of.map(|id| format!(" Replay of delivery #{id}."));
    let repeats = repeat_words(delivery.repeats).map(|words| format!(", {words}"));
    let id = match delivery.delivery_id.clone() {
        Some(id) => view! { <span class="mono">{id}</span> }.into_any(),
        None => view! { <Dash label="none"/> }.into_any(),
    };
    let label = format!("Replay delivery #{}", delivery.id);
    let (at, detail, status, replayable) =
        (delivery.received_at, delivery.detail.clone(), delivery.status, delivery.replayable);
    view! {
        <tr role="row">
            <td role="cell" class="c-lead"><Status look=Signal::stored(look)/></td>
            <td role="cell" class="c-mid"><ShortTime at=at/></td>
            <td role="cell" class="c-text" dir="auto">{run}{detail}{repeats}{replay}</td>
            <td role="cell" class="p-2">{id}</td>
            <td role="cell" class="num p-1">{status}</td>
            <td role="cell" class="num c-end">
                {replayable.then(|| view! {
                    <button
                        class="btn btn--ghost btn--xs"
                        type="button"
                        aria-label=label
                        data-script=""
                        on:click=move |_| hooks.replay(hook, &delivery)
                    >
                        <Icon name="retry"/>
                        "Replay"
                    </button>
                })}
            </td>
        </tr>
    }
}
