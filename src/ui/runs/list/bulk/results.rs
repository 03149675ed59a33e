//! What came of each run of an action.

use crate::domain::bulk::{BulkItem, BulkResult};
use crate::ui::kit::icon::Icon;
use crate::ui::model::bulk::item_words;
use crate::ui::state::bulk::Bulk;
use leptos::prelude::*;

/// Runs, each with a link and what came of it.
#[component]
pub fn Items(items: Vec<BulkItem>) -> impl IntoView {
    view! { <ul class="bulk__items">{items.iter().map(item).collect_view()}</ul> }
}

fn item(item: &BulkItem) -> impl IntoView + use<> {
    let run = item.run_id;
    let failed = item.result == Some(BulkResult::Failed);
    let new = item.new_run_id.map(|new| view! { ": " <a href=format!("/runs/{new}")>{format!("run #{new}")}</a> });
    view! {
        <li>
            <a href=format!("/runs/{run}")>{format!("#{run}")}</a>
            <span class:is-error=failed dir="auto">
                {failed.then(|| view! { <Icon name="failed"/>" " })}
                {item_words(item)}{new}
            </span>
        </li>
    }
}

/// A button that shows them all, a page at a time.
#[component]
pub fn Results(bulk: Bulk) -> impl IntoView {
    let shown = move || {
        bulk.results.get().map(|(items, _)| {
            view! {
                <h3>"All results"</h3>
                <Items items=items/>
            }
        })
    };
    let is_more = Memo::new(move |_| bulk.results.with(|results| results.as_ref().is_none_or(|(_, more)| *more)));
    let words = move || if bulk.results.read().is_some() { "Show more" } else { "Show all results" };
    let button = move || {
        is_more.get().then(|| {
            view! {
                <button class="btn btn--s" type="button" data-script="" aria-busy=move || bulk.reading.get().then_some("true") on:click=move |_| bulk.read_results()>
                    {move || words()}
                </button>
            }
        })
    };
    view! {
        {move || shown()}
        {move || button()}
    }
}
