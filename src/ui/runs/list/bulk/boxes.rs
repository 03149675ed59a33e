//! The boxes by which runs are selected. Without script they are not shown: nothing could be done with a selection.

use crate::domain::id::RunId;
use crate::ui::state::page::Hydrated;
use crate::ui::state::run_selection::RunSelection;
use leptos::html;
use leptos::prelude::*;

/// The one in the head of the table, for all runs of the page.
#[component]
pub fn PageBox(selection: RunSelection) -> impl IntoView {
    let hydrated = Hydrated::from_context();
    let all: NodeRef<html::Input> = NodeRef::new();
    let is_page = Memo::new(move |_| selection.is_page());
    Effect::new(move |_| {
        let some = !is_page.get() && selection.count() > 0;
        if let Some(all) = all.get() {
            all.set_indeterminate(some);
        }
    });
    view! {
        <th role="columnheader" scope="col" class="col-check" data-script="">
            <input
                type="checkbox"
                node_ref=all
                aria-label="Select all runs on this page"
                disabled=move || !hydrated.get()
                prop:checked=move || is_page.get()
                on:change=move |event| selection.choose_page(event_target_checked(&event))
            />
        </th>
    }
}

/// The one of a run.
#[component]
pub fn RunBox(selection: RunSelection, id: RunId) -> impl IntoView {
    let hydrated = Hydrated::from_context();
    view! {
        <td role="cell" class="col-check" data-script="">
            <input
                type="checkbox"
                aria-label=format!("Select run #{id}")
                disabled=move || !hydrated.get()
                prop:checked=move || selection.has(id)
                on:change=move |event| selection.choose(id, event_target_checked(&event))
            />
        </td>
    }
}
