//! The open row of the dashboard: an agent's newest runs.

use super::history_row::{HistoryHead, HistoryRow};
use super::icon::Icon;
use super::loaded::Loaded;
use super::run_now::RunNow;
use super::skeletons::HistorySkeleton;
use crate::domain::id::AgentId;
use crate::domain::live::ServerMessage;
use crate::error::AppError;
use crate::ui::state::accordion::Accordion;
use crate::ui::state::dashboard::Dashboard;
use crate::ui::state::seq::Origin;
use crate::ui::state::stores::{HistoryRowsStoreFields, latest};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// How many runs are shown until all are asked for.
const FIRST: usize = 5;

/// What the server has said about the open row: of which agent, and what.
pub type HistoryAnswer = (Option<AgentId>, Result<Option<ServerMessage>, AppError>);

/// The runs of the open agent, as a resource of the page.
#[derive(Clone, Copy)]
pub struct HistoryResource(pub Resource<HistoryAnswer>);

/// Waits for the agent's runs and shows them.
#[component]
pub fn History(agent: AgentId, #[prop(into)] name: Signal<String>) -> impl IntoView {
    let state = Dashboard::from_context();
    let HistoryResource(resource) = expect_context();
    let accept = Callback::new(move |(of, answer): HistoryAnswer| {
        // The answer for the row that was open before says nothing about this one.
        if of != Some(agent) {
            return None;
        }
        match answer {
            Ok(message) => {
                if let Some(message) = message {
                    state.accept_run(&message, Origin::Response);
                }
                None
            }
            Err(error) => Some(error),
        }
    });
    view! {
        <div class="history table-box">
            <Loaded
                resource=resource
                accept=accept
                ready=Signal::derive(move || state.history_of.get() == Some(agent))
                what="The run history"
                skeleton=|| view! { <HistorySkeleton/> }
                content=move || view! { <Runs agent=agent name=name/> }
            />
        </div>
    }
}

#[component]
fn Runs(agent: AgentId, #[prop(into)] name: Signal<String>) -> impl IntoView {
    let state = Dashboard::from_context();
    let count = Memo::new(move |_| state.history.runs().read().len());
    let all = Memo::new(move |_| state.accordion.get().all);
    let rows = move || {
        let shown = if all.get() { usize::MAX } else { FIRST };
        state.history.runs().into_iter().take(shown).collect::<Vec<_>>()
    };
    let empty = Memo::new(move |_| count.get() == 0);
    move || match empty.get() {
        true => view! { <NoRuns agent=agent name=name/> }.into_any(),
        false => view! {
            <table class="table table--s runs" aria-label=move || format!("Latest runs of {}", name.get())>
                <HistoryHead/>
                <tbody>
                    <For each=rows key=|row| row.key() children=|row| view! { <HistoryRow run=latest(row.into())/> }/>
                </tbody>
            </table>
            {move || (count.get() > FIRST).then(|| view! { <ShowAll count=count/> })}
        }
        .into_any(),
    }
}

#[component]
fn NoRuns(agent: AgentId, #[prop(into)] name: Signal<String>) -> impl IntoView {
    view! {
        <div class="empty empty--s">
            <p><strong class="strong">"No runs yet."</strong>" It waits for you or the API."</p>
            <div class="actions"><RunNow agent=agent name=name/></div>
        </div>
    }
}

/// A link, so that it works without JavaScript; with it, the page stays where it is.
#[component]
fn ShowAll(count: Memo<usize>) -> impl IntoView {
    let state = Dashboard::from_context();
    let navigate = use_navigate();
    let other = move || state.accordion.get().toggle_all();
    let toggle = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        navigate(&state.accordion.get_untracked().toggle_all().href(), in_place());
    };
    let all = move || state.accordion.get().all;
    view! {
        <div class="history__foot">
            <a
                class="link-btn"
                class:is-open=all
                href=move || other().href()
                aria-expanded=move || all().to_string()
                on:click=toggle
            >
                <Icon name="chevron-down"/>
                {move || if all() { format!("Show the newest {FIRST}") } else { format!("Show all {}", count.get()) }}
            </a>
        </div>
    }
}

/// Changes the address without a new entry in the browser's history and without scrolling.
pub fn in_place() -> NavigateOptions {
    NavigateOptions { replace: true, scroll: false, ..Default::default() }
}

/// Opens or closes a row by changing the address.
pub fn toggler(agent: AgentId) -> Callback<()> {
    let state = Dashboard::from_context();
    let navigate = use_navigate();
    Callback::new(move |()| {
        let next: Accordion = state.accordion.get_untracked().toggle_history(agent);
        navigate(&next.href(), in_place());
    })
}
