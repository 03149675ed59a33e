//! Actions that cannot be undone, at the end of an agent's settings.

use crate::ui::model::agent_view::AgentView;
use crate::ui::state::deletion::Deletion;
use leptos::prelude::*;

/// Deleting the agent.
#[component]
pub fn DangerZone(view: Memo<AgentView>, deletion: Deletion) -> impl IntoView {
    let ask = move |_| {
        let (id, name) = view.with_untracked(|view| (view.agent.id, view.agent.settings.name.clone()));
        deletion.ask(id, name);
    };
    view! {
        <section class="section" aria-labelledby="danger-h" data-script="">
            <header><h2 id="danger-h">"Danger zone"</h2><p>"This cannot be undone."</p></header>
            <div class="section__body">
                <div class="panel panel--danger">
                    <div class="row">
                        <div class="row__text">
                            <h3>"Delete this agent"</h3>
                            <p>"Stops its runs and removes it with everything it did."</p>
                        </div>
                        <button class="btn btn--danger-quiet" type="button" on:click=ask>"Delete agent…"</button>
                    </div>
                </div>
            </div>
        </section>
    }
}
