//! The task as the model will read it, with the values that are being typed.

use crate::domain::task::INPUT;
use crate::domain::views::start::StartForm;
use crate::ui::model::start::{Piece, pieces};
use crate::ui::state::start_fields::StartFields;
use leptos::prelude::*;

/// The task instructions, with each value marked.
#[component]
pub fn Preview(fields: StartFields, form: StoredValue<StartForm>) -> impl IntoView {
    let pieces = move || {
        form.with_value(|form| {
            let values: Vec<(&String, String)> =
                form.names.iter().filter_map(|name| Some((name, fields.value(name)?))).collect();
            let value =
                |name: &str| values.iter().find(|(known, _)| known.as_str() == name).map(|(_, value)| value.as_str());
            let has_place = form.names.iter().any(|name| name == INPUT);
            let rest = if has_place { String::new() } else { fields.input.get() };
            pieces(&form.task, !form.names.is_empty(), value, &rest)
        })
    };
    let shown = move |piece: Piece| match piece {
        Piece::Text(text) => text.into_any(),
        Piece::Value(value) => view! { <span class="slot"><bdi>{value}</bdi></span> }.into_any(),
    };
    view! {
        <div class="field">
            <span class="field__label" id="start-preview">"What it will be asked"</span>
            <p class="code code--wrap" role="group" aria-labelledby="start-preview" dir="auto">
                {move || pieces().into_iter().map(shown).collect_view()}
            </p>
        </div>
    }
}
