//! The input, a field for each variable, and the model.

use crate::domain::request::Field;
use crate::domain::views::start::StartForm;
use crate::ui::kit::combobox::Combobox;
use crate::ui::kit::icon::Icon;
use crate::ui::state::models::Models;
use crate::ui::state::start_fields::{StartFields, VariableField};
use leptos::prelude::*;

/// The input, and the variables two in a row.
#[component]
pub fn GivenFields(fields: StartFields) -> impl IntoView {
    let required = fields.takes_input();
    let error = move || fields.error(Field::Input);
    let help = match required {
        true => {
            view! { "Stands for "<code>"{{input}}"</code>" in the instructions. Any text, up to 256 KiB." }.into_any()
        }
        false => "Follows the task. Any text, up to 256 KiB.".into_any(),
    };
    let optional = (!required).then(|| view! { " "<span class="field__optional">"optional"</span> });
    let variables = fields.variables.get_value();
    view! {
        <div class="field">
            <label for="start-input">"Input"{optional}</label>
            <textarea
                class="textarea"
                id="start-input"
                dir="auto"
                rows="4"
                autofocus
                required=required
                aria-describedby="start-input-help"
                aria-invalid=move || error().map(|_| "true")
                prop:value=fields.input
                on:input=move |event| fields.input.set(event_target_value(&event))
            ></textarea>
            <FieldError id="start-input-error" error=error/>
            <p class="field__help" id="start-input-help">{help}</p>
        </div>
        {variables.chunks(2).enumerate().map(|(row, pair)| view! {
            <div class="field-row">
                {pair.iter().cloned().enumerate().map(|(at, variable)| one(row * 2 + at, variable)).collect_view()}
            </div>
        }).collect_view()}
    }
}

fn one(at: usize, (name, value): VariableField) -> impl IntoView {
    let id = format!("start-variable-{at}");
    view! {
        <div class="field">
            <label for=id.clone()><code>{name}</code></label>
            <input
                class="input"
                id=id
                dir="auto"
                autocomplete="off"
                required
                prop:value=value
                on:input=move |event| value.set(event_target_value(&event))
            />
        </div>
    }
}

/// The agent's model, or another for this run.
#[component]
pub fn ModelField(fields: StartFields, form: StoredValue<StartForm>) -> impl IntoView {
    let (own, models) = (form.with_value(|form| form.model.clone()), Models::of_page());
    let (error, note) = (move || fields.error(Field::Model), models.silence());
    let described = move || if error().is_some() { "start-model-error" } else { "start-model-note" }.to_owned();
    view! {
        <div class="field">
            <label for="start-model">"Model"</label>
            <Combobox
                id="start-model"
                value=fields.model
                suggestions=models.suggestions()
                what="models"
                placeholder=format!("As set: {own}")
                ask=Callback::new(move |()| models.ask())
                change=Callback::new(move |model| fields.model.set(model))
                leave=Callback::new(|()| ())
                described=Signal::derive(described)
                invalid=Signal::derive(move || error().is_some())
            />
            <FieldError id="start-model-error" error=error/>
            <p class="field__help" id="start-model-note" hidden=move || note.read().is_none()>{move || note.get()}</p>
        </div>
    }
}

/// The mistake in a field.
#[component]
pub fn FieldError(
    id: &'static str,
    error: impl Fn() -> Option<String> + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let shown = move |text: String| {
        view! {
            <p class="field__error" id=id><Icon name="error"/><span dir="auto">{text}</span></p>
        }
    };
    view! { {move || error().map(shown)} }
}
