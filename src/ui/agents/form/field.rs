//! A field of the agent form: binds the kit's controls to the form's values.

use crate::ui::kit::field::{Control, Field};
use crate::ui::kit::tick::Tick;
use crate::ui::model::form::field::Field as Name;
use crate::ui::state::form::AgentForm;
use leptos::prelude::*;

/// A field with a text. Its error is shown after it was left or submitted.
#[component]
pub fn AgentField(
    form: AgentForm,
    name: Name,
    control: Control,
    #[prop(into)] help: ViewFn,
    #[prop(optional)] required: bool,
    /// Whether it has the focus when it appears.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    view! {
        <Field
            id=name.id()
            label=name.label()
            control=control
            value=form.value(name)
            error=Memo::new(move |_| form.shown_error(name))
            change=Callback::new(move |value| form.change(name, value))
            leave=Callback::new(move |()| {
                form.touch(name);
                if name == Name::Model {
                    form.check_model();
                }
            })
            help=help
            required=required
            autofocus=autofocus
        />
    }
}

/// A field that is on or off.
#[component]
pub fn AgentTick(form: AgentForm, name: Name, help: &'static str, #[prop(optional)] switch: bool) -> impl IntoView {
    let value = form.value(name);
    view! {
        <Tick
            id=name.id()
            label=name.label()
            help=help
            on=Signal::derive(move || value.read().as_str() == "true")
            change=Callback::new(move |on: bool| form.change(name, on.to_string()))
            switch=switch
        />
    }
}
