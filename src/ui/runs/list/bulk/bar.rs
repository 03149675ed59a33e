//! The bar of actions for the selected runs. It stays in view at the foot of the page.

use crate::domain::bulk::BulkAction;
use crate::domain::duration::format_count;
use crate::ui::dom;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::notice::Failure;
use crate::ui::model::bulk::runs_words;
use crate::ui::runs::list::bulk::dialog::BulkDialog;
use crate::ui::state::bulk::Bulk;
use leptos::prelude::*;

/// Appears with the first run that is selected.
#[component]
pub fn Bar(bulk: Bulk) -> impl IntoView {
    let selection = bulk.selection;
    let count = Memo::new(move |_| selection.count());
    let says = move || match (selection.whole.get(), count.get()) {
        (Some(all), _) => format!("All {} that match the filter selected", format_count(all)),
        (None, count) => format!("{} selected", runs_words(count)),
    };
    let said = move || if count.get() == 0 { String::new() } else { says() };
    // Only where the page has not got all of them.
    let offers_all = move || selection.whole.get().is_none() && selection.is_page() && selection.has_others();
    let all = move || {
        offers_all().then(|| {
            view! {
                <button
                    class="link-btn"
                    type="button"
                    aria-busy=move || selection.counting.get().then_some("true")
                    on:click=move |_| selection.choose_whole()
                >
                    "Select all that match the filter"
                </button>
            }
        })
    };
    let button = |action: BulkAction, icon: &'static str, words: &'static str| {
        view! {
            <button class="btn btn--s" type="button" aria-haspopup="dialog" on:click=move |_| bulk.ask(action)>
                <Icon name=icon/>
                {words}
            </button>
        }
    };
    let clear = move |_| {
        selection.choose_page(false);
        // The button goes with the selection.
        dom::focus_id("runs");
    };
    let uncounted = move || {
        let error = selection.uncounted.get()?;
        Some(view! { <Failure title="The runs could not be counted." reason=error.to_string()/> })
    };
    view! {
        <p class="visually-hidden" role="status">{move || said()}</p>
        {move || uncounted()}
        <div class="bulkbar" role="region" aria-label="Selection" hidden=move || count.get() == 0>
            <p aria-hidden="true">{move || says()}</p>
            {move || all()}
            {button(BulkAction::Stop, "stop", "Stop…")}
            {button(BulkAction::Retry, "retry", "Retry…")}
            {button(BulkAction::Tag, "list", "Tags…")}
            {button(BulkAction::Delete, "trash", "Delete…")}
            <button class="btn btn--ghost btn--s btn--icon" type="button" aria-label="Clear the selection" on:click=clear>
                <Icon name="close"/>
            </button>
        </div>
        <BulkDialog bulk=bulk/>
    }
}
