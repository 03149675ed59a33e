//! A field of a form that is on or off.

use crate::ui::state::page::Hydrated;
use leptos::prelude::*;

/// A checkbox or, for what takes effect as a whole, a switch. Its label says what is so when it is on.
#[component]
pub fn Tick(
    id: &'static str,
    label: &'static str,
    #[prop(into)] help: ViewFn,
    #[prop(into)] on: Signal<bool>,
    change: Callback<bool>,
    #[prop(optional)] switch: bool,
) -> impl IntoView {
    let hydrated = Hydrated::from_context();
    view! {
        <label class=if switch { "switch" } else { "check" }>
            // Until there is script to notice it, a change would be lost.
            <input
                type="checkbox"
                id=id
                name=id
                role=switch.then_some("switch")
                disabled=move || !hydrated.get()
                checked=on.get_untracked()
                prop:checked=move || on.get()
                on:change=move |event| change.run(event_target_checked(&event))
            />
            <span>{label}<small>{help.run()}</small></span>
        </label>
    }
}
