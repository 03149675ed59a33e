//! The dashboard: every agent, and the newest runs of the one that is open.

use crate::api::agents::{agent_snapshot, agents_snapshot, list_models};
use crate::domain::id::AgentId;
use crate::domain::live::ServerMessage;
use crate::error::AppError;
use crate::ui::components::agents_panel::{AgentsHead, AgentsTable};
use crate::ui::components::history::HistoryResource;
use crate::ui::components::loaded::Loaded;
use crate::ui::components::provider_notice::ProviderNotice;
use crate::ui::components::skeletons::AgentsSkeleton;
use crate::ui::state::actions::Reload;
use crate::ui::state::dashboard::Dashboard;
use crate::ui::state::seq::Origin;
use leptos::prelude::*;
use leptos_meta::Title;

/// `/`, with `?agent=3` for an open row and `&all=1` for all of its runs.
#[component]
pub fn DashboardPage() -> impl IntoView {
    let state = Dashboard::of_page();
    provide_context(state);
    let agents = Resource::new(|| (), |()| agents_snapshot());
    let models = Resource::new(|| (), |()| list_models());
    let open = Memo::new(move |_| state.accordion.get().open);
    let history = Resource::new(
        move || open.get(),
        async |open| match open {
            Some(id) => (open, agent_snapshot(id).await.map(Some)),
            None => (None, Ok(None)),
        },
    );
    provide_context(HistoryResource(history));
    provide_context(Reload(Callback::new(move |()| {
        agents.refetch();
        history.refetch();
    })));
    // Rows of a closed agent go stale unseen, so they are read afresh when it is opened again.
    Effect::new(move |before: Option<Option<AgentId>>| {
        let now = open.get();
        if before.is_some_and(|before| before != now) {
            state.forget_history();
        }
        now
    });
    let accept = Callback::new(move |answer: Result<ServerMessage, AppError>| match answer {
        Ok(message) => {
            state.accept_board(&message, Origin::Response);
            None
        }
        Err(error) => Some(error),
    });
    view! {
        <Title text="Dashboard"/>
        <main class="page" id="main" tabindex="-1">
            <h1 class="visually-hidden">"Dashboard"</h1>
            <ProviderNotice models=models/>
            <section class="panel agents-box" aria-labelledby="agents-h">
                <Loaded
                    resource=agents
                    accept=accept
                    ready=state.loaded
                    what="The list of agents"
                    skeleton=|| view! { <AgentsHead/><AgentsSkeleton/> }
                    content=|| view! { <AgentsTable/> }
                />
            </section>
        </main>
    }
    .into_any()
}
