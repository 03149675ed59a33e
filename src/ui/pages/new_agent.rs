//! The page on which an agent is made.

use crate::api::agents::list_models;
use crate::ui::components::agent_form::NewAgentForm;
use leptos::prelude::*;
use leptos_meta::Title;

/// `/agents/new`.
#[component]
pub fn NewAgentPage() -> impl IntoView {
    let models = Resource::new(|| (), |()| list_models());
    view! {
        <Title text="New agent"/>
        <main class="page page--form" id="main" tabindex="-1">
            <nav class="crumbs" aria-label="Breadcrumb">
                <ol><li><a href="/">"Agents"</a></li><li aria-current="page">"New"</li></ol>
            </nav>
            <div class="page__head"><h1>"New agent"</h1></div>
            <NewAgentForm models=models/>
        </main>
    }
    .into_any()
}
