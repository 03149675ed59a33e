//! The tools of one server, or those that belong to none, to be ticked.

use crate::domain::tool::{LeftOut, ToolServerState};
use crate::ui::kit::icon::Icon;
use crate::ui::kit::status::Status;
use crate::ui::model::form::field::Field;
use crate::ui::model::tools::{Choice, Group, is_ticked, tick};
use crate::ui::model::words::server_look;
use crate::ui::state::form::AgentForm;
use crate::ui::state::page::Hydrated;
use leptos::prelude::*;

/// A panel with a row for each.
#[component]
pub fn ToolGroup(form: AgentForm, group: Group) -> impl IntoView {
    let Group { server, state, error, choices, left_out } = group;
    let label = server.clone().unwrap_or_else(|| "Tools without a server".to_owned());
    let head = server.map(|server| head(server, state, error));
    let rows = choices.into_iter().map(|choice| view! { <ToolRow form choice/> }).collect_view();
    let left_out = (!left_out.is_empty()).then(|| view! { <LeftOutTools tools=left_out/> });
    view! { <div class="panel" role="group" aria-label=label>{head}<ul class="rows">{rows}</ul>{left_out}</div> }
}

/// The tools that the server offers and that cannot be ticked.
#[component]
fn LeftOutTools(tools: Vec<LeftOut>) -> impl IntoView {
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

fn head(server: String, state: Option<ToolServerState>, error: Option<String>) -> impl IntoView {
    let state = state.map(|state| view! { <Status look=server_look(state)/> });
    view! {
        <div class="panel__head">
            <h3 class="mono" dir="auto">{server}</h3>
            {state}
            {error.map(|error| view! { <p class="tool-error" dir="auto">{error}</p> })}
        </div>
    }
}

#[component]
fn ToolRow(form: AgentForm, choice: Choice) -> impl IntoView {
    let hydrated = Hydrated::from_context();
    let picks = form.value(Field::Tools);
    let Choice { pick, name, description, fault, within } = choice;
    let pick = StoredValue::new(pick);
    // A part of a whole that is ticked is ticked with it.
    let covered = Memo::new(move |_| within.as_ref().is_some_and(|whole| is_ticked(&picks.read(), whole)));
    let ticked = Memo::new(move |_| covered.get() || pick.with_value(|pick| is_ticked(&picks.read(), pick)));
    let toggle = move |event| {
        let (now, before) = (picks.get_untracked(), untrack(|| form.before(Field::Tools)));
        let ticked = event_target_checked(&event);
        form.change(Field::Tools, pick.with_value(|pick| tick(&now, pick, ticked, &before)));
    };
    view! {
        <li>
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
