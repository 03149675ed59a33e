//! The steps of both runs, aligned by call, with their times in one plot. In each cell the run that is compared with stands above.

use crate::domain::duration::format_ms;
use crate::domain::id::RunId;
use crate::domain::run::AgentRun;
use crate::domain::step::StepKind;
use crate::domain::views::comparison::{Figures, PairedStep, RunComparison, StepPair};
use crate::ui::kit::icon::Icon;
use crate::ui::model::comparison::{call_words, fork_words, pair_note, span_ms};
use crate::ui::runs::compare::figures::{cells, plot};
use leptos::prelude::*;

#[component]
pub fn StepPairs(compared: RunComparison) -> impl IntoView {
    let (a, b, span) = (compared.a.run.id, compared.b.run.id, span_ms(&compared));
    let fork = compared.forks_at.and_then(|at| usize::try_from(at).ok());
    let figures = |run: &AgentRun| Figures {
        duration_ms: run.duration_ms,
        tokens: run.usage.total_tokens,
        cost: run.usage.total_cost,
    };
    let whole = cells(Some(figures(&compared.a.run)), Some(figures(&compared.b.run)), compared.delta, false);
    let rows = compared.steps.iter().enumerate().map(|(at, pair)| {
        let parts = (fork == Some(at)).then(|| view! {
            <tr class="fork">
                <td colspan="8">"From here the runs differ: "<strong>{call_words(pair)}</strong>" "{fork_words(pair, a, b)}</td>
            </tr>
        });
        view! { {parts}{row(pair, a, b, span)} }
    });
    let rows = rows.collect_view();
    let left_out = (compared.left_out > 0).then(|| {
        let address = format!("/api/runs/{a}/diff/{b}");
        view! { <p class="same">{format!("{} more are left out here; ", compared.left_out)}<code>{address}</code>" has all."</p> }
    });
    let axis = [0, 1, 2, 3].map(|quarter| view! { <span>{format_ms(span * quarter / 4)}</span> }).collect_view();
    view! {
        <section class="panel table-box" aria-labelledby="steps-h">
            <div class="panel__head">
                <h2 id="steps-h">"Steps"</h2><p>"Aligned by call"</p>
                <span class="versus__legend">
                    <span><span class="versus__key versus__key--then"></span>{format!("#{b}")}</span>
                    <span><span class="versus__key versus__key--now"></span>{format!("#{a}")}</span>
                </span>
            </div>
            <table class="table table--s pairs">
                <caption class="visually-hidden">{format!("Steps of both runs; in each cell #{b} stands above #{a}")}</caption>
                <thead>
                    <tr>
                        <th scope="col" class="c-text">"Step"</th>
                        <th scope="col" class="pairs__plot">
                            <span class="visually-hidden">"Timeline"</span><span class="pairs__axis" aria-hidden="true">{axis}</span>
                        </th>
                        <th scope="col" class="num">"Time"</th>
                        <th scope="col" class="num"><abbr title="Difference in time">"±"</abbr></th>
                        <th scope="col" class="num p-2">"Tokens"</th>
                        <th scope="col" class="num p-2"><abbr title="Difference in tokens">"±"</abbr></th>
                        <th scope="col" class="num p-2">"Cost"</th>
                        <th scope="col" class="num p-2"><abbr title="Difference in cost">"±"</abbr></th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
                <tfoot><tr><th scope="row">"Whole run"</th><td class="pairs__plot"></td>{whole}</tr></tfoot>
            </table>
            {left_out}
        </section>
    }
}

fn row(pair: &StepPair, a: RunId, b: RunId, span: i64) -> impl IntoView {
    let failed = pair.a.as_ref().is_some_and(|step| step.error.is_some());
    let (run, step) = match (&pair.a, &pair.b) {
        (None, Some(step)) => (b, Some(step)),
        (step, _) => (a, step.as_ref()),
    };
    let href = format!("/runs/{run}#step-{}", step.map_or(1, |step| step.position));
    let is_tool = pair.kind == StepKind::ToolCall;
    let icon = match (failed, is_tool) {
        (true, _) => "failed",
        (false, true) => "tool",
        (false, false) => "model",
    };
    let note = pair_note(pair, a, b).map(|note| view! { <span class="tag pairs__note">{note}</span> });
    let of = |step: &Option<PairedStep>| step.as_ref().map(|step| step.figures);
    view! {
        <tr class:is-failed=failed>
            <th scope="row" class="c-text">
                <a class="pairs__step" class:pairs__step--tool=is_tool href=href>
                    <Icon name=icon/><span class:mono=is_tool>{call_words(pair)}</span>{note}
                </a>
            </th>
            <td class="pairs__plot">{plot(pair, span)}</td>
            {cells(of(&pair.a), of(&pair.b), pair.delta, is_tool)}
        </tr>
    }
}
