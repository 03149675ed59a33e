//! One run in an agent's history, and under it what went wrong.

use crate::domain::id::RunId;
use crate::domain::run::{AgentRun, RunStatus};
use crate::domain::time::Timestamp;
use crate::ui::kit::menu::MenuButton;
use crate::ui::kit::status::Status;
use crate::ui::kit::time::{RowTime, ZoneNote, moment};
use crate::ui::kit::usage::{Cost, Tokens};
use crate::ui::model::history::Around;
use crate::ui::model::run_result::result_words;
use crate::ui::model::start::first_line;
use crate::ui::model::usage::shown;
use crate::ui::model::words::{run_look, status_words};
use crate::ui::runs::elapsed::Elapsed;
use crate::ui::runs::error_line::ErrorLine;
use crate::ui::runs::marks::{ReadAround, RunMarks};
use crate::ui::runs::tags::Tags;
use crate::ui::runs::trigger::TriggerMarks;
use crate::ui::state::hold::Holding;
use crate::ui::state::menu::RowMenu;
use leptos::prelude::*;

/// How many tags stand in a row; the rest are counted.
const TAGS: usize = 2;

/// Returns when the run began or, until it has, when it was to.
pub fn began(run: &AgentRun) -> Timestamp {
    run.started_at.or(run.scheduled_for.filter(|_| run.status == RunStatus::Skipped)).unwrap_or(run.queued_at)
}

/// Returns the event of that time, for a run that never began; empty for one that did.
pub fn did(run: &AgentRun) -> &'static str {
    match (run.started_at, run.status, run.scheduled_for) {
        (Some(_), ..) => "",
        (None, RunStatus::Skipped, Some(_)) => "due ",
        (None, ..) => "queued ",
    }
}

/// The row. Its elements stay for as long as the run is listed; live updates change values in place.
#[component]
pub fn HistoryRow(#[prop(into)] run: Signal<AgentRun>, around: ReadAround, menu: RowMenu<RunId>) -> impl IntoView {
    let id = run.with_untracked(|run| run.id);
    let look = Signal::derive(move || run.with(run_look));
    let at = Signal::derive(move || run.with(began));
    let running = move || run.with(|run| run.status == RunStatus::Running);
    let skipped = Signal::derive(move || run.with(|run| run.status == RunStatus::Skipped));
    // The whole row leads to the run; those who hear a list of links hear which run and when.
    let started = moment(at);
    let label = move || format!("{}: run #{id}, {}", run.with(status_words), started.get());
    let holding = Holding::from_context();
    let result = Memo::new(move |_| {
        run.with(|run| {
            // Read only while it matters.
            let is_queued = run.status == RunStatus::Queued;
            let Around { ahead, group, .. } = if is_queued { around.run(id) } else { Around::default() };
            result_words(run, ahead, is_queued && holding.is_on(), group.as_deref())
        })
    });
    // A run's input never changes.
    let given = run.with_untracked(|run| first_line(run.brief.input_preview.as_deref()).map(str::to_owned));
    let tags = move || {
        let tags = run.with(|run| run.brief.tags.clone());
        (!tags.is_empty()).then(|| view! { <Tags tags=tags shown=TAGS/> })
    };
    let is_given = given.is_some();
    let usage = Memo::new(move |_| run.with(shown));
    let error = Memo::new(move |_| {
        run.with(|run| run.error.clone().filter(|_| matches!(run.status, RunStatus::Failed | RunStatus::Skipped)))
    });
    view! {
        <tr class:is-running=running data-run=id.to_string() role="row">
            <th class="status-cell" scope="row" role="rowheader">
                <a class="row-link" href=format!("/runs/{id}") aria-label=move || label()><Status look=look/></a>
                <small class="run-id p-1">{format!(" #{id}")}</small>
            </th>
            <td class="started" role="cell"><RowTime at=at did=Signal::derive(move || run.with(did))/></td>
            <td class="num took" role="cell"><Elapsed run=run/></td>
            <td class="door" role="cell"><TriggerMarks run=run.get_untracked()/></td>
            <td class="result" role="cell" title=move || result.get()>
                <div class="what">
                    <span class="what__text">
                        <RunMarks run=run around=around/>
                        {given.map(|given| view! { <span class="what__given" dir="auto">{given}</span> })}
                        {move || (is_given && !result.read().is_empty()).then_some(" → ")}
                        <span dir="auto">{move || result.get()}</span>
                    </span>
                    {move || tags()}
                </div>
            </td>
            <td class="num p-2" role="cell">
                {move || {
                    let (usage, unknown) = usage.get();
                    view! { <Tokens count=usage.total_tokens estimated=usage.usage_estimated unknown=unknown/> }
                }}
            </td>
            <td class="num p-2" role="cell">
                {move || {
                    let (usage, unknown) = usage.get();
                    view! { <Cost amount=usage.total_cost estimated=usage.usage_estimated unknown=unknown/> }
                }}
            </td>
            <td class="col-menu" role="cell">
                <MenuButton menu=menu row=id label=format!("Actions for run #{id}") class="btn--xs"/>
            </td>
        </tr>
        <ErrorLine error=error quiet=skipped run=id columns="8"/>
    }
}

/// The head of the table, the same over rows and placeholders.
#[component]
pub fn HistoryHead() -> impl IntoView {
    view! {
        <thead role="rowgroup">
            <tr role="row">
                <th role="columnheader" scope="col" class="c-status">"Status"</th>
                <th role="columnheader" scope="col" class="c-started">"Started"<ZoneNote/></th>
                <th role="columnheader" scope="col" class="c-num num">"Duration"</th>
                <th role="columnheader" scope="col" class="c-door">"Trigger"</th>
                <th role="columnheader" scope="col">"Result"</th>
                <th role="columnheader" scope="col" class="c-fig num p-2">"Tokens"</th>
                <th role="columnheader" scope="col" class="c-fig num p-2">"Cost"</th>
                <th role="columnheader" scope="col" class="col-menu">
                    <span class="visually-hidden">"Actions"</span>
                    <span aria-hidden="true" class="muted">"⋮"</span>
                </th>
            </tr>
        </thead>
    }
}
