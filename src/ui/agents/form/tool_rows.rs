//! Tools to be ticked, a row each.

use crate::domain::agent::Setting;
use crate::domain::tool::LeftOut;
use crate::ui::agents::form::tool_server::ServerTools;
use crate::ui::kit::icon::Icon;
use crate::ui::model::tools::{Choice, Group, is_ticked, tick};
use crate::ui::state::form::AgentForm;
use crate::ui::state::page::Hydrated;
use leptos::prelude::*;

/// A panel with a row for each; a server's folds.
#[component]
pub fn ToolGroup(form: AgentForm, group: Group) -> impl IntoView {
    if let Some(server) = group.server.clone() {
        return view! { <ServerTools form server group/> }.into_any();
    }
    let rows = group.choices.into_iter().map(|choice| view! { <ToolRow form choice hidden=None/> }).collect_view();
    view! { <div class="panel" role="group" aria-label="Tools without a server"><ul class="rows">{rows}</ul></div> }
        .into_any()
}

/// The tools that the server offers and that cannot be ticked.
#[component]
pub fn LeftOutTools(tools: Vec<LeftOut>) -> impl IntoView {
    let heading = match tools.len() {
        1 => "1 tool cannot be offered".to_owned(),
        n => format!("{n} tools cannot be offered"),
    };
    let row =
        |LeftOut { name, reason }| view! { <li><code dir="auto">{name}</code><small dir="auto">{reason}</small></li> };
    let rows = tools.into_iter().map(row).collect_view();
    view! {
        <details class="left-out">
            <summary>{heading}</summary>
            <ul>{rows}</ul>
        </details>
    }
}

/// A tool that is picked, or can be. `hidden` while a search does not find it.
#[component]
pub fn ToolRow(form: AgentForm, choice: Choice, hidden: Option<Signal<bool>>) -> impl IntoView {
    let hydrated = Hydrated::from_context();
    let picks = form.value(Setting::Tools);
    let Choice { pick, name, description, fault, within } = choice;
    let pick = StoredValue::new(pick);
    // A part of a whole that is ticked is ticked with it.
    let covered = Memo::new(move |_| within.as_ref().is_some_and(|whole| is_ticked(&picks.read(), whole)));
    let ticked = Memo::new(move |_| covered.get() || pick.with_value(|pick| is_ticked(&picks.read(), pick)));
    let toggle = move |event| {
        let (now, before) = (picks.get_untracked(), untrack(|| form.before(Setting::Tools)));
        let ticked = event_target_checked(&event);
        form.change(Setting::Tools, pick.with_value(|pick| tick(&now, pick, ticked, &before)));
    };
    view! {
        <li hidden=move || hidden.is_some_and(|hidden| hidden.get())>
            <label class="check row__text">
                <input
                    type="checkbox"
                    disabled=move || covered.get() || !hydrated.get()
                    checked=ticked.get_untracked()
                    prop:checked=move || ticked.get()
                    on:change=toggle
                />
                <span>
                    <code dir="auto">{name}</code>
                    {(!description.is_empty()).then(|| view! { <small dir="auto">{description}</small> })}
                </span>
            </label>
            {fault.map(|fault| view! { <span class="tag tag--warning"><Icon name="error"/><bdi>{fault}</bdi></span> })}
        </li>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests;
