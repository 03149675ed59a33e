//! The report of an import: the changes to each agent, planned or made, setting by setting.

use crate::domain::agent::import::{ImportError, ImportReport, ImportResult, ImportedAgent};
use crate::domain::agent::version::SettingDiff;
use crate::ui::kit::icon::Icon;
use crate::ui::model::import::{apply_words, result_words};
use crate::ui::runs::compare::lines::line_table;
use leptos::prelude::*;

/// A panel with a part for each agent that does not stay as it is, and the button that carries it out.
#[component]
pub fn Report(report: ImportReport, apply: Callback<()>, busy: RwSignal<bool>) -> impl IntoView {
    let can_apply = report.dry_run && report.failed == 0 && report.has_changes();
    let words = apply_words(&report);
    let is_done = !report.dry_run;
    let shown: Vec<ImportedAgent> =
        report.agents.into_iter().filter(|agent| agent.result != ImportResult::Unchanged).collect();
    if shown.is_empty() {
        return ().into_any();
    }
    view! {
        <section class="panel table-box" aria-labelledby="changes-h">
            <div class="panel__head">
                <h2 id="changes-h">{if is_done { "Imported" } else { "Changes" }}</h2>
                <div class="actions">
                    {can_apply.then(|| view! {
                        <button
                            class="btn btn--primary"
                            type="button"
                            aria-busy=move || busy.get().then_some("true")
                            on:click=move |_| apply.run(())
                        >
                            {words}
                        </button>
                    })}
                    {is_done.then(|| view! { <a class="btn" href="/">"Show agents"</a> })}
                </div>
            </div>
            {shown.into_iter().map(|agent| one(agent, is_done)).collect_view()}
        </section>
    }
    .into_any()
}

fn one(agent: ImportedAgent, is_done: bool) -> impl IntoView {
    let ImportedAgent { name, line, result, id, changes, errors, .. } = agent;
    let title = match id {
        Some(id) => view! { <a href=format!("/agents/{id}")><bdi>{name}</bdi></a> }.into_any(),
        None => view! { <bdi>{name}</bdi> }.into_any(),
    };
    let (texts, others): (Vec<_>, Vec<_>) = changes.into_iter().partition(|change| !change.lines.is_empty());
    let rows = others.into_iter().map(|change| row(change, result)).collect_view();
    let texts = texts.into_iter().map(|SettingDiff { label, lines, .. }| {
        let caption = format!("{label}, by line");
        view! {
            <h4 class="panel__sub">{label}</h4>
            {line_table(caption, lines)}
        }
    });
    view! {
        <h3 class="panel__sub">
            {title}" "<span class="tag">{result_words(result, is_done)}</span>" "<span class="muted">{format!("line {line}")}</span>
        </h3>
        {errors.into_iter().map(mistake).collect_view()}
        <table class="table table--wrap">
            <caption class="visually-hidden">"Settings"</caption>
            <tbody>{rows}</tbody>
        </table>
        {texts.collect_view()}
    }
}

fn row(SettingDiff { label, before, after, .. }: SettingDiff, result: ImportResult) -> impl IntoView {
    let before = (result == ImportResult::Changed).then(|| {
        view! {
            <span dir="auto">{before}</span>
            <Icon name="arrow-right"/>
            <span class="visually-hidden">"changed to "</span>
        }
    });
    view! {
        <tr>
            <th scope="row" class="strong">{label}</th>
            <td class="c-wide"><span class="change">{before}<span class="strong" dir="auto">{after}</span></span></td>
        </tr>
    }
}

fn mistake(error: ImportError) -> impl IntoView {
    let setting = error.setting().to_owned();
    let ImportError { detail, line, .. } = error;
    view! {
        <p class="field__error import-error">
            <Icon name="error"/>
            <span dir="auto">{format!("Line {line}, ")}<code>{setting}</code>{format!(": {detail}")}</span>
        </p>
    }
}
