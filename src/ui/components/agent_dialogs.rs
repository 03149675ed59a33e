//! The dialogs in which an agent is made and changed.

use super::agent_form::AgentForm;
use super::dialog::Dialog;
use crate::domain::agent::AgentInput;
use crate::domain::id::AgentId;
use crate::ui::form::AgentForm as Form;
use crate::ui::state::actions::Actions;
use crate::ui::state::address::Address;
use crate::ui::state::dashboard::Dashboard;
use crate::ui::state::dialogs::Dialogs;
use crate::ui::state::navigation::Step;
use leptos::prelude::*;

/// "New agent". When it is done, the new agent's row is open.
#[component]
pub fn NewAgentDialog(dialogs: Dialogs) -> impl IntoView {
    let (open, form) = (dialogs.making, dialogs.draft);
    let (actions, state) = (Actions::from_context(), Dashboard::from_context());
    // A field is left when the dialog closes; that is no reason to complain when it opens again.
    Effect::new(move |_| {
        if open.get() {
            form.forgive();
        }
    });
    let done = Callback::new(move |id| {
        open.set(false);
        form.clear();
        actions.refresh();
        state.made.set(Some(id));
        state.go(Address::of_agent(id), Step::New);
    });
    view! {
        <Dialog open=open title="New agent" id="new-agent-h" wide=true>
            {form_in(dialogs, open, form, None, done)}
        </Dialog>
    }
}

/// "Edit Support triage".
#[component]
pub fn EditAgentDialog(dialogs: Dialogs) -> impl IntoView {
    let Dialogs { editing: open, edited, .. } = dialogs;
    let actions = Actions::from_context();
    let name = move || edited.with(|edited| edited.as_ref().map(|(_, agent)| agent.name.clone()).unwrap_or_default());
    let done = Callback::new(move |_| {
        open.set(false);
        actions.refresh();
        actions.say_saved(untrack(name));
    });
    view! {
        <Dialog open=open title=Signal::derive(move || format!("Edit {}", name())) id="edit-agent-h" wide=true>
            {
                let (id, agent) = edited.get_untracked().unwrap_or((AgentId(0), AgentInput::named("")));
                form_in(dialogs, open, Form::of(agent), Some(id), done)
            }
        </Dialog>
    }
}

fn form_in(
    dialogs: Dialogs,
    open: RwSignal<bool>,
    form: Form,
    agent: Option<AgentId>,
    done: Callback<AgentId>,
) -> impl IntoView {
    let models = dialogs.models.get_value();
    let cancel =
        move || view! { <button class="btn" type="button" on:click=move |_| open.set(false)>"Cancel"</button> };
    view! { <AgentForm form=form agent=agent models=models foot="dialog__foot" cancel=cancel done=done/> }
}
