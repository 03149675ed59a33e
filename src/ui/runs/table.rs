//! A table of one agent's runs. Where they come from, and which of them are shown, its callers know.

use crate::domain::id::RunId;
use crate::domain::run::AgentRun;
use crate::ui::dom;
use crate::ui::runs::marks::ReadAround;
use crate::ui::runs::row::{HistoryHead, HistoryRow};
use crate::ui::state::menu::RowMenu;
use leptos::prelude::*;

/// Head and rows.
#[component]
pub fn RunTable<F>(
    /// The agent's name.
    name: Signal<String>,
    /// Those that are shown, newest first; tracked.
    rows: F,
    around: ReadAround,
    menu: RowMenu<RunId>,
    /// The run whose row has the focus.
    focused: RwSignal<Option<RunId>>,
) -> impl IntoView
where
    F: Fn() -> Vec<(RunId, ArcRwSignal<AgentRun>)> + Send + Sync + 'static,
{
    view! {
        <table
            class="table table--s runs"
            // Explicit roles, since narrow rows become grids.
            role="table"
            on:focusin=move |event| focused.set(dom::run_at(event.target()))
            // Where the focus goes is known: a row must not go while the focus moves within it.
            on:focusout=move |event| focused.set(dom::run_at(event.related_target()))
        >
            <caption class="visually-hidden">"Latest runs of "{name}</caption>
            <HistoryHead/>
            <tbody role="rowgroup">
                <For
                    each=rows
                    key=|(id, _)| *id
                    children=move |(_, run)| view! { <HistoryRow run=RwSignal::from(run) around=around menu=menu/> }
                />
            </tbody>
        </table>
    }
}
