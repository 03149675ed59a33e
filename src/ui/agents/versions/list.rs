//! The list of an agent's versions, each with what its runs came to.

use crate::domain::agent::version::{AgentVersion, VersionFigures};
use crate::domain::duration::{format_count, format_ms};
use crate::domain::id::AgentId;
use crate::domain::views::versions::VersionsView;
use crate::ui::kit::dash::Dash;
use crate::ui::kit::time::ShortTime;
use crate::ui::model::versions::{self, Delta, VersionsAddress, cost_delta, success_delta};
use crate::ui::model::words::percent;
use leptos::prelude::*;

/// The panel with the table. It shows what there was when the page was read; `present` says what there is now.
#[component]
pub fn VersionList(agent: AgentId, view: VersionsView, present: Memo<i64>) -> impl IntoView {
    let chosen = view.compared.as_ref().and_then(|compared| compared.as_ref().ok()).map(|compared| compared.b);
    let VersionsView { versions, has_newer, has_older, .. } = view;
    let newest = versions.first().map_or(0, |version| version.number);
    let oldest = versions.last().map(|version| version.number);
    let rows = versions.iter().enumerate().map(|(at, version)| {
        let earlier = versions::before(&versions, at, has_older);
        let compared = versions.get(at + 1).map(|version| version.figures);
        row(agent, version.clone(), earlier, compared, chosen == Some(version.number), present)
    });
    let rows = rows.collect_view();
    let is_older = move || !has_newer && present.get() > newest;
    let page = |below: Option<i64>| VersionsAddress { below, ..VersionsAddress::default() }.href(agent);
    let (first, next) = (page(None), page(oldest));
    let saved = page(None);
    // The first of both links is pushed to the end.
    let push = (!has_newer).then_some("push");
    view! {
        <section class="panel table-box" aria-labelledby="versions-h">
            <div class="panel__head">
                <h2 id="versions-h">"Versions"</h2>
                <p>"Every saved change makes one; none is ever changed."</p>
                <div class="actions" role="status">
                    {move || is_older().then(|| view! {
                        <a class="btn btn--s" href=saved.clone()>{format!("Show version {}", present.get())}</a>
                    })}
                </div>
            </div>
            <table class="table table--two versions" role="table">
                <caption class="visually-hidden">"Versions, newest first"</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <th role="columnheader" scope="col">"Version"</th>
                        <th role="columnheader" scope="col" class="c-text">"What changed"</th>
                        <th role="columnheader" scope="col">"Saved"</th>
                        <th role="columnheader" scope="col" class="num p-2">"Runs"</th>
                        <th role="columnheader" scope="col" class="num">"Success"</th>
                        <th role="columnheader" scope="col" class="num p-3">"Median"</th>
                        <th role="columnheader" scope="col" class="num p-2">"Cost per run"</th>
                        <th role="columnheader" scope="col" class="p-1">
                            <span class="visually-hidden">"Comparison"</span>
                        </th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
            <div class="table-foot">
                <span>"Differences from the version before are shown once both have 20 runs."</span>
                {has_newer.then(|| view! { <a class="push" href=first>"Newest versions"</a> })}
                {has_older.then(|| view! { <a class=push href=next>"Older versions"</a> })}
            </div>
        </section>
    }
}

/// `earlier` is the version before, if it is on record, and `compared` its figures, if they are known here.
fn row(
    agent: AgentId,
    version: AgentVersion,
    earlier: Option<i64>,
    compared: Option<VersionFigures>,
    is_chosen: bool,
    present: Memo<i64>,
) -> impl IntoView + use<> {
    let AgentVersion { number, created_at, note, changes, figures, .. } = version;
    let href = earlier.map(|earlier| VersionsAddress::of(earlier, number).href(agent));
    let current = is_chosen.then_some("true");
    let name = match href.clone() {
        Some(href) => view! { <a class="strong" href=href>{number}</a> }.into_any(),
        None => view! { <span class="strong">{number}</span> }.into_any(),
    };
    let success = compared.and_then(|before| success_delta(&figures, &before));
    let cost = compared.and_then(|before| cost_delta(&figures, &before));
    view! {
        <tr role="row" class=is_chosen.then_some("is-selected")>
            <th role="rowheader" scope="row" class="c-lead">
                {name}" "
                {move || (present.get() == number).then(|| view! { <span class="tag">"Current"</span> })}
            </th>
            <td role="cell" class="c-text c-said">
                <span class="strong" dir="auto">{changes}</span>
                {note.map(|note| view! { <small dir="auto">{format!("“{note}”")}</small> })}
            </td>
            <td role="cell" class="c-mid"><ShortTime at=created_at/></td>
            <td role="cell" class="num p-2">{format_count(figures.runs)}</td>
            <td role="cell" class="num c-end">{figure(figures.success_rate.map(percent), success)}</td>
            <td role="cell" class="num p-3">{figure(figures.p50_ms.map(format_ms), None)}</td>
            <td role="cell" class="num p-2">{figure(versions::cost_words(&figures), cost)}</td>
            <td role="cell" class="num p-1">
                {href.map(|href| view! {
                    <a class="btn btn--ghost btn--xs" href=href aria-current=current>
                        "Diff"
                        <span class="visually-hidden">{format!(" of version {number}")}</span>
                    </a>
                })}
            </td>
        </tr>
    }
}

fn figure(text: Option<String>, delta: Option<Delta>) -> impl IntoView {
    view! {
        {match text {
            Some(text) => text.into_any(),
            None => view! { <Dash label="no finished runs"/> }.into_any(),
        }}
        {delta.map(|Delta { text, class }| view! { <small class=class>{text}</small> })}
    }
}
