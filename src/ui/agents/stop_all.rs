//! "Stop all runs of Invoice matcher?": says how many there are, and begins with the safe choice.

use crate::api::agents::{read_contents, stop_agent_runs};
use crate::domain::duration::format_count;
use crate::domain::id::AgentId;
use crate::ui::kit::dialog::Dialog;
use crate::ui::state::actions::Actions;
use crate::ui::state::request_keys::RequestKeys;
use crate::ui::state::toasts::Toasts;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The dialog that asks whether to stop all runs of an agent, and what it is about.
#[derive(Clone, Copy)]
pub struct StopAll {
    agent: AgentId,
    name: Signal<String>,
    open: RwSignal<bool>,
    /// Queued and running when it was asked.
    count: RwSignal<i64>,
    toasts: Toasts,
    actions: Actions,
    keys: RequestKeys,
}

impl StopAll {
    /// Creates the state for the page being rendered; closed.
    pub fn of_page(agent: AgentId, name: Signal<String>) -> Self {
        let (open, count) = (RwSignal::new(false), RwSignal::new(0));
        let (toasts, actions) = (Toasts::from_context(), Actions::from_context());
        Self { agent, name, open, count, toasts, actions, keys: RequestKeys::from_context() }
    }

    /// Asks, unless there is nothing to stop.
    pub fn ask(self) {
        // The page may have gone by the time the server answers.
        let failure = self.failure();
        spawn_local(async move {
            match read_contents(self.agent).await {
                Ok(contents) if contents.active == 0 => self.say_none(),
                Ok(contents) => {
                    _ = self.count.try_set(contents.active);
                    _ = self.open.try_set(true);
                }
                Err(error) => self.toasts.error(failure, error),
            }
        });
    }

    fn confirm(self) {
        self.open.set(false);
        let (failure, name) = (self.failure(), self.name.get_untracked());
        spawn_local(async move {
            let request = format!("stop all of {}", self.agent);
            let answer = stop_agent_runs(self.agent, self.keys.of(&request)).await;
            self.keys.answered(&request, &answer);
            match answer {
                Ok(0) => self.say_none(),
                Ok(count) => {
                    self.toasts.recovered(&failure);
                    self.toasts.success(format!("Stopped {}", runs(count as i64)), name, None);
                }
                Err(error) => self.toasts.error(failure, error),
            }
            self.actions.refresh();
        });
    }

    fn say_none(self) {
        self.toasts.success("Nothing to stop", "No run is queued or running.", None);
    }

    fn failure(self) -> String {
        format!("Could not stop the runs of {}", self.name.get_untracked())
    }
}

fn runs(count: i64) -> String {
    format!("{} {}", format_count(count), if count == 1 { "run" } else { "runs" })
}

/// Shows it.
#[component]
pub fn StopAllDialog(stop_all: StopAll) -> impl IntoView {
    let StopAll { name, open, count, .. } = stop_all;
    let said = move || match count.get() {
        1 => "1 run is queued or running.".to_owned(),
        count => format!("{} are queued or running.", runs(count)),
    };
    view! {
        <Dialog open=open title=Signal::derive(move || format!("Stop all runs of {}?", name.get())) id="stop-all-h">
            <div class="dialog__body">
                <p>{move || said()}" What their tools have already done is not undone. The schedule goes on; pause it to stop that too."</p>
            </div>
            <div class="dialog__foot">
                <button class="btn" type="button" autofocus on:click=move |_| open.set(false)>"Cancel"</button>
                <button class="btn btn--danger" type="button" on:click=move |_| stop_all.confirm()>"Stop all runs"</button>
            </div>
        </Dialog>
    }
}
