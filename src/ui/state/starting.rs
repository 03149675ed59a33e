//! The dialog in which a run is started with something. What it shows is read, and its code
//! loaded, before it is opened.

use crate::api::starts::{read_start_form, retry_run_with, start_run_with};
use crate::domain::id::{AgentId, RunId};
use crate::domain::request::RunRequest;
use crate::domain::views::start::StartForm;
use crate::error::AppError;
use crate::ui::dom;
use crate::ui::model::address::WITH;
use crate::ui::state::lazy::{self, LazyView, LazyViews};
use crate::ui::state::request_keys::RequestKeys;
use crate::ui::state::toasts::Toasts;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The run that somebody is about to start.
#[derive(Clone, Debug)]
pub struct NewStart {
    pub agent: AgentId,
    /// The run that it repeats.
    pub repeats: Option<RunId>,
    pub form: StartForm,
    /// The form's code.
    pub show: LazyView<StartInput>,
}

/// A run that was started.
#[derive(Clone, Copy, Debug)]
pub struct Started {
    pub run: RunId,
    /// Whether it begins at a time of its own.
    pub is_put_off: bool,
}

/// The input of the form: what is started, and what gets the new run.
pub struct StartInput {
    pub starting: Starting,
    pub new: NewStart,
    pub done: Callback<Started>,
}

/// The dialog of a page.
#[derive(Clone, Copy)]
pub struct Starting {
    pub open: RwSignal<bool>,
    pub new: RwSignal<Option<NewStart>>,
    /// Whether it is being read, or being started.
    pub busy: RwSignal<bool>,
    toasts: Toasts,
    keys: RequestKeys,
    lazy: LazyViews,
}

impl Starting {
    /// Creates the state for the page being rendered; closed.
    pub fn of_page() -> Self {
        let (open, busy) = (RwSignal::new(false), RwSignal::new(false));
        let (toasts, keys) = (Toasts::from_context(), RequestKeys::from_context());
        Self { open, new: RwSignal::new(None), busy, toasts, keys, lazy: LazyViews::from_context() }
    }

    /// Opens the dialog for a run of an agent, or for one that repeats a run.
    pub fn ask(self, agent: AgentId, repeats: Option<RunId>) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        lazy::begin(self.lazy.start);
        spawn_local(async move {
            let new = self.prepare(agent, repeats).await;
            _ = self.busy.try_set(false);
            match new {
                Ok(new) => {
                    _ = self.new.try_set(Some(new));
                    _ = self.open.try_set(true);
                }
                Err(error) => self.toasts.error("Could not prepare the run", error),
            }
        });
    }

    async fn prepare(self, agent: AgentId, repeats: Option<RunId>) -> Result<NewStart, AppError> {
        let form = read_start_form(agent, repeats).await?;
        let show = (self.lazy.start)().await?;
        Ok(NewStart { agent, repeats, form, show })
    }

    /// Opens it where the address of the page says so; once, since the address forgets it.
    pub fn when_asked_for(self, agent: AgentId, repeats: Option<RunId>) {
        Effect::new(move |_| {
            if dom::query() == WITH {
                dom::set_address(&window().location().pathname().unwrap_or_default(), false);
                self.ask(agent, repeats);
            }
        });
    }

    /// Starts it, then closes the dialog and calls `done`; or calls `refused` with what prevented it.
    pub fn start(self, request: RunRequest, done: Callback<Started>, refused: impl Fn(AppError) + 'static) {
        let Some((agent, repeats)) = self.new.with_untracked(|new| new.as_ref().map(|new| (new.agent, new.repeats)))
        else {
            return;
        };
        self.busy.set(true);
        let is_put_off = request.not_before.is_some();
        spawn_local(async move {
            // Cannot fail: texts and numbers.
            let asked = format!("start {agent} {repeats:?} {}", serde_json::to_string(&request).unwrap_or_default());
            let key = self.keys.of(&asked);
            let started = match repeats {
                None => start_run_with(agent, request, key).await,
                Some(run) => retry_run_with(run, request, key).await,
            };
            self.keys.answered(&asked, &started);
            _ = self.busy.try_set(false);
            match started {
                Ok(run) => {
                    _ = self.open.try_set(false);
                    _ = done.try_run(Started { run, is_put_off });
                }
                Err(error) => refused(error),
            }
        });
    }
}
