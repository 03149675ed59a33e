//! Stop, Retry and Retry with changes of a run's page.

use crate::domain::money::NanoDollars;
use crate::domain::run::{AgentRun, RunStatus};
use crate::ui::dom;
use crate::ui::kit::dialog::Dialog;
use crate::ui::kit::icon::Icon;
use crate::ui::model::run_view::RunView;
use crate::ui::runs::keep::KeepButton;
use crate::ui::runs::start_dialog::StartDialog;
use crate::ui::state::actions::Actions;
use crate::ui::state::starting::{Started, Starting};
use leptos::prelude::*;
use std::time::Duration;

/// How long leaving for another page may take.
const LEAVING: Duration = Duration::from_secs(10);

/// Cost from which on people are asked before a successful run is repeated: ten cents.
const DEAR: NanoDollars = NanoDollars(100_000_000);

fn run_untracked(view: Memo<RunView>) -> AgentRun {
    view.with_untracked(|view| view.detail.run.clone())
}

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
    let repeat = move || {
        actions.retry(id(), busy, move |new| {
            // Once is enough, however long the next page takes; coming back to this one frees the button again.
            busy.set(true);
            set_timeout(move || _ = busy.try_set(false), LEAVING);
            dom::leave_for(&format!("/runs/{new}"));
        });
    };
    let (asking, starting) = (RwSignal::new(false), Starting::of_page());
    let cost = Signal::derive(move || run().usage.total_cost.unwrap_or(NanoDollars(0)));
    let retry = move |_| {
        if !can_retry.get_untracked() {
            return;
        }
        // A failed run is retried for a reason; one that succeeded may have been meant to be looked at.
        match run_untracked(view).status == RunStatus::Success && cost.get_untracked() >= DEAR {
            true => asking.set(true),
            false => repeat(),
        }
    };
    let confirm = move |_| {
        asking.set(false);
        repeat();
    };
    let can_change = Memo::new(move |_| can_retry.get() && !starting.busy.get() && !run().chat);
    let change = move |_| {
        if can_change.get_untracked() {
            let run = run_untracked(view);
            starting.ask(run.agent_id, Some(run.id));
        }
    };
    let is_chat = run_untracked(view).chat;
    if !is_chat {
        let run = run_untracked(view);
        starting.when_asked_for(run.agent_id, Some(run.id));
    }
    let started = Callback::new(|Started { run, .. }| dom::leave_for(&format!("/runs/{run}")));
    view! {
        <div class="actions">
            <KeepButton view=view/>
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
            // The input of a chat's turn is the messages of its thread.
            {(!is_chat).then(|| view! {
                <button
                    class="btn"
                    type="button"
                    aria-haspopup="dialog"
                    aria-disabled=move || (!can_change.get()).then_some("true")
                    data-script=""
                    on:click=change
                >
                    <Icon name="edit"/>
                    "Retry with changes…"
                </button>
            })}
        </div>
        <StartDialog starting=starting done=started/>
        <Dialog open=asking title="Run it again?" id="retry-h">
            <div class="dialog__body">
                <p>"This run has succeeded and cost "<strong>{move || cost.get().to_string()}</strong>". Again it may cost as much."</p>
            </div>
            <div class="dialog__foot">
                <button class="btn" type="button" autofocus on:click=move |_| asking.set(false)>"Cancel"</button>
                <button class="btn btn--primary" type="button" on:click=confirm>"Run again"</button>
            </div>
        </Dialog>
    }
}
