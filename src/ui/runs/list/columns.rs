//! Which columns the list of runs has. The choice is a cookie, so the server renders the next page with it.

use crate::domain::run_column::{RunColumn, to_words};
use crate::ui::dom;
use crate::ui::kit::icon::Icon;
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
    let choose = move |column: RunColumn| {
        columns.update(|columns| match columns.iter().position(|shown| *shown == column) {
            Some(at) => _ = columns.remove(at),
            None => columns.push(column),
        });
        dom::set_cookie(COLUMNS, &columns.with_untracked(|columns| to_words(columns)));
    };
    let boxes = RunColumn::ALL.iter().map(|column| {
        let column = *column;
        let is_shown = columns.with_untracked(|columns| columns.contains(&column));
        view! { <label><input type="checkbox" checked=is_shown on:change=move |_| choose(column)/>{name(column)}</label> }
    });
    view! {
        <button class="btn" type="button" data-script="" popovertarget=MENU aria-haspopup="dialog">
            <Icon name="columns"/>"Columns"
        </button>
        <div class="menu" id=MENU popover role="dialog" aria-label="Columns">
            <div class="menu__choices">{boxes.collect_view()}</div>
        </div>
    }
}
