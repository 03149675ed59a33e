//! The dialogs that ask for tags and for a model.

use crate::domain::agent::edit::AgentEdit;
use crate::ui::kit::combobox::Combobox;
use crate::ui::kit::dialog::Dialog;
use crate::ui::model::edits::typed_tags;
use crate::ui::state::models::Models;
use crate::ui::state::selection::Selection;
use leptos::prelude::*;

fn title(selection: Selection, verb: &'static str) -> Signal<String> {
    Signal::derive(move || match selection.count() {
        1 => format!("{verb} of 1 agent"),
        count => format!("{verb} of {count} agents"),
    })
}

/// Tags to add and to remove, with commas between.
#[component]
pub fn TagDialog(selection: Selection, open: RwSignal<bool>) -> impl IntoView {
    let content = move || {
        let (add, remove) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
        let edit = move || AgentEdit::Tag {
            add: typed_tags(&add.read_untracked()),
            remove: typed_tags(&remove.read_untracked()),
        };
        let ready = move || !typed_tags(&add.read()).is_empty() || !typed_tags(&remove.read()).is_empty();
        let field = |id: &'static str, label: &'static str, value: RwSignal<String>, first: bool| {
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
        };
        let fields = view! {
            {field("tags-add", "Tags to add", add, true)}
            {field("tags-remove", "Tags to remove", remove, false)}
            <p class="field__help">"With commas between. Others stay as they are."</p>
        };
        framed(selection, open, "Change tags", Signal::derive(ready), edit, fields.into_any())
    };
    view! { <Dialog open=open title=title(selection, "Tags") id="tags-h">{content()}</Dialog> }
}

/// The model that all of them get.
#[component]
pub fn ModelDialog(selection: Selection, open: RwSignal<bool>) -> impl IntoView {
    let models = Models::of_page();
    let (suggestions, note) = (models.suggestions(), models.silence());
    let content = move || {
        let model = RwSignal::new(String::new());
        let edit = move || AgentEdit::Model(model.get_untracked());
        let fields = view! {
            <div class="field">
                <label for="new-model">"Model"</label>
                <Combobox
                    id="new-model"
                    value=model
                    suggestions=suggestions
                    what="models"
                    ask=Callback::new(move |()| models.ask())
                    change=Callback::new(move |value| model.set(value))
                    leave=Callback::new(|()| ())
                    described=Signal::stored("new-model-help".to_owned())
                    invalid=Signal::stored(false)
                />
                <p class="field__help" id="new-model-help">"Provider and model, such as openai/gpt-5-mini. " {move || note.get()}</p>
            </div>
        };
        let ready = Signal::derive(move || !model.read().trim().is_empty());
        framed(selection, open, "Change model", ready, edit, fields.into_any())
    };
    view! { <Dialog open=open title=title(selection, "Model") id="model-h">{content()}</Dialog> }
}

/// The form of a dialog, with its buttons. What came of it is on the page.
fn framed(
    selection: Selection,
    open: RwSignal<bool>,
    words: &'static str,
    ready: Signal<bool>,
    edit: impl Fn() -> AgentEdit + 'static,
    fields: AnyView,
) -> impl IntoView {
    let done = Callback::new(move |()| open.set(false));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if ready.get_untracked() {
            selection.edit(edit(), done);
        }
    };
    view! {
        <form on:submit=submit>
            <div class="dialog__body">{fields}</div>
            <div class="dialog__foot">
                <button class="btn" type="button" on:click=move |_| open.set(false)>"Cancel"</button>
                <button
                    class="btn btn--primary"
                    type="submit"
                    disabled=move || !ready.get()
                    aria-busy=move || selection.busy.get().then_some("true")
                >
                    {words}
                </button>
            </div>
        </form>
    }
}
