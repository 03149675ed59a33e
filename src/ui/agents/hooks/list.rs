//! The list of an agent's webhooks, and what can be done with each.

use crate::domain::hook::Hook;
use crate::domain::id::HookId;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::menu::{Command, Item, Menu, MenuButton};
use crate::ui::kit::status::Status;
use crate::ui::kit::time::ShortTime;
use crate::ui::model::hooks::{HooksAddress, hook_look, hook_words};
use crate::ui::state::hooks::{Doubtful, Hooks};
use leptos::prelude::*;

/// The panel, and the menu of its rows.
#[component]
pub fn HookList(hooks: Hooks) -> impl IntoView {
    let list = move || hooks.view.with(|view| view.as_ref().map(|view| view.hooks.clone()).unwrap_or_default());
    let is_empty = Memo::new(move |_| list().is_empty());
    let (menu, target) = (hooks.menu, move || hooks.menu.target());
    let ask = move |what| {
        Callback::new(move |()| {
            if let Some(hook) = untrack(target) {
                hooks.ask(what, hook);
            }
        })
    };
    let items = vec![
        Item::new("New address…", "key", Command::Do(ask(Doubtful::Rotate))),
        Item { danger: true, ..Item::new("Delete…", "trash", Command::Do(ask(Doubtful::Delete))) },
    ];
    let label = Signal::derive(move || {
        let name = target().and_then(|id| hooks.hook(id)).map(|hook| hook.settings.name);
        name.map_or_else(|| "More actions".to_owned(), |name| format!("More actions for {name}"))
    });
    view! {
        <section class="panel" aria-labelledby="hooks-h">
            <div class="panel__head">
                <h2 id="hooks-h">"Webhooks"</h2>
                <p>"Other systems start a run by posting to an address. The same delivery never runs twice."</p>
                <div class="actions">
                    <button class="btn btn--s" type="button" data-script="" on:click=move |_| hooks.edit(None)>
                        <Icon name="plus"/>
                        "New webhook…"
                    </button>
                </div>
            </div>
            {move || is_empty.get().then(|| view! { <p class="panel__body soft">"There are none yet."</p> })}
            <ul class="rows" hidden=move || is_empty.get()>
                <For each=move || list() key=look_of children=move |hook| row(hooks, hook)/>
            </ul>
            <div class="table-foot">
                <span>
                    "Runboard listens on this machine only, and there is no sign-in yet. For senders elsewhere, have a reverse \
                     proxy forward "<code>"/hooks/"</code>" to it as "<code>"Host: localhost"</code>", and nothing else."
                </span>
            </div>
        </section>
        <Menu menu=menu label=label items=items/>
    }
}

/// Returns the part of a row that no delivery changes: a row with the same part stays, and keeps the focus.
fn look_of(hook: &Hook) -> (HookId, String, bool) {
    // Cannot fail: texts, numbers and lists.
    (hook.id, serde_json::to_string(&hook.settings).unwrap_or_default(), hook.secret_set)
}

fn row(hooks: Hooks, hook: Hook) -> impl IntoView {
    let (id, name, enabled) = (hook.id, hook.settings.name.clone(), hook.settings.enabled);
    let href = HooksAddress { hook: Some(id), ..HooksAddress::default() }.href(hooks.agent);
    let last = Memo::new(move |_| hooks.hook(id).and_then(|hook| hook.last_delivery_at));
    let last = move || last.get().map(|at| view! { ", last delivery "<ShortTime at=at/> });
    let words = hook_words(&hook);
    let (edited, switched) = (hook.clone(), hook);
    let verb = if enabled { "Disable" } else { "Enable" };
    view! {
        <li>
            <div class="row__text">
                <h3><a href=href dir="auto">{name.clone()}</a></h3>
                <p>{words}{move || last()}</p>
            </div>
            <Status look=Signal::stored(hook_look(enabled))/>
            <div class="actions">
                <button
                    class="btn btn--s"
                    type="button"
                    aria-label=format!("{verb} {name}")
                    data-script=""
                    on:click=move |_| hooks.enable(switched.clone(), !enabled)
                >
                    {verb}
                </button>
                <button
                    class="btn btn--s"
                    type="button"
                    aria-label=format!("Edit… {name}")
                    data-script=""
                    on:click=move |_| hooks.edit(Some(edited.clone()))
                >
                    "Edit…"
                </button>
                <MenuButton menu=hooks.menu row=id label=format!("More actions for {name}") class="btn--s"/>
            </div>
        </li>
    }
}
