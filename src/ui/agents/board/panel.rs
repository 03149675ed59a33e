//! The table of agents with its head, and what stands in its place while there are none.

use crate::domain::duration::format_count;
use crate::domain::id::AgentId;
use crate::ui::agents::board::pager::Pager;
use crate::ui::agents::board::row::AgentRow;
use crate::ui::agents::board::search::{NothingFound, Search, ShowEvery};
use crate::ui::agents::board::sort_head::SortHead;
use crate::ui::agents::board::standings::Standings;
use crate::ui::agents::board::strip_tip::StripTip;
use crate::ui::agents::board::unknown_agent::UnknownAgent;
use crate::ui::kit::icon::Icon;
use crate::ui::model::order::Column;
use crate::ui::state::dashboard::Dashboard;
use crate::ui::state::navigation::AGENTS_HEADING;
use leptos::prelude::*;

/// Head of the panel; search and count appear with the rows. Without agents, what stands below invites to make one.
#[component]
pub fn AgentsHead(#[prop(optional, into)] count: Option<Signal<usize>>) -> impl IntoView {
    let state = Dashboard::from_context();
    let count_words = move |count: usize| match state.table.read().is_narrowed() {
        true => format!("{} of {}", format_count(state.listed.read().found as i64), format_count(count as i64)),
        false => format_count(count as i64),
    };
    let empty = move || count.is_some_and(|count| count.get() == 0);
    view! {
        <div class="panel__head">
            <h2 id=AGENTS_HEADING tabindex="-1">"Agents"</h2>
            {count.map(|count| view! { <p>{move || count_words(count.get())}</p> })}
            <div class="actions">
                {count.map(|_| view! { <Search hidden=Signal::derive(empty)/> })}
                {count.map(|_| view! {
                    <a class="btn" href=move || state.table.read().select_href() hidden=move || empty()>"Select"</a>
                })}
                {move || (!empty()).then(|| view! { <NewAgentLink/> })}
            </div>
        </div>
    }
}

/// Leads to the form's page.
#[component]
fn NewAgentLink() -> impl IntoView {
    view! { <a class="btn btn--primary" href="/agents/new"><Icon name="plus"/>"New agent"</a> }
}

/// Head and rows, or an invitation to make the first agent.
#[component]
pub fn AgentsTable() -> impl IntoView {
    let state = Dashboard::from_context();
    let count = Memo::new(move |_| state.agent_count());
    let empty = Memo::new(move |_| count.get() == 0);
    let none_found = Memo::new(move |_| state.listed.read().found == 0);
    // A row that was shown once stays, hidden while it is not listed: at each letter of a search, making its rows again
    // would take longer, and leave something behind in all that they follow.
    let made = Memo::new(move |before: Option<&Vec<AgentId>>| {
        let mut made = before.cloned().unwrap_or_default();
        made.extend(state.listed.read().ids().iter().filter(|id| !before.is_some_and(|before| before.contains(id))));
        made
    });
    let body = move || match empty.get() {
        true => view! { <NoAgents/> }.into_any(),
        false => view! {
            <UnknownAgent/>
            <Standings/>
            <table
                class="agents"
                role="table"
                aria-labelledby=AGENTS_HEADING
                hidden=move || none_found.get()
                on:pointermove=move |event| {
                    state.reader.points(true);
                    state.point_at(&event);
                }
                on:pointerleave=move |event| {
                    state.reader.leaves(&event);
                    state.tip.set(None);
                }
                on:focusin=move |_| state.reader.focuses(true)
                on:focusout=move |_| state.reader.focuses(false)
            >
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col"><span class="visually-hidden">"Run history"</span></th>
                        <SortHead by=Column::Name label="Agent"/>
                        <SortHead by=Column::Status label="Status"/>
                        <th role="columnheader" scope="col">"Last 20 runs"</th>
                        <SortHead
                            by=Column::Rate
                            label="Success 24 h"
                            class="agent__rate num"
                            title="Share of finished runs, last 24 hours"
                        />
                        <th
                            role="columnheader"
                            scope="col"
                            class="agent__p95 num"
                            title="95 of 100 runs took no longer, last 24 hours"
                        >
                            "p95 24 h"
                        </th>
                        <th
                            role="columnheader"
                            scope="col"
                            class="agent__cost num"
                            title="≥: the cost of some runs is not known"
                        >
                            "Cost 24 h"
                        </th>
                        <SortHead by=Column::LastRun label="Last run"/>
                        <SortHead by=Column::NextRun label="Next run" class="agent__next"/>
                        <th role="columnheader" scope="col"><span class="visually-hidden">"Actions"</span></th>
                    </tr>
                </thead>
                <For
                    each=move || {
                        let made = made.read();
                        state.rows.list().into_iter().filter(|(id, _)| made.contains(id)).collect::<Vec<_>>()
                    }
                    key=|(id, _)| *id
                    children=|(_, row)| view! { <AgentRow row=RwSignal::from(row)/> }
                />
            </table>
            {move || if state.is_paged() { view! { <Pager/> }.into_any() } else { view! { <ShowEvery/> }.into_any() }}
            <NothingFound/>
            <StripTip/>
        }
        .into_any(),
    };
    view! { <AgentsHead count=count/>{move || body()} }
}

/// Dashed bars for what could be, and one that is about to run.
#[component]
fn NoAgents() -> impl IntoView {
    const BARS: [(&str, &str, &str); 9] = [
        ("0.75", "32", "14"),
        ("14.25", "20", "26"),
        ("27.75", "28", "18"),
        ("41.25", "14", "32"),
        ("54.75", "24", "22"),
        ("68.25", "34", "12"),
        ("81.75", "18", "28"),
        ("95.25", "26", "20"),
        ("108.75", "10", "36"),
    ];
    let art = BARS.map(|(x, y, height)| {
        view! { <rect class:on=x == "108.75" x=x y=y width="8" height=height rx="1.5"></rect> }
    });
    view! {
        <div class="empty">
            <svg class="empty__art" viewBox="0 0 120 48" aria-hidden="true">{art.into_iter().collect_view()}</svg>
            <h3>"No agents yet"</h3>
            <p>"An agent is a set of instructions and a model. Each time it works, you get a run here."</p>
            <div class="actions"><NewAgentLink/><a class="btn" href="/agents/import">"Import agents"</a></div>
        </div>
    }
}
