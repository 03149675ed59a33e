//! The dialog in which an agent is made.

use super::agent_form::AgentForm;
use super::dialog::Dialog;
use crate::domain::agent::AgentInput;
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
        form.reset(AgentInput::named(""));
        actions.refresh();
        state.made.set(Some(id));
        state.go(Address::of_agent(id), Step::New);
    });
    let cancel =
        move || view! { <button class="btn" type="button" on:click=move |_| open.set(false)>"Cancel"</button> };
    view! {
        <Dialog open=open title="New agent" id="new-agent-h" wide=true>
            <AgentForm
                form=form
                models=dialogs.models.get_value()
                foot="dialog__foot"
                cancel=cancel
                done=done
            />
        </Dialog>
    }
}
