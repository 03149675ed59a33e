//! The page on which an agent is made.

use crate::domain::agent::AgentInput;
use crate::domain::model::ModelChoices;
use crate::ui::components::agent_form::AgentForm;
use crate::ui::dom;
use crate::ui::form::AgentForm as Form;
use crate::ui::state::address::Address;
use leptos::prelude::*;

/// `/agents/new`.
#[component]
pub fn NewAgentPage(models: ModelChoices) -> impl IntoView {
    let form = Form::of(AgentInput::named(""));
    let done = Callback::new(move |id| dom::leave_for(&Address::of_agent(id).href()));
    view! {
        <main class="page page--form" id="main" tabindex="-1">
            <nav class="crumbs" aria-label="Breadcrumb">
                <ol><li><a href="/">"Agents"</a></li><li aria-current="page">"New"</li></ol>
            </nav>
            <div class="page__head"><h1>"New agent"</h1></div>
            <AgentForm form=form models=models done=done/>
        </main>
    }
    .into_any()
}
