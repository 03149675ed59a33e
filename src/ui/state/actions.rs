//! Actions of buttons on agents and runs: ask the server, and say when it did not work. The outcome itself arrives
//! live.

use crate::api::agents::{delete_agent, duplicate_agent, pause_agent};
use crate::api::runs::{retry_run, start_run, stop_run};
use crate::domain::id::{AgentId, RunId};
use crate::error::{AppError, ErrorKind};
use crate::ui::dom;
use crate::ui::model::address::{copied_href, start_href};
use crate::ui::state::hold::Holding;
use crate::ui::state::live::Live;
use crate::ui::state::request_keys::RequestKeys;
use crate::ui::state::toasts::Toasts;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Loads again what the page shows; provided by pages, used where the live connection is down.
#[derive(Clone, Copy)]
pub struct Reload(pub Callback<()>);

/// Gathers what an action needs from the page it was started on.
#[derive(Clone, Copy)]
pub struct Actions {
    toasts: Toasts,
    live: Live,
    keys: RequestKeys,
    holding: Holding,
    reload: Option<Reload>,
}

impl Actions {
    /// Returns the actions for the page of the calling component.
    pub fn from_context() -> Self {
        Self {
            toasts: Toasts::from_context(),
            live: Live::from_context(),
            keys: RequestKeys::from_context(),
            holding: Holding::from_context(),
            reload: use_context(),
        }
    }

    /// Starts a run of the agent's task.
    pub fn run_now(self, agent: AgentId, name: String, busy: RwSignal<bool>) {
        busy.set(true);
        spawn_local(async move {
            let request = format!("run {agent}");
            let answer = start_run(agent, self.keys.of(&request)).await;
            self.keys.answered(&request, &answer);
            self.settle(busy);
            match answer {
                Ok(run) => {
                    self.toasts.recovered(&format!("Could not run {name}"));
                    self.say_started(run, name, false);
                }
                // Its instructions hold names: they are asked for where there are fields for them.
                Err(error) if error.kind == ErrorKind::Invalid => dom::leave_for(&start_href(agent)),
                Err(error) => self.toasts.error(format!("Could not run {name}"), error),
            }
        });
    }

    /// Asks a run to stop.
    pub fn stop(self, run: RunId, busy: RwSignal<bool>) {
        busy.set(true);
        spawn_local(async move {
            let request = format!("stop {run}");
            let answer = stop_run(run, self.keys.of(&request)).await;
            self.keys.answered(&request, &answer);
            self.settle(busy);
            self.report(format!("Could not stop run #{run}"), answer);
        });
    }

    /// Repeats a run, and calls `then` with the new one.
    pub fn retry(self, run: RunId, busy: RwSignal<bool>, then: impl Fn(RunId) + 'static) {
        busy.set(true);
        spawn_local(async move {
            let request = format!("retry {run}");
            let answer = retry_run(run, self.keys.of(&request)).await;
            self.keys.answered(&request, &answer);
            self.settle(busy);
            match answer {
                Ok(new) => {
                    self.toasts.recovered(&format!("Could not retry run #{run}"));
                    then(new);
                }
                Err(error) => self.toasts.error(format!("Could not retry run #{run}"), error),
            }
        });
    }

    /// Shows that a run was started, by the name of its agent or whatever else says which; or queued, where it does not begin yet.
    pub fn say_started(self, run: RunId, what: String, is_put_off: bool) {
        let title = if is_put_off || self.holding.is_on_now() { "Run queued" } else { "Run started" };
        self.toasts.success(title, what, Some(run));
    }

    /// Holds back an agent's schedule or lets it go on.
    pub fn pause_agent(self, agent: AgentId, name: String, paused: bool) {
        spawn_local(async move {
            let answer = pause_agent(agent, paused).await;
            self.refresh();
            let verb = if paused { "pause" } else { "resume" };
            self.report(format!("Could not {verb} {name}"), answer);
        });
    }

    /// Makes a copy of an agent, and leads to its settings.
    pub fn duplicate_agent(self, agent: AgentId, name: String) {
        spawn_local(async move {
            let request = format!("duplicate {agent}");
            let answer = duplicate_agent(agent, self.keys.of(&request)).await;
            self.keys.answered(&request, &answer);
            match answer {
                Ok(copy) => dom::leave_for(&copied_href(copy)),
                Err(error) => self.toasts.error(format!("Could not duplicate {name}"), error),
            }
        });
    }

    /// Deletes an agent with all it has, then calls `then` with what prevented it: a message on the page would lie
    /// behind the dialog.
    pub fn delete_agent(
        self,
        agent: AgentId,
        name: String,
        busy: RwSignal<bool>,
        then: impl Fn(Result<(), AppError>) + 'static,
    ) {
        busy.set(true);
        spawn_local(async move {
            let answer = delete_agent(agent).await;
            self.settle(busy);
            if answer.is_ok() {
                self.toasts.success("Agent deleted", name, None);
            }
            then(answer);
        });
    }

    /// Reads again what the page shows, where changes do not arrive by themselves.
    pub fn refresh(self) {
        if let Some(Reload(reload)) = self.reload.filter(|_| !self.live.is_live()) {
            reload.try_run(());
        }
    }

    /// Shows the error under this title, or takes away the one that was shown when it did not work before.
    fn report(self, title: String, answer: Result<(), AppError>) {
        match answer {
            Ok(()) => self.toasts.recovered(&title),
            Err(error) => self.toasts.error(title, error),
        }
    }

    /// The page may have gone while the server was working.
    fn settle(self, busy: RwSignal<bool>) {
        _ = busy.try_set(false);
        self.refresh();
    }
}
