//! Links to the parts of the agents, with how many there are of each.

use crate::domain::duration::format_count;
use crate::ui::model::address::Address;
use crate::ui::model::order::{Sort, Standing};
use crate::ui::state::dashboard::Dashboard;
use leptos::prelude::*;

/// All agents, those that need attention, those that are running, and so on.
#[component]
pub fn Standings() -> impl IntoView {
    let state = Dashboard::from_context();
    let all = Memo::new(move |_| state.agent_count());
    let counts = Memo::new(move |_| match state.is_paged() {
        true => Standing::ALL.map(|standing| state.counts.read().of(standing) as usize),
        false => state.with_agents(Standing::counts),
    });
    // A tab in the background says it too.
    let attention = Memo::new(move |_| counts.read()[Standing::Attention as usize]);
    Effect::new(move |_| {
        let badge = match attention.get() {
            0 => String::new(),
            count => format!("({}) ", format_count(count as i64)),
        };
        document().set_title(&format!("{badge}Dashboard · Runboard"));
    });
    let parts = Standing::ALL.into_iter().enumerate().map(|(place, standing)| {
        let count = Signal::derive(move || counts.read()[place]);
        view! { <Part only=Some(standing) label=standing.label() count=count/> }
    });
    view! {
        <nav class="standings" aria-label="Agents by status">
            <Part only=None label="All" count=all/>
            {parts.collect_view()}
            <ByTag/>
        </nav>
    }
}

/// Puts the agents into groups by their first tag, or takes them out again; nothing while no agent has a tag, or
/// while they come in pages.
#[component]
fn ByTag() -> impl IntoView {
    let state = Dashboard::from_context();
    let has_tags = Memo::new(move |_| state.with_agents(|rows| rows.iter().any(|row| !row.tags.is_empty())));
    let is_on = Memo::new(move |_| state.table.read().sort.by_tag);
    let href = move || {
        let address = state.address.get();
        Address { sort: Sort { by_tag: !address.sort.by_tag, ..address.sort }, ..address }.href()
    };
    let link = move || {
        view! {
            <a class="standings__group" href=move || href() aria-current=move || is_on.get().then_some("true")>
                "Group by tag"
            </a>
        }
    };
    view! { {move || (!state.is_paged() && (has_tags.get() || is_on.get())).then(link)} }
}

#[component]
fn Part(only: Option<Standing>, label: &'static str, #[prop(into)] count: Signal<usize>) -> impl IntoView {
    let state = Dashboard::from_context();
    let is_shown = Memo::new(move |_| state.table.read().only == only);
    let href = move || Address { only, ..state.address.get().from_start() }.href();
    let alarm = move || only == Some(Standing::Attention) && count.get() > 0;
    view! {
        <a href=move || href() aria-current=move || is_shown.get().then_some("true")>
            {label}" "
            <span class="standings__count" class:is-alarm=alarm>{move || format_count(count.get() as i64)}</span>
        </a>
    }
}
