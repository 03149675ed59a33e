//! The dashboard: every agent, and the newest runs of the one that is open.

use crate::api::agents::{agent_snapshot, agents_snapshot, list_models, summary_snapshot};
use crate::domain::id::AgentId;
use crate::domain::live::ServerMessage;
use crate::error::AppError;
use crate::ui::components::agent_dialogs::{EditAgentDialog, NewAgentDialog};
use crate::ui::components::agent_menu::AgentMenu;
use crate::ui::components::agents_panel::{AgentsHead, AgentsTable};
use crate::ui::components::delete_dialog::DeleteAgentDialog;
use crate::ui::components::history::HistoryResource;
use crate::ui::components::loaded::Loaded;
use crate::ui::components::provider_notice::ProviderNotice;
use crate::ui::components::run_menu::RunMenu;
use crate::ui::components::skeletons::{AgentsSkeleton, SummarySkeleton};
use crate::ui::components::summary::SummaryStrip;
use crate::ui::state::actions::Reload;
use crate::ui::state::dashboard::Dashboard;
use crate::ui::state::dialogs::Dialogs;
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
    let summary = Resource::new(|| (), |()| summary_snapshot());
    let history = Resource::new(
        move || state.open.get(),
        async |open| match open {
            Some(id) => (open, agent_snapshot(id).await.map(Some)),
            None => (None, Ok(None)),
        },
    );
    let dialogs = Dialogs::of_page();
    provide_context(dialogs);
    provide_context(HistoryResource(history));
    provide_context(Reload(Callback::new(move |()| {
        agents.refetch();
        summary.refetch();
        history.refetch();
    })));
    // Rows of a closed agent go stale unseen, so they are read afresh when it is opened again.
    Effect::new(move |before: Option<Option<AgentId>>| {
        let now = state.open.get();
        if before.is_some_and(|before| before != now) {
            state.forget_history();
        }
        now
    });
    let accept = move |answer: Result<ServerMessage, AppError>, take: fn(Dashboard, &ServerMessage)| match answer {
        Ok(message) => {
            take(state, &message);
            None
        }
        Err(error) => Some(error),
    };
    let accept_agents =
        Callback::new(move |answer| accept(answer, |state, message| _ = state.accept_board(message, Origin::Response)));
    let accept_summary =
        Callback::new(move |answer| accept(answer, |state, message| _ = state.accept_summary(message)));
    view! {
        <Title text="Dashboard"/>
        <main class="page" id="main" tabindex="-1">
            <h1 class="visually-hidden">"Dashboard"</h1>
            <ProviderNotice models=models/>
            <Transition fallback=|| view! { <DashboardSkeleton/> }>
                <Loaded
                    resource=summary
                    accept=accept_summary
                    ready=Signal::derive(move || state.summary.read().is_some())
                    what="The figures of the last 24 hours"
                    skeleton=|| view! { <SummarySkeleton/> }
                    content=move || state.summary.get_untracked().map(|first| view! { <SummaryStrip first=first/> })
                />
                <section class="panel agents-box" aria-labelledby="agents-h">
                    <Loaded
                        resource=agents
                        accept=accept_agents
                        ready=state.loaded
                        what="The list of agents"
                        skeleton=|| view! { <AgentsHead/><AgentsSkeleton/> }
                        content=|| view! { <AgentsTable/> }
                    />
                </section>
            </Transition>
            <AgentMenu dialogs=dialogs/>
            <RunMenu/>
            <NewAgentDialog dialogs=dialogs models=models/>
            <EditAgentDialog dialogs=dialogs models=models/>
            <DeleteAgentDialog dialogs=dialogs/>
        </main>
    }
    .into_any()
}

/// While everything is loaded for the first time, after a change of pages in the browser.
#[component]
fn DashboardSkeleton() -> impl IntoView {
    view! {
        <SummarySkeleton/>
        <section class="panel agents-box"><AgentsHead/><AgentsSkeleton/></section>
    }
}
