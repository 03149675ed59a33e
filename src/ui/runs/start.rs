//! "Run Support triage with…" and "Retry #4811 with changes": a run is started with an input, variables and what is to be
//! otherwise than its agent is set. The code comes when the dialog around it (`start_dialog`) is first opened.

mod fields;
mod foot;
mod optional;
mod past;
mod preview;
mod tags;

use crate::ui::kit::notice::Failure;
use crate::ui::model::start::refusal_words;
use crate::ui::runs::start::fields::GivenFields;
use crate::ui::runs::start::foot::StartFoot;
use crate::ui::runs::start::optional::OptionalFields;
use crate::ui::runs::start::past::PastInputs;
use crate::ui::runs::start::preview::Preview;
use crate::ui::runs::start::tags::TagField;
use crate::ui::state::start_fields::StartFields;
use crate::ui::state::starting::{NewStart, StartInput, Started, Starting};
use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::html;
use leptos::prelude::*;

/// Shows the form for a run.
pub fn show(StartInput { starting, new, done }: StartInput) -> AnyView {
    view! { <Form starting=starting new=new done=done/> }.into_any()
}

#[component]
fn Form(starting: Starting, new: NewStart, done: Callback<Started>) -> impl IntoView {
    let fields = StartFields::of(&new.form);
    let element: NodeRef<html::Form> = NodeRef::new();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if starting.busy.get_untracked() {
            return;
        }
        fields.refusal.set(None);
        match untrack(|| fields.request()) {
            Ok(request) => starting.start(request, done, move |error| _ = fields.refusal.try_set(Some(error))),
            Err(error) => fields.refusal.set(Some(error)),
        }
    };
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            if let Some(form) = element.get_untracked() {
                // It fails only where the browser knows no such thing; the button remains.
                _ = form.request_submit();
            }
        }
    };
    let (agent, form) = (new.agent, StoredValue::new(new.form));
    let past = form.with_value(|form| form.past.clone());
    view! {
        <form node_ref=element on:submit=submit on:keydown=on_key>
            <div class="dialog__split">
                <div class="dialog__fields">
                    {move || fields.refusal.get().map(|error| view! {
                        <Failure title="The run could not be started." reason=refusal_words(&error)/>
                    })}
                    <GivenFields fields=fields/>
                    <div class="field-row">
                        <TagField fields=fields/>
                        <fields::ModelField fields=fields form=form/>
                    </div>
                    <OptionalFields fields=fields form=form/>
                    <Preview fields=fields form=form/>
                </div>
                <PastInputs agent=agent fields=fields first=past/>
            </div>
            <StartFoot starting=starting fields=fields form=form repeats=new.repeats.is_some()/>
        </form>
    }
}
