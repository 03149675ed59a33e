//! The field of the model: any text, with what the providers list as suggestions. They are asked when it first gets the
//! focus; one that does not answer is named below it.

use crate::domain::agent::Setting;
use crate::ui::agents::form::field::MODELS;
use crate::ui::kit::combobox::Combobox;
use crate::ui::kit::icon::Icon;
use crate::ui::state::form::AgentForm;
use crate::ui::state::models::Models;
use leptos::prelude::*;

const ID: &str = "model";

/// Label, field, help and error, as other fields have them. `help` is said with each price.
#[component]
pub fn ModelField(form: AgentForm, #[prop(into)] help: ViewFn) -> impl IntoView {
    let models = Models::of_page();
    let note = models.silence();
    let error = Memo::new(move |_| form.shown_error(Setting::Model));
    let described = move || if error.read().is_some() { "model-error" } else { "model-help model-note" }.to_owned();
    let optional =
        (!Setting::Model.is_required()).then(|| view! { " "<span class="field__optional">"optional"</span> });
    view! {
        <div class="field">
            <label for=ID>{Setting::Model.label()}{optional}</label>
            <Combobox
                id=ID
                value=form.value(Setting::Model)
                suggestions=models.suggestions()
                what="models"
                fallback=MODELS
                ask=Callback::new(move |()| models.ask())
                change=Callback::new(move |value| form.change(Setting::Model, value))
                leave=Callback::new(move |()| {
                    form.touch(Setting::Model);
                    form.check_model();
                })
                described=Signal::derive(described)
                invalid=Signal::derive(move || error.read().is_some())
            />
            {move || error.get().map(|text| view! {
                <p class="field__error" id="model-error"><Icon name="error"/><span dir="auto">{text}</span></p>
            })}
            <p class="field__help" id="model-help" hidden=move || error.read().is_some()>{help.run()}</p>
            <p class="field__help" id="model-note" role="status" hidden=move || note.read().is_none()>{move || note.get()}</p>
        </div>
    }
}
