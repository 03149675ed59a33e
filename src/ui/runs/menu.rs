//! The menu of the runs in the open history.

use crate::domain::id::RunId;
use crate::domain::run::AgentRun;
use crate::ui::dom;
use crate::ui::kit::menu::{Command, Item, Menu};
use crate::ui::model::address::change_href;
use crate::ui::state::actions::Actions;
use crate::ui::state::dashboard::Dashboard;
use crate::ui::state::menu::RowMenu;
use leptos::prelude::*;

/// View details, Retry, Retry with changes, Stop; each enabled only while it is legal.
#[component]
pub fn RunMenu() -> impl IntoView {
    let state = Dashboard::from_context();
    let menu = state.run_menu;
    let run = Memo::new(move |_| state.run(menu.target()?));
    view! { <RunMenuOf menu=menu run=run/> }
}

/// The menu for the run that `run` is at the moment.
#[component]
pub fn RunMenuOf(menu: RowMenu<RunId>, run: Memo<Option<AgentRun>>) -> impl IntoView {
    let actions = Actions::from_context();
    let busy = RwSignal::new(false);
    let is = move |test: fn(&AgentRun) -> bool| run.with(|run| run.as_ref().is_some_and(test)) && !busy.get();
    let can_retry = Memo::new(move |_| is(|run| run.status.is_terminal()));
    let can_stop = Memo::new(move |_| is(|run| !run.status.is_terminal() && !run.is_stopping()));
    let id = move || menu.target();
    let href = Signal::derive(move || id().map(|id| format!("/runs/{id}")).unwrap_or_default());
    let retry = Callback::new(move |()| {
        if let Some(id) = untrack(id) {
            actions.retry(id, busy, move |new| actions.say_started(new, format!("Retry of #{id}"), false));
        }
    });
    let can_change = Memo::new(move |_| is(|run| run.status.is_terminal() && !run.chat));
    let change = Callback::new(move |()| {
        if let Some(id) = untrack(id) {
            dom::leave_for(&change_href(id));
        }
    });
    let stop = Callback::new(move |()| {
        if let Some(id) = untrack(id) {
            actions.stop(id, busy);
        }
    });
    let items = vec![
        Item::new("View details", "eye", Command::Go(href)),
        Item { enabled: can_retry.into(), ..Item::new("Retry", "retry", Command::Do(retry)) },
        Item { enabled: can_change.into(), ..Item::new("Retry with changes…", "edit", Command::Do(change)) },
        Item { enabled: can_stop.into(), ..Item::new("Stop", "stop", Command::Do(stop)) },
    ];
    let label = Signal::derive(move || id().map(|id| format!("Actions for run #{id}")).unwrap_or_default());
    view! { <Menu menu=menu label=label items=items/> }
}
