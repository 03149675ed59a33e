//! One run among those of all agents, and under it what went wrong.

use crate::domain::id::RunId;
use crate::domain::run::{AgentRun, RunStatus};
use crate::domain::views::runs::ListedRun;
use crate::ui::kit::menu::MenuButton;
use crate::ui::kit::status::Status;
use crate::ui::kit::time::{RowTime, moment};
use crate::ui::kit::usage::{Cost, Tokens};
use crate::ui::model::history::Around;
use crate::ui::model::run_result::result_words;
use crate::ui::model::start::first_line;
use crate::ui::model::usage::shown;
use crate::ui::model::words::{run_look, status_words};
use crate::ui::runs::elapsed::Elapsed;
use crate::ui::runs::error_line::ErrorLine;
use crate::ui::runs::list::bulk::boxes::RunBox;
use crate::ui::runs::list::found::FoundLine;
use crate::ui::runs::marks::RunMarks;
use crate::ui::runs::row::{began, did};
use crate::ui::runs::tags::Tags;
use crate::ui::runs::trigger::TriggerMarks;
use crate::ui::state::hold::Holding;
use crate::ui::state::menu::RowMenu;
use crate::ui::state::run_selection::RunSelection;
use leptos::prelude::*;

/// How many tags stand in a row; the rest are counted.
const TAGS: usize = 2;

/// The row. Its elements stay for as long as the run is listed; live updates change values in place.
#[component]
pub fn ListedRow(listed: Signal<ListedRun>, menu: RowMenu<RunId>, selection: RunSelection) -> impl IntoView {
    let run: Signal<AgentRun> = Memo::new(move |_| listed.with(|listed| listed.run.clone())).into();
    let name = Memo::new(move |_| listed.with(|listed| listed.agent_name.clone()));
    let (id, agent) = run.with_untracked(|run| (run.id, run.agent_id));
    let look = Signal::derive(move || run.with(run_look));
    let at = Signal::derive(move || run.with(began));
    let running = move || run.with(|run| run.status == RunStatus::Running);
    let kept = Memo::new(move |_| run.with(|run| run.kept_at.is_some()));
    let skipped = Signal::derive(move || run.with(|run| run.status == RunStatus::Skipped));
    // The whole row leads to the run; those who hear a list of links hear which run and when.
    let started = moment(at);
    let label = move || format!("{}: run #{id} of {}, {}", run.with(status_words), name.get(), started.get());
    let holding = Holding::from_context();
    let result = Memo::new(move |_| {
        let on_hold = run.with(|run| run.status == RunStatus::Queued) && holding.is_on();
        run.with(|run| result_words(run, None, on_hold, None))
    });
    // It stays as it was found, whatever becomes of it while it is listed.
    let found = listed.with_untracked(|listed| listed.found.clone());
    // A run's input never changes.
    let given = run.with_untracked(|run| first_line(run.brief.input_preview.as_deref()).map(str::to_owned));
    let tags = Memo::new(move |_| run.with(|run| run.brief.tags.clone()));
    let is_given = given.is_some();
    let (model, version) =
        run.with_untracked(|run| (run.model.clone(), run.agent_version.map(|number| format!("v{number}"))));
    let usage = Memo::new(move |_| run.with(shown));
    let error = Memo::new(move |_| {
        run.with(|run| run.error.clone().filter(|_| matches!(run.status, RunStatus::Failed | RunStatus::Skipped)))
    });
    let around = Callback::new(|_| Around::default());
    view! {
        <tr class:is-running=running data-run=id.to_string() role="row">
            <RunBox selection=selection id=id/>
            <th class="c-status" scope="row" role="rowheader">
                <a class="row-link" href=format!("/runs/{id}") aria-label=move || label()><Status look=look/></a>
                <small class="run-id">{format!(" #{id}")}{move || kept.get().then_some(" · kept")}</small>
            </th>
            <td class="c-agent" role="cell"><a href=format!("/agents/{agent}")><bdi>{name}</bdi></a></td>
            <td class="c-what" role="cell" title=move || result.get()>
                <div class="what">
                    <span class="what__text">
                        <RunMarks run=run around=around/>
                        {given.map(|given| view! { <span class="what__given" dir="auto">{given}</span> })}
                        {move || (is_given && !result.read().is_empty()).then_some(" → ")}
                        <span dir="auto">{move || result.get()}</span>
                    </span>
                    {move || (!tags.read().is_empty()).then(|| view! { <Tags tags=tags.get() shown=TAGS/> })}
                </div>
            </td>
            <td class="started" role="cell"><RowTime at=at did=Signal::derive(move || run.with(did))/></td>
            <td class="num c-dur" role="cell"><Elapsed run=run/></td>
            <td class="c-trigger p-3" role="cell"><TriggerMarks run=run.get_untracked()/></td>
            <td class="c-model" role="cell" dir="auto">{model}</td>
            <td class="num c-version" role="cell">{version}</td>
            <td class="num c-tokens" role="cell">
                {move || {
                    let (usage, unknown) = usage.get();
                    view! { <Tokens count=usage.total_tokens estimated=usage.usage_estimated unknown=unknown/> }
                }}
            </td>
            <td class="num c-cost" role="cell">
                {move || {
                    let (usage, unknown) = usage.get();
                    view! { <Cost amount=usage.total_cost estimated=usage.usage_estimated unknown=unknown/> }
                }}
            </td>
            <td class="col-menu" role="cell">
                <MenuButton menu=menu row=id label=format!("Actions for run #{id}") class="btn--xs"/>
            </td>
        </tr>
        {found.map(|found| view! { <FoundLine found=found/> })}
        <ErrorLine error=error quiet=skipped run=id columns="12"/>
    }
}
