//! The table of groups: what each has cost, and how often its runs failed.

use crate::domain::duration::{format_count, format_ms};
use crate::domain::stats::By;
use crate::domain::views::analytics::AnalyticsRow;
use crate::ui::kit::dash::Dash;
use crate::ui::model::analytics::{by_words, failed_href, runs_href, share, unknown_words};
use crate::ui::model::words::percent;
use leptos::prelude::*;

/// The panel with the table.
#[component]
pub fn AnalyticsTable(by: By, rows: Vec<AnalyticsRow>, more: i64) -> impl IntoView {
    let words = by_words(by);
    let note = (by == By::Tag).then_some("Tags are those that agents have now. An agent with several counts in each.");
    let more = (more > 0).then(|| format!("{} more are not shown; GET /api/stats has all.", format_count(more)));
    let content = match rows.is_empty() {
        true => view! { <p class="empty empty--s">"No run has ended in this time."</p> }.into_any(),
        false => view! {
            <table class="table">
                <caption class="visually-hidden">{format!("Cost and failures by {words}, highest cost first")}</caption>
                <thead>
                    <tr>
                        <th scope="col" class="c-text">{capital(words)}</th>
                        <th scope="col" class="num">"Cost"</th>
                        <th scope="col" class="num p-1">"Share"</th>
                        <th scope="col" class="num">"Runs"</th>
                        <th scope="col" class="num">"Failed"</th>
                        <th scope="col" class="num p-2">"Success"</th>
                        <th scope="col" class="num p-2">"Tokens"</th>
                        <th scope="col" class="num p-3">"Median"</th>
                        <th scope="col" class="num p-3">"p95"</th>
                    </tr>
                </thead>
                <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
            </table>
        }
        .into_any(),
    };
    view! {
        <section class="panel table-box" aria-labelledby="groups-h">
            <div class="panel__head"><h2 id="groups-h">{format!("By {words}")}</h2><p>{note}</p></div>
            {content}
            {more.map(|more| view! { <p class="table-foot">{more}</p> })}
        </section>
    }
}

fn row(row: AnalyticsRow) -> impl IntoView {
    let runs = runs_href(&row);
    let label = match runs {
        Some(href) => view! { <a href=href><bdi>{row.label.clone()}</bdi></a> }.into_any(),
        None => view! { <bdi>{row.label.clone()}</bdi> }.into_any(),
    };
    let cost = match row.cost {
        Some(cost) => view! { {cost.to_string()} }.into_any(),
        None => view! { <Dash label="not known"/> }.into_any(),
    };
    let failed = match (row.failed, failed_href(&row)) {
        (1.., Some(href)) => view! { <a href=href>{format_count(row.failed)}</a> }.into_any(),
        _ => view! { {format_count(row.failed)} }.into_any(),
    };
    let duration = |ms: Option<i64>| match ms {
        Some(ms) => view! { {format_ms(ms)} }.into_any(),
        None => view! { <Dash label="no finished runs"/> }.into_any(),
    };
    let rate = match row.success_rate {
        Some(rate) => view! { {percent(rate)} }.into_any(),
        None => view! { <Dash label="no finished runs"/> }.into_any(),
    };
    let unknown = unknown_words(&row).map(|words| view! { <small class="soft">{words}</small> });
    view! {
        <tr>
            <th scope="row" class="c-text">{label}</th>
            <td class="num">{cost}{unknown}</td>
            <td class="num p-1">{share(&row)}</td>
            <td class="num">{format_count(row.runs)}</td>
            <td class="num">{failed}</td>
            <td class="num p-2">{rate}</td>
            <td class="num p-2">{format_count(row.total_tokens)}</td>
            <td class="num p-3">{duration(row.p50_ms)}</td>
            <td class="num p-3">{duration(row.p95_ms)}</td>
        </tr>
    }
}

fn capital(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().into_iter().flat_map(char::to_uppercase).chain(chars).collect()
}
