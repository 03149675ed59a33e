//! Which columns the list of runs has. The choice is a cookie, so the server renders the next page with it.

use crate::domain::run_column::{RunColumn, to_choice};
use crate::ui::dom;
use crate::ui::kit::icon::Icon;
use crate::ui::state::page::Hydrated;
use leptos::prelude::*;

/// Name of the cookie.
pub const COLUMNS: &str = "run-columns";

const MENU: &str = "columns";

fn name(column: RunColumn) -> &'static str {
    match column {
        RunColumn::Agent => "Agent",
        RunColumn::Result => "Input and result",
        RunColumn::Trigger => "Trigger",
        RunColumn::Model => "Model",
        RunColumn::Version => "Version",
        RunColumn::Tokens => "Tokens",
        RunColumn::Cost => "Cost",
    }
}

/// A menu of boxes.
#[component]
pub fn ColumnsMenu(columns: RwSignal<Vec<RunColumn>>) -> impl IntoView {
    let hydrated = Hydrated::from_context();
    let choose = move |column: RunColumn, is_shown: bool| {
        columns.update(|columns| {
            columns.retain(|shown| *shown != column);
            columns.extend(is_shown.then_some(column));
        });
        dom::set_cookie(COLUMNS, &columns.with_untracked(|columns| to_choice(columns)));
    };
    let boxes = RunColumn::ALL.iter().map(|column| {
        let column = *column;
        let is_shown = move || columns.with(|columns| columns.contains(&column));
        view! {
            <label>
                <input
                    type="checkbox"
                    checked=untrack(is_shown)
                    // Until there is script, a tick would be lost.
                    disabled=move || !hydrated.get()
                    prop:checked=move || is_shown()
                    on:change=move |event| choose(column, event_target_checked(&event))
                />
                {name(column)}
            </label>
        }
    });
    view! {
        <button class="btn" type="button" data-script="" popovertarget=MENU aria-haspopup="dialog">
            <Icon name="columns"/>"Columns"
        </button>
        <div class="menu" id=MENU popover role="dialog" aria-label="Columns">
            <div class="menu__choices">{boxes.collect_view()}</div>
            <p class="runs-list__note">"A window this narrow has room for agent, input and result only."</p>
        </div>
    }
}
