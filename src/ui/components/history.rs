//! The open row of the dashboard: an agent's newest runs.

use super::history_row::{HistoryHead, HistoryRow};
use super::icon::Icon;
use super::loaded::Loaded;
use super::run_now::RunNow;
use super::skeletons::HistorySkeleton;
use crate::domain::id::{AgentId, RunId};
use crate::domain::live::ServerMessage;
use crate::error::AppError;
use crate::ui::dom;
use crate::ui::state::dashboard::{Dashboard, step};
use crate::ui::state::seq::Origin;
use crate::ui::state::stores::{BoardRowsStoreFields, HistoryRowsStoreFields, latest};
use leptos::prelude::*;
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
    // The strip knows how many there are.
    let known = move || {
        let rows = state.rows.rows().read_untracked();
        rows.iter().find(|row| row.id == agent).map_or(0, |row| row.strip.len()).clamp(1, FIRST)
    };
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
                skeleton=move || view! { <HistorySkeleton rows=known()/> }
                content=move || view! { <Runs agent=agent name=name/> }
            />
        </div>
    }
}

#[component]
fn Runs(agent: AgentId, #[prop(into)] name: Signal<String>) -> impl IntoView {
    let state = Dashboard::from_context();
    let rows = move || {
        let (shown, kept) = (if state.all.get() { usize::MAX } else { FIRST }, state.kept_run());
        let is_shown = move |place: usize, run: RunId| place < shown || kept == Some(run);
        let rows = state.history.runs().into_iter().enumerate();
        rows.filter_map(|(place, row)| is_shown(place, row.key()).then_some(row)).collect::<Vec<_>>()
    };
    let empty = Memo::new(move |_| state.run_count.get() == 0);
    move || {
        match empty.get() {
        true => view! { <NoRuns agent=agent name=name/> }.into_any(),
        false => view! {
            <table
                class="table table--s runs"
                on:focusin=move |event| state.focused_run.set(dom::run_at(event.target()))
                // Where the focus goes is known: a row must not go while the focus moves within it.
                on:focusout=move |event| state.focused_run.set(dom::run_at(event.related_target()))
            >
                <caption class="visually-hidden">"Latest runs of "{name}</caption>
                <HistoryHead/>
                <tbody>
                    <For each=rows key=|row| row.key() children=move |row| view! { <HistoryRow run=latest(row.into()) menu=state.run_menu/> }/>
                </tbody>
            </table>
            {move || (state.run_count.get() > FIRST).then(|| view! { <ShowAll/> })}
        }
        .into_any(),
    }
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
fn ShowAll() -> impl IntoView {
    let state = Dashboard::from_context();
    let navigate = use_navigate();
    let other = move || state.address.get().toggle_all();
    let toggle = move |event: &web_sys::Event| {
        event.prevent_default();
        navigate(&state.address.get_untracked().toggle_all().href(), step());
    };
    let on_click = {
        let toggle = toggle.clone();
        move |event: leptos::ev::MouseEvent| toggle(&event)
    };
    // What can be opened and closed answers to the space bar as well, which does nothing on a link.
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == " " {
            toggle(&event);
        }
    };
    let all = move || state.all.get();
    view! {
        <div class="history__foot">
            <a
                class="link-btn"
                class:is-open=all
                href=move || other().href()
                aria-expanded=move || all().to_string()
                on:click=on_click
                on:keydown=on_key
            >
                <Icon name="chevron-down"/>
                {move || if all() { format!("Show the newest {FIRST}") } else { format!("Show all {}", state.run_count.get()) }}
            </a>
        </div>
    }
}

/// Opens or closes a row by changing the address.
pub fn toggler(agent: AgentId) -> Callback<()> {
    let state = Dashboard::from_context();
    let navigate = use_navigate();
    Callback::new(move |()| navigate(&state.address.get_untracked().toggle_history(agent).href(), step()))
}
