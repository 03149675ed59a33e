//! The head of a column that the table can be ordered by: a link, so that it works without JavaScript.

use crate::ui::kit::icon::Icon;
use crate::ui::model::address::Address;
use crate::ui::model::order::Column;
use crate::ui::state::dashboard::Dashboard;
use leptos::prelude::*;

/// Orders by its column; once more turns the order round.
#[component]
pub fn SortHead(
    by: Column,
    label: &'static str,
    #[prop(optional)] class: &'static str,
    /// Explains the column.
    #[prop(optional)]
    title: Option<&'static str>,
) -> impl IntoView {
    let state = Dashboard::from_context();
    let sort = Memo::new(move |_| match state.is_paged() {
        true => state.table.read().sort.of_pages(),
        false => state.table.read().sort,
    });
    let is_offered = Memo::new(move |_| by.is_paged() || !state.is_paged());
    let is_on = move || sort.read().by == by;
    // First to last: the most recent run comes first where runs are ordered by themselves.
    let rises = move || sort.read().reversed == (by == Column::LastRun);
    let order = move || match (is_on(), by, rises()) {
        (false, ..) => None,
        (true, Column::Status, _) => Some("other"),
        (true, _, true) => Some("ascending"),
        (true, _, false) => Some("descending"),
    };
    let href = move || Address { sort: sort.get().chosen(by), ..state.address.get().from_start() }.href();
    view! {
        <th role="columnheader" scope="col" class=class title=title aria-sort=move || order()>
            {move || match is_offered.get() {
                true => view! {
                    <a class="sort" class:is-on=move || is_on() class:is-down=move || !rises() href=move || href()>
                        {label}
                        <Icon name="arrow-up"/>
                    </a>
                }
                .into_any(),
                false => label.into_any(),
            }}
        </th>
    }
}
