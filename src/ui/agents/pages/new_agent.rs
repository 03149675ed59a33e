//! The page on which an agent is created.

use crate::domain::agent::AgentSettings;
use crate::domain::views::page::NewAgentData;
use crate::ui::agents::form::new_agent::AgentForm;
use crate::ui::dom;
use crate::ui::model::address::made_href;
use crate::ui::state::form::AgentForm as Form;
use leptos::prelude::*;

/// `/agents/new`.
pub fn show(NewAgentData { models, tools }: NewAgentData) -> AnyView {
    let form = Form::of(AgentSettings::default(), 0);
    let done = Callback::new(move |id| dom::leave_for(&made_href(id)));
    view! {
        <main class="page page--form" id="main" tabindex="-1">
            <nav class="crumbs" aria-label="Breadcrumb">
                <ol><li><a href="/">"Agents"</a></li><li aria-current="page">"New"</li></ol>
            </nav>
            <div class="page__head">
                <h1>"New agent"</h1>
                <div class="actions"><a class="btn" href="/agents/import">"Import agents"</a></div>
            </div>
            <AgentForm form models tools done/>
        </main>
    }
    .into_any()
}
