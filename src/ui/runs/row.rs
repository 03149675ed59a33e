//! One run in an agent's history, and under it what went wrong.

use crate::domain::id::RunId;
use crate::domain::run::{AgentRun, RunStatus};
use crate::domain::time::Timestamp;
use crate::ui::kit::menu::MenuButton;
use crate::ui::kit::status::Status;
use crate::ui::kit::time::{RowTime, ZoneNote, moment};
use crate::ui::kit::usage::{Cost, Tokens, shown, unknown};
use crate::ui::model::outcome::skip_words;
use crate::ui::model::words::run_look;
use crate::ui::runs::elapsed::Elapsed;
use crate::ui::runs::error_line::ErrorLine;
use crate::ui::runs::marks::{Norm, RunMarks};
use crate::ui::runs::trigger::TriggerMarks;
use crate::ui::state::menu::RowMenu;
use leptos::prelude::*;

/// Returns when the run began or, until it has, when it was to.
fn began(run: &AgentRun) -> Timestamp {
    run.started_at.or(run.scheduled_for.filter(|_| run.status == RunStatus::Skipped)).unwrap_or(run.queued_at)
}

/// Returns the event of that time, for a run that never began; empty for one that did.
fn did(run: &AgentRun) -> &'static str {
    match (run.started_at, run.status, run.scheduled_for) {
        (Some(_), ..) => "",
        (None, RunStatus::Skipped, Some(_)) => "due ",
        (None, ..) => "queued ",
    }
}

/// The row. Its elements stay for as long as the run is listed; live updates change values in place.
#[component]
pub fn HistoryRow(#[prop(into)] run: Signal<AgentRun>, norm: Norm, menu: RowMenu<RunId>) -> impl IntoView {
    let id = run.with_untracked(|run| run.id);
    let look = Signal::derive(move || run.with(run_look));
    let at = Signal::derive(move || run.with(began));
    let running = move || run.with(|run| run.status == RunStatus::Running);
    let skipped = Signal::derive(move || run.with(|run| run.status == RunStatus::Skipped));
    // The whole row leads to the run; those who hear a list of links hear which run and when.
    let started = moment(at);
    let label = move || format!("{}: run #{id}, {}", look.read().word, started.get());
    let reason = Memo::new(move |_| {
        let reason = |run: &AgentRun| (run.status == RunStatus::Skipped).then(|| skip_words(run.skip_reason));
        run.with(|run| reason(run).filter(|_| run.error.is_none()))
    });
    let usage = Memo::new(move |_| {
        let over = run.with(|run| run.status.is_terminal());
        (run.with(|run| shown(&run.usage, over)), unknown(over))
    });
    let error = Memo::new(move |_| {
        run.with(|run| run.error.clone().filter(|_| matches!(run.status, RunStatus::Failed | RunStatus::Skipped)))
    });
    view! {
        <tr class:is-running=running data-run=id.to_string()>
            <th scope="row">
                <a class="row-link" href=format!("/runs/{id}") aria-label=move || label()><Status look=look/></a>
                <small class="run-id p-1">{format!(" #{id}")}</small>
            </th>
            <td class="started"><RowTime at=at did=Signal::derive(move || run.with(did))/></td>
            <td class="num"><Elapsed run=run/></td>
            <td>
                <TriggerMarks run=run.get_untracked()/>
                <RunMarks run=run norm=norm/>
                {move || reason.get().map(|reason| view! { <span class="reason">{reason}</span> })}
            </td>
            <td class="num p-2">
                {move || {
                    let (usage, unknown) = usage.get();
                    view! { <Tokens count=usage.total_tokens estimated=usage.usage_estimated unknown=unknown/> }
                }}
            </td>
            <td class="num p-2">
                {move || {
                    let (usage, unknown) = usage.get();
                    view! { <Cost amount=usage.total_cost estimated=usage.usage_estimated unknown=unknown/> }
                }}
            </td>
            <td class="col-menu">
                <MenuButton menu=menu row=id label=format!("Actions for run #{id}") class="btn--xs"/>
            </td>
        </tr>
        <ErrorLine error=error quiet=skipped run=id columns="7"/>
    }
}

/// The head of the table, the same over rows and placeholders.
#[component]
pub fn HistoryHead() -> impl IntoView {
    view! {
        <thead>
            <tr>
                <th scope="col" class="c-status">"Status"</th>
                <th scope="col" class="c-started">"Started"<ZoneNote/></th>
                <th scope="col" class="c-num num">"Duration"</th>
                <th scope="col" class="c-trigger">"Trigger"</th>
                <th scope="col" class="c-num num p-2">"Tokens"</th>
                <th scope="col" class="c-num num p-2">"Cost"</th>
                <th scope="col" class="col-menu">
                    <span class="visually-hidden">"Actions"</span>
                    <span aria-hidden="true" class="muted">"⋮"</span>
                </th>
            </tr>
        </thead>
    }
}
