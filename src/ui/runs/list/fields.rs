//! Fields of the form that narrows the list.

use leptos::prelude::*;

/// A field of text.
#[component]
pub fn TextFilter(
    name: &'static str,
    label: &'static str,
    value: Option<String>,
    #[prop(optional)] placeholder: &'static str,
    #[prop(optional)] number: bool,
) -> impl IntoView {
    let id = format!("f-{name}");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input
                class="input"
                id=id
                name=name
                type="text"
                dir="auto"
                inputmode=number.then_some("decimal")
                value=value
                placeholder=placeholder
                autocomplete="off"
            />
        </div>
    }
}
