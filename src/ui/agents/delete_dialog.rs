//! "Delete Invoice matcher?": names what goes with the agent, and begins with the safe choice. The form in it is loaded when it
//! is first opened.

use crate::domain::id::AgentId;
use crate::ui::kit::dialog::Dialog;
use crate::ui::state::deletion::{Deletion, DeletionInput};
use leptos::prelude::*;

/// The dialog of a page.
#[component]
pub fn DeleteAgentDialog(
    deletion: Deletion,
    /// It is gone.
    done: Callback<AgentId>,
) -> impl IntoView {
    let Deletion { open, target, .. } = deletion;
    let name = move || target.with(|target| target.as_ref().map(|target| target.name.clone()).unwrap_or_default());
    view! {
        <Dialog open=open title=Signal::derive(move || format!("Delete {}?", name())) id="delete-agent-h">
            {move || target.get().map(|target| (target.show)(DeletionInput { open, target, done }))}
        </Dialog>
    }
}
