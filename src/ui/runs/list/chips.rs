//! The filters that are in force, each with a link that takes it away, and what all runs come to.

use crate::domain::duration::format_count;
use crate::domain::time::Timestamp;
use crate::domain::views::runs::{AgentName, RunTotals};
use crate::ui::kit::icon::Icon;
use crate::ui::kit::time::ShortTime;
use crate::ui::model::runs_page::{ChipValue, FilterChip, RunsAddress, chips, totals_cost};
use leptos::prelude::*;

/// Chips, and totals where they were asked for. Neither changes while the page is there.
#[component]
pub fn ActiveFilters(address: RunsAddress, agents: Vec<AgentName>, totals: Option<RunTotals>) -> impl IntoView {
    let chips = chips(&address, &agents);
    let clear = (!chips.is_empty()).then(|| {
        let all = RunsAddress { totals: address.totals, ..RunsAddress::default() };
        view! { <a class="link-btn" href=all.href()>"Clear all"</a> }
    });
    let totals = match totals {
        Some(totals) => said(totals).into_any(),
        None => {
            let href = RunsAddress { totals: true, ..address }.href();
            view! { <a class="link-btn" href=href>"Show totals"</a> }.into_any()
        }
    };
    view! {
        <div class="filters__active">
            {chips.into_iter().map(chip).collect_view()}
            {clear}
            <div class="totals">{totals}</div>
        </div>
    }
}

fn chip(FilterChip { key, value, href }: FilterChip) -> impl IntoView {
    let label = format!("Remove the filter {key}");
    let value = match value {
        ChipValue::Text(text) => view! { <bdi class="chip__value">{text}</bdi> }.into_any(),
        ChipValue::Times { from, to } => times(from, to).into_any(),
    };
    view! {
        <span class="chip">
            <span class="chip__key">{key}</span>
            {value}
            <a href=href aria-label=label><Icon name="close"/></a>
        </span>
    }
}

fn times(from: Option<Timestamp>, to: Option<Timestamp>) -> impl IntoView {
    let words = if from.is_some() { " until " } else { "until " };
    let from = from.map(|from| view! { "from "<ShortTime at=Signal::stored(from)/> });
    let to = to.map(|to| view! { {words}<ShortTime at=Signal::stored(to)/> });
    view! { <span>{from}{to}</span> }
}

fn said(totals: RunTotals) -> impl IntoView {
    let runs = if totals.runs == 1 { " run" } else { " runs" };
    let tokens = totals.total_tokens.map(|tokens| {
        view! { <span><strong>{format_count(tokens)}</strong>" tokens"</span> }
    });
    let unknown = (totals.unpriced_runs > 0)
        .then(|| format!("The cost of {} of these runs is not known", format_count(totals.unpriced_runs)));
    let cost = totals_cost(&totals);
    view! {
        <span><strong>{format_count(totals.runs)}</strong>{runs}</span>
        {tokens}
        <span title=unknown><strong>{cost}</strong></span>
    }
}
