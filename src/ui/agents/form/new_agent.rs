//! The form that creates an agent.

use crate::api::agents::create_agent;
use crate::domain::id::AgentId;
use crate::domain::model::ModelChoices;
use crate::domain::tool::ToolCatalogue;
use crate::ui::agents::form::error_summary::{ErrorSummary, SUMMARY};
use crate::ui::agents::form::fields::AgentFields;
use crate::ui::dom;
use crate::ui::kit::unsaved_guard::UnsavedGuard;
use crate::ui::state::form::AgentForm as Form;
use crate::ui::state::page::Hydrated;
use crate::ui::state::request_keys::RequestKeys;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Checks on leaving a field and on submit, with the server's own rules, and calls `done` with the agent's id.
#[component]
pub fn AgentForm(form: Form, models: ModelChoices, tools: ToolCatalogue, done: Callback<AgentId>) -> impl IntoView {
    let (hydrated, keys) = (Hydrated::from_context(), RequestKeys::from_context());
    let (busy, made) = (RwSignal::new(false), RwSignal::new(false));
    let dirty = Memo::new(move |_| !made.get() && !form.changed().is_empty());
    // Once what it says is on the page.
    let show_errors = || request_animation_frame(|| dom::focus_id(SUMMARY));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let Some(settings) = form.submit() else { return show_errors() };
        busy.set(true);
        spawn_local(async move {
            let request = format!("create {settings:?}");
            let answer = create_agent(settings, keys.of(&request)).await;
            keys.answered(&request, &answer);
            match answer {
                // Done with: it stays busy until it is gone.
                Ok(id) => {
                    _ = made.try_set(true);
                    _ = done.try_run(id);
                }
                Err(error) => {
                    _ = busy.try_set(false);
                    form.refuse(&error);
                    show_errors();
                }
            }
        });
    };
    view! {
        <form novalidate on:submit=submit>
            <ErrorSummary form=form failed="The agent could not be created."/>
            <AgentFields form models tools spent=None/>
            <div class="savebar">
                <noscript><p>"Changing agents needs JavaScript, or the REST API."</p></noscript>
                <a class="btn btn--ghost push" href="/">"Cancel"</a>
                <button
                    class="btn btn--primary"
                    type="submit"
                    disabled=move || !hydrated.get()
                    aria-busy=move || busy.get().then_some("true")
                >
                    "Create agent"
                </button>
            </div>
        </form>
        <UnsavedGuard dirty=dirty changed=Signal::derive(move || form.changed_labels())/>
    }
}
