//! The page on which an agent is made, for whoever follows the link before the dashboard's dialog works.

use crate::api::agents::list_models;
use crate::domain::agent::AgentInput;
use crate::ui::components::agent_form::AgentForm;
use crate::ui::form::AgentForm as Form;
use crate::ui::state::address::Address;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_navigate;

/// `/agents/new`.
#[component]
pub fn NewAgentPage() -> impl IntoView {
    let models = Resource::new(|| (), |()| list_models());
    let form = Form::of(AgentInput::named(""));
    let navigate = use_navigate();
    let done = Callback::new(move |id| navigate(&Address::of_agent(id).href(), Default::default()));
    view! {
        <Title text="New agent"/>
        <main class="page page--form" id="main" tabindex="-1">
            <nav class="crumbs" aria-label="Breadcrumb">
                <ol><li><a href="/">"Agents"</a></li><li aria-current="page">"New"</li></ol>
            </nav>
            <div class="page__head"><h1>"New agent"</h1></div>
            <AgentForm
                form=form
                agent=None
                models=models
                foot="savebar"
                cancel=|| view! { <a class="btn btn--ghost push" href="/">"Cancel"</a> }
                done=done
            />
        </main>
    }
    .into_any()
}
