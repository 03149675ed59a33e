//! The dialog in which a view is saved, renamed, made the default or deleted.

use crate::ui::kit::dialog::Dialog;
use crate::ui::kit::notice::Failure;
use crate::ui::state::saved_views::ViewList;
use leptos::prelude::*;

/// Opens when the menu asks.
#[component]
pub fn ViewDialog(list: ViewList) -> impl IntoView {
    let title = Signal::derive(move || match list.edited.get() {
        Some(view) => format!("View {}", view.name),
        None => "Save this view".to_owned(),
    });
    view! { <Dialog open=list.open title=title id="view-h">{form(list)}</Dialog> }
}

fn form(list: ViewList) -> impl IntoView {
    let edited = list.edited.get_untracked();
    let (is_new, id) = (edited.is_none(), edited.as_ref().map(|view| view.id));
    let differs = edited.as_ref().is_some_and(|view| list.query.with_value(|query| *query != view.query));
    let is_default = RwSignal::new(edited.as_ref().is_some_and(|view| view.is_default));
    let name = RwSignal::new(edited.map(|view| view.name).unwrap_or_default());
    let has_new_filter = RwSignal::new(false);
    let ready = Memo::new(move |_| !name.read().trim().is_empty());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if ready.get_untracked() {
            list.save(name.get_untracked(), is_default.get_untracked(), has_new_filter.get_untracked());
        }
    };
    let refused = move || {
        let error = list.refused.get()?;
        Some(view! { <Failure title="Nothing was changed." reason=error.to_string()/> })
    };
    let replace = differs.then(|| choice("Give it the filter that the page has now", has_new_filter));
    let delete = id.map(|id| {
        view! {
            <button class="btn btn--danger" type="button" on:click=move |_| list.delete(id)>"Delete view"</button>
        }
    });
    view! {
        <form on:submit=submit>
            <div class="dialog__body">
                <div class="field">
                    <label for="view-name">"Name"</label>
                    <input
                        class="input"
                        id="view-name"
                        dir="auto"
                        autocomplete="off"
                        autofocus=""
                        maxlength="64"
                        prop:value=name
                        on:input=move |event| name.set(event_target_value(&event))
                    />
                </div>
                {choice("Open Runs with it", is_default)}
                {replace}
                {move || refused()}
            </div>
            <div class="dialog__foot">
                {delete}
                <button class="btn" type="button" on:click=move |_| list.open.set(false)>"Cancel"</button>
                <button
                    class="btn btn--primary"
                    type="submit"
                    disabled=move || !ready.get()
                    aria-busy=move || list.busy.get().then_some("true")
                >
                    {if is_new { "Save view" } else { "Save changes" }}
                </button>
            </div>
        </form>
    }
}

fn choice(words: &'static str, chosen: RwSignal<bool>) -> impl IntoView {
    view! {
        <label class="check">
            <input
                type="checkbox"
                prop:checked=chosen
                on:change=move |event| chosen.set(event_target_checked(&event))
            />
            {words}
        </label>
    }
}
