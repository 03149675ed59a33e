//! Looking for agents. The words are part of the address; without JavaScript they are sent as a form.

use crate::domain::duration::format_count;
use crate::ui::agents::board::kept::kept;
use crate::ui::dom;
use crate::ui::kit::icon::Icon;
use crate::ui::model::address::Address;
use crate::ui::state::dashboard::Dashboard;
use crate::ui::state::navigation::Step;
use leptos::ev::{KeyboardEvent, SubmitEvent};
use leptos::prelude::*;

const FIELD: &str = "search";

/// Changes the address in place with the words searched for.
fn searcher() -> Callback<String> {
    let state = Dashboard::from_context();
    Callback::new(move |words| state.go_on(|address| address.searching(words), Step::Same))
}

/// The field in the head of the table; "/" leads to it from anywhere on the page.
#[component]
pub fn Search(#[prop(into)] hidden: Signal<bool>) -> impl IntoView {
    let state = Dashboard::from_context();
    let search = searcher();
    Effect::new(move |_| {
        let listener = window_event_listener(leptos::ev::keydown, |event: KeyboardEvent| {
            let with_modifier = event.ctrl_key() || event.meta_key() || event.alt_key();
            if event.key() == "/" && !with_modifier && !dom::is_typing(&event) {
                event.prevent_default();
                dom::focus_id(FIELD);
            }
        });
        on_cleanup(move || listener.remove());
    });
    view! {
        <form
            class="affix"
            role="search"
            method="get"
            action="/"
            hidden=move || hidden.get()
            on:submit=|event: SubmitEvent| event.prevent_default()
        >
            {move || kept(&Address { all: false, ..state.address.get().searching(String::new()) })}
            <Icon name="search"/>
            <input
                dir="auto"
                class="input"
                id=FIELD
                type="search"
                name="q"
                placeholder="Search agents"
                aria-label="Search agents"
                aria-keyshortcuts="/"
                autocomplete="off"
                value=state.search.get_untracked()
                prop:value=state.search
                on:input=move |event| search.run(event_target_value(&event))
            />
        </form>
    }
}

/// Leads to the agents that are not shown at first.
#[component]
pub fn ShowEvery() -> impl IntoView {
    let state = Dashboard::from_context();
    let href = move || Address { every: true, ..state.address.get() }.href();
    let shown = move || {
        let (shown, found) = state.listed.with(|listed| (listed.shown(), listed.found));
        (shown < found).then(|| {
            view! {
                <div class="table-foot">
                    <span>{format!("{shown} of {} agents", format_count(found as i64))}</span>
                    <a class="link-btn" href=move || href()>"Show all"</a>
                </div>
            }
        })
    };
    view! { {move || shown()} }
}

/// How many agents were found, for those who do not see it; and what to do when there are none.
#[component]
pub fn NothingFound() -> impl IntoView {
    let state = Dashboard::from_context();
    let search = searcher();
    let found = move || {
        let narrowed = state.table.read().is_narrowed();
        narrowed.then(|| state.listed.read().found)
    };
    let only = move || state.table.read().only;
    let searching = move || !state.search.read().trim().is_empty();
    let says = move || match found() {
        None => String::new(),
        Some(1) => "1 agent found".to_owned(),
        Some(n) => format!("{n} agents found"),
    };
    let clear = move |event: leptos::ev::MouseEvent| {
        if dom::is_plain(&event) {
            event.prevent_default();
            search.run(String::new());
            dom::focus_id(FIELD);
        }
    };
    let cleared = move || state.address.get().searching(String::new()).href();
    let all = move || Address { only: None, ..state.address.get().from_start() }.href();
    let reason = move || match (searching(), only()) {
        (false, Some(only)) => view! { <p>{only.none()}</p> }.into_any(),
        (_, only) => {
            let among = only.map(|only| format!(" among those under “{}”", only.label()));
            view! { <p>"No name, description, model or tag contains “"<bdi>{state.search.get()}</bdi>"”"{among}"."</p> }
                .into_any()
        }
    };
    view! {
        <p class="visually-hidden" role="status">{move || says()}</p>
        {move || (found() == Some(0)).then(|| view! {
            <div class="empty">
                <h3>"No matching agents"</h3>
                {move || reason()}
                <div class="actions">
                    {move || searching().then(|| view! {
                        <a class="btn" href=move || cleared() on:click=clear>"Clear search"</a>
                    })}
                    {move || only().map(|_| view! { <a class="btn" href=move || all()>"Show all statuses"</a> })}
                </div>
            </div>
        })}
    }
}
