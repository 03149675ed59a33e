//! The question before an action on many runs: how many they are, and what happens to them.

use crate::domain::bulk::BulkAction;
use crate::ui::kit::dialog::Dialog;
use crate::ui::kit::notice::Failure;
use crate::ui::model::bulk::{consent, effect, question};
use crate::ui::model::edits::typed_tags;
use crate::ui::state::bulk::Bulk;
use leptos::prelude::*;

/// Opens when the bar asks.
#[component]
pub fn BulkDialog(bulk: Bulk) -> impl IntoView {
    let title = Signal::derive(move || question(bulk.action.get(), bulk.selection.count()));
    view! { <Dialog open=bulk.open title=title id="bulk-h">{form(bulk)}</Dialog> }
}

fn form(bulk: Bulk) -> impl IntoView {
    let (add, remove) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let action = bulk.action.get_untracked();
    let is_tag = action == BulkAction::Tag;
    let ready =
        Memo::new(move |_| !is_tag || !typed_tags(&add.read()).is_empty() || !typed_tags(&remove.read()).is_empty());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if ready.get_untracked() {
            bulk.confirm(typed_tags(&add.read_untracked()), typed_tags(&remove.read_untracked()));
        }
    };
    let fields = is_tag.then(|| {
        view! { {field("bulk-add", "Tags to add", add, true)} {field("bulk-remove", "Tags to remove", remove, false)} }
    });
    let frozen = move || {
        bulk.selection
            .whole
            .get()
            .map(|_| view! { <p>"These are the runs that match now; runs that come later are left alone."</p> })
    };
    let refused = move || {
        let error = bulk.refused.get()?;
        Some(view! { <Failure title="Nothing was done." reason=error.to_string()/> })
    };
    let is_grave = matches!(action, BulkAction::Stop | BulkAction::Delete);
    let class = if is_grave { "btn btn--danger" } else { "btn btn--primary" };
    view! {
        <form on:submit=submit>
            <div class="dialog__body">
                {fields}
                <p>{effect(action)}</p>
                {move || frozen()}
                {move || refused()}
            </div>
            <div class="dialog__foot">
                <button class="btn" type="button" autofocus=(!is_tag).then_some("") on:click=move |_| bulk.open.set(false)>"Cancel"</button>
                <button
                    class=class
                    type="submit"
                    disabled=move || !ready.get()
                    aria-busy=move || bulk.busy.get().then_some("true")
                >
                    {move || consent(action, bulk.selection.count())}
                </button>
            </div>
        </form>
    }
}

fn field(id: &'static str, label: &'static str, value: RwSignal<String>, first: bool) -> impl IntoView {
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input
                class="input"
                id=id
                dir="auto"
                autocomplete="off"
                autofocus=first.then_some("")
                placeholder="support, eu"
                prop:value=value
                on:input=move |event| value.set(event_target_value(&event))
            />
        </div>
    }
}
