//! A field of the agent form that is on or off.

use crate::ui::form::{AgentForm, Field};
use crate::ui::page::Hydrated;
use leptos::prelude::*;

/// A checkbox or, for what takes effect as a whole, a switch. Its label says what is so when it is on.
#[component]
pub fn Tick(form: AgentForm, name: Field, help: &'static str, #[prop(optional)] switch: bool) -> impl IntoView {
    let hydrated = Hydrated::from_context();
    let value = form.value(name);
    let is_on = move || value.read().as_str() == "true";
    let toggle = move |event| form.change(name, event_target_checked(&event).to_string());
    view! {
        <label class=if switch { "switch" } else { "check" }>
            // Until there is script to hear of it, a change would be lost.
            <input
                type="checkbox"
                id=name.id()
                name=name.id()
                role=switch.then_some("switch")
                disabled=move || !hydrated.get()
                checked=untrack(is_on)
                prop:checked=move || is_on()
                on:change=toggle
            />
            <span>{name.label()}<small>{help}</small></span>
        </label>
    }
}
