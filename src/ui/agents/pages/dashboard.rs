//! The dashboard: every agent, and the newest runs of the one that is open.

use crate::api::agents::{agents_snapshot, summary_snapshot};
use crate::domain::id::AgentId;
use crate::domain::views::page::DashboardData;
use crate::ui::agents::board::agent_menu::AgentMenu;
use crate::ui::agents::board::history::FirstError;
use crate::ui::agents::board::panel::{AgentsHead, AgentsTable};
use crate::ui::agents::board::provider_notice::ProviderNotice;
use crate::ui::agents::board::skeletons::{AgentsSkeleton, SummarySkeleton};
use crate::ui::agents::board::summary::SummaryStrip;
use crate::ui::agents::delete_dialog::DeleteAgentDialog;
use crate::ui::dom;
use crate::ui::kit::loaded::Loaded;
use crate::ui::model::address::Address;
use crate::ui::model::seq::Origin;
use crate::ui::runs::menu::RunMenu;
use crate::ui::state::actions::Reload;
use crate::ui::state::dashboard::Dashboard;
use crate::ui::state::deletion::Deletion;
use crate::ui::state::navigation::AGENTS_HEADING;
use crate::ui::state::navigation::Step;
use crate::ui::state::part::Part;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// `/`, with `?agent=3` for an open row and `&all=1` for all of its runs.
pub fn show(data: DashboardData) -> AnyView {
    let DashboardData { query, agents, summary, history, provider_notice } = data;
    let state = Dashboard::of_page(&query);
    provide_context(state);
    let take_agents = move |message| _ = state.accept_board(&message, Origin::Response);
    let take_summary = move |message| _ = state.accept_summary(&message);
    let agents = Part::new(agents.map(take_agents), move || async move {
        agents_snapshot(state.address.with_untracked(Address::query)).await.map(take_agents)
    });
    let summary =
        Part::new(summary.map(take_summary), move || async move { summary_snapshot().await.map(take_summary) });
    let history =
        history.and_then(|answer| answer.map(|message| _ = state.accept_run(&message, Origin::Response)).err());
    let first_error = StoredValue::new(history);
    provide_context(FirstError(first_error));
    // It is about the row that came with the page; rows that are opened later are read afresh.
    Effect::new(move |_| first_error.set_value(None));
    provide_context(Reload(Callback::new(move |()| {
        agents.read();
        summary.read();
        if let Some(open) = state.open.get_untracked() {
            // The content stays; the lost connection is shown already.
            spawn_local(async move { _ = state.read_history(open).await });
        }
    })));
    let deletion = Deletion::of_page();
    let deleted = Callback::new(move |id| {
        if state.open.get_untracked() == Some(id) {
            state.go_on(|address| address.toggle_history(id), Step::Same);
        }
        // The button that had the focus goes with its row.
        request_animation_frame(|| dom::focus_id(AGENTS_HEADING));
    });
    // Rows of a closed agent go stale unseen, so they are read afresh when it is opened again.
    Effect::new(move |before: Option<Option<AgentId>>| {
        let now = state.open.get();
        if before.is_some_and(|before| before != now) {
            state.forget_history();
        }
        now
    });
    view! {
        <main class="page" id="main" tabindex="-1" on:click=move |event| state.follow_link(&event)>
            <h1 class="visually-hidden">"Dashboard"</h1>
            <ProviderNotice shown=provider_notice/>
            <Loaded
                part=summary
                ready=Signal::derive(move || state.summary.read().is_some())
                what="The figures of the last 24 hours"
                skeleton=|| view! { <SummarySkeleton/> }
                content=move || state.summary.get_untracked().map(|first| view! { <SummaryStrip first=first/> })
            />
            <section class="panel agents-box" aria-labelledby="agents-h">
                <Loaded
                    part=agents
                    ready=state.loaded
                    what="The list of agents"
                    skeleton=|| view! { <AgentsHead/><AgentsSkeleton/> }
                    content=|| view! { <AgentsTable/> }
                />
            </section>
            <AgentMenu deletion=deletion/>
            <RunMenu/>
            <DeleteAgentDialog deletion=deletion done=deleted/>
        </main>
    }
    .into_any()
}
