//! The open row of the dashboard: an agent's newest runs.

use crate::domain::agent::AgentRow;
use crate::domain::id::{AgentId, RunId};
use crate::error::AppError;
use crate::ui::agents::no_runs::NoRuns;
use crate::ui::kit::icon::Icon;
use crate::ui::kit::loaded::Loaded;
use crate::ui::model::address::Address;
use crate::ui::model::runs_page::runs_href;
use crate::ui::runs::skeleton::HistorySkeleton;
use crate::ui::runs::table::RunTable;
use crate::ui::state::dashboard::Dashboard;
use crate::ui::state::navigation::Step;
use crate::ui::state::part::Part;
use leptos::prelude::*;

/// How many runs are shown until all are asked for.
const FIRST: usize = 5;

/// Why the page came without the runs of the row it was opened with, if it did. Forgotten once the page is hydrated.
#[derive(Clone, Copy)]
pub struct FirstError(pub StoredValue<Option<AppError>>);

/// Waits for the agent's runs and shows them.
#[component]
pub fn History(agent: AgentId, #[prop(into)] name: Signal<String>) -> impl IntoView {
    let state = Dashboard::from_context();
    let FirstError(first) = expect_context();
    let first = first.get_value().map_or(Ok(()), Err);
    let part = Part::new(first, move || state.read_history(agent));
    // The row the page was opened with came with its runs, or with the reason why not.
    Effect::new(move |_| {
        if state.history_of.get_untracked() != Some(agent) && untrack(|| part.error()).is_none() {
            part.read();
        }
    });
    // The strip knows how many there are.
    let known = move || {
        let cells = |rows: &[AgentRow]| rows.iter().find(|row| row.id == agent).map_or(0, |row| row.strip.len());
        untrack(|| state.with_agents(cells)).clamp(1, FIRST)
    };
    view! {
        <div class="history table-box">
            <Loaded
                part=part
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
        let rows = state.history.list().into_iter().enumerate();
        rows.filter_map(|(place, row)| is_shown(place, row.0).then_some(row)).collect::<Vec<_>>()
    };
    let empty = Memo::new(move |_| state.run_count.get() == 0);
    let due = move |rows: &[AgentRow]| rows.iter().find(|row| row.id == agent)?.pulse.next_run_at;
    let next = Memo::new(move |_| state.with_agents(due));
    let shown = move || match empty.get() {
        true => view! { <NoRuns next=next/> }.into_any(),
        false => view! {
            <RunTable
                name=name
                rows=rows
                around=state.around()
                menu=state.run_menu
                focused=state.focused_run
            />
            <div class="history__foot">
                {move || (state.run_count.get() > FIRST).then(|| view! { <ShowAll/> })}
                <a class="link-btn push" href=runs_href(agent)>"Open in Runs"</a>
            </div>
        }
        .into_any(),
    };
    view! { {move || shown()} }
}

/// A link, so that it works without JavaScript; with it, the page stays where it is.
#[component]
fn ShowAll() -> impl IntoView {
    let state = Dashboard::from_context();
    let other = move || state.address.get().toggle_all();
    // A thing that can be opened and closed responds to the space bar as well, which does nothing on a link.
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == " " {
            event.prevent_default();
            state.go_on(Address::toggle_all, Step::New);
        }
    };
    let all = move || state.all.get();
    view! {
        <a
            class="link-btn"
            class:is-open=move || all()
            href=move || other().href()
            aria-expanded=move || all().to_string()
            on:keydown=on_key
        >
            <Icon name="chevron-down"/>
            {move || if all() { "Show fewer".to_owned() } else { format!("Show {}", state.run_count.get()) }}
        </a>
    }
}

/// Opens or closes a row by changing the address.
pub fn toggler(agent: AgentId) -> Callback<()> {
    let state = Dashboard::from_context();
    Callback::new(move |()| state.go_on(|address| address.toggle_history(agent), Step::New))
}
