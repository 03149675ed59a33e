//! Stop and Retry of a run's page.

use crate::ui::dom;
use crate::ui::kit::icon::Icon;
use crate::ui::model::run_view::RunView;
use crate::ui::state::actions::Actions;
use leptos::prelude::*;
use std::time::Duration;

/// How long leaving for another page may take.
const LEAVING: Duration = Duration::from_secs(10);

/// Stop works while the run is queued or running, Retry once it is over. Both keep their place and the focus.
#[component]
pub fn RunActions(view: Memo<RunView>) -> impl IntoView {
    let actions = Actions::from_context();
    let busy = RwSignal::new(false);
    let run = move || view.with(|view| view.detail.run.clone());
    let can_stop = Memo::new(move |_| {
        let run = run();
        !run.status.is_terminal() && !run.is_stopping() && !busy.get()
    });
    let can_retry = Memo::new(move |_| run().status.is_terminal() && !busy.get());
    let id = move || view.with_untracked(|view| view.detail.run.id);
    let stop = move |_| {
        if can_stop.get_untracked() {
            actions.stop(id(), busy);
        }
    };
    let retry = move |_| {
        if can_retry.get_untracked() {
            actions.retry(id(), busy, move |new| {
                // Once is enough, however long the next page takes; coming back to this one frees the button again.
                busy.set(true);
                set_timeout(move || _ = busy.try_set(false), LEAVING);
                dom::leave_for(&format!("/runs/{new}"));
            });
        }
    };
    view! {
        <div class="actions">
            <button
                class="btn"
                type="button"
                aria-disabled=move || (!can_stop.get()).then_some("true")
                data-script=""
                on:click=stop
            >
                <Icon name="stop"/>
                "Stop"
            </button>
            <button
                class="btn"
                type="button"
                aria-disabled=move || (!can_retry.get()).then_some("true")
                data-script=""
                on:click=retry
            >
                <Icon name="retry"/>
                "Retry"
            </button>
        </div>
    }
}
