//! The button that opens an agent's history. Without JavaScript it submits a form that leads to the open row.

use crate::domain::id::AgentId;
use crate::ui::agents::board::kept::kept;
use crate::ui::dom;
use crate::ui::kit::icon::Icon;
use crate::ui::state::dashboard::Dashboard;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use web_sys::Element;

/// Returns the id of the row that holds an agent's history.
pub fn history_id(agent: AgentId) -> String {
    format!("runs-{agent}")
}

/// The disclosure button of a row.
#[component]
pub fn Caret(
    agent: AgentId,
    #[prop(into)] name: Signal<String>,
    open: Memo<bool>,
    toggle: Callback<()>,
) -> impl IntoView {
    let state = Dashboard::from_context();
    view! {
        <form method="get" action="/">
            {move || (!open.get()).then(|| view! { <input type="hidden" name="agent" value=agent.to_string()/> })}
            {move || kept(&state.table.read())}
            <button
                class="caret"
                type="submit"
                aria-expanded=move || open.get().to_string()
                aria-controls=history_id(agent)
                aria-label=move || format!("Run history of {}", name.get())
                on:click=move |event| {
                    event.prevent_default();
                    toggle.run(());
                }
                on:keydown=move_between_carets
            >
                <Icon name="chevron-right"/>
            </button>
        </form>
    }
}

/// Down, Up, Home and End go to the carets of other rows that are shown.
fn move_between_carets(event: KeyboardEvent) {
    let here = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let Some(group) = here.and_then(|caret| caret.closest(".agent").ok().flatten()) else { return };
    let (next, previous) = (Element::next_element_sibling, Element::previous_element_sibling);
    let table = group.parent_element();
    let to = match event.key().as_str() {
        "ArrowDown" => shown(next(&group), next),
        "ArrowUp" => shown(previous(&group), previous),
        "Home" => shown(table.and_then(|table| table.first_element_child()), next),
        "End" => shown(table.and_then(|table| table.last_element_child()), previous),
        _ => return,
    };
    event.prevent_default();
    dom::focus(to.and_then(|group| group.query_selector(".caret").ok().flatten()));
}

/// Returns the first row's group from here on that is not hidden.
fn shown(from: Option<Element>, step: fn(&Element) -> Option<Element>) -> Option<Element> {
    let is_shown = |group: &Element| group.matches(".agent:not([hidden])").unwrap_or(false);
    std::iter::successors(from, step).find(is_shown)
}
