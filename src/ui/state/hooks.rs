//! The page of an agent's webhooks: what it shows, read again after each change and whenever a run begins, and what is being
//! done there.

mod form;

use crate::api::hooks::{delete_hook, enable_hook, read_hooks, replay_delivery, rotate_hook};
use crate::domain::hook::{Delivery, Hook, NewAddress};
use crate::domain::id::{AgentId, HookId, RunId};
use crate::domain::time::Timestamp;
use crate::domain::views::hooks::{HookTrial, HooksView};
use crate::error::AppError;
use crate::ui::model::hook_form::{HookText, Mistakes};
use crate::ui::model::hooks::HooksAddress;
use crate::ui::state::clock::Clock;
use crate::ui::state::lazy::{LazyView, LazyViews};
use crate::ui::state::menu::RowMenu;
use crate::ui::state::request_keys::RequestKeys;
use crate::ui::state::toasts::Toasts;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Age at which the page's data are read again.
const MAX_AGE_MS: i64 = 5_000;

/// Something that is asked about before it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubtful {
    Rotate,
    Delete,
}

/// State of the page.
#[derive(Clone, Copy)]
pub struct Hooks {
    pub agent: AgentId,
    pub view: RwSignal<Result<HooksView, AppError>>,
    /// The state in the address.
    pub asked: HooksAddress,
    /// The address that was made last, which only this page can show, and only now.
    pub fresh: RwSignal<Option<NewAddress>>,
    pub menu: RowMenu<HookId>,
    /// The form's code, once it has been opened.
    pub form: RwSignal<Option<LazyView<Hooks>>>,
    /// Whether the form is open, and for which webhook; none for a new one.
    pub form_open: RwSignal<bool>,
    pub edited: RwSignal<Option<HookId>>,
    /// How often it was opened.
    opening: StoredValue<u32>,
    pub text: RwSignal<HookText>,
    /// Why it was not saved or not tried.
    pub mistakes: RwSignal<Mistakes>,
    /// The action that failed because of them.
    pub failure: RwSignal<&'static str>,
    /// The result of its settings for the newest delivery, if there is one; `None` before it was requested.
    pub trial: RwSignal<Option<Option<HookTrial>>>,
    pub busy: RwSignal<bool>,
    /// Whether something is asked about, and what.
    pub confirm_open: RwSignal<bool>,
    pub doubtful: RwSignal<(Doubtful, Option<HookId>)>,
    /// When it was read last.
    read_at: RwSignal<Option<Timestamp>>,
    clock: Clock,
    toasts: Toasts,
    keys: RequestKeys,
    lazy: LazyViews,
}

impl Hooks {
    /// Creates the state of the page being rendered from what it came with.
    pub fn of_page(agent: AgentId, asked: HooksAddress, first: Result<HooksView, AppError>) -> Self {
        Self {
            agent,
            view: RwSignal::new(first),
            asked,
            fresh: RwSignal::new(None),
            menu: RowMenu::new("hook-menu"),
            form: RwSignal::new(None),
            form_open: RwSignal::new(false),
            edited: RwSignal::new(None),
            opening: StoredValue::new(0),
            text: RwSignal::new(HookText::default()),
            mistakes: RwSignal::new(Mistakes::default()),
            failure: RwSignal::new(form::NOT_SAVED),
            trial: RwSignal::new(None),
            busy: RwSignal::new(false),
            confirm_open: RwSignal::new(false),
            doubtful: RwSignal::new((Doubtful::Delete, None)),
            read_at: RwSignal::new(None),
            clock: Clock::from_context(),
            toasts: Toasts::from_context(),
            keys: RequestKeys::from_context(),
            lazy: LazyViews::from_context(),
        }
    }

    /// Reads the page's data again whenever there is a newer run, and from time to time while the page is visible: deliveries
    /// that start no run are not part of live updates.
    pub fn follow(self, newest: Memo<Option<RunId>>) {
        let clock = self.clock;
        let is_old = Memo::new(move |_| {
            let since = self.read_at.get().and_then(|at| clock.ms_since(at));
            since.is_some_and(|ms| ms >= MAX_AGE_MS)
        });
        Effect::new(move |_| {
            match self.read_at.get() {
                // It came with the page.
                None => {
                    if let Some(at) = clock.half_minute() {
                        self.read_at.set(Some(at));
                    }
                }
                Some(_) if is_old.get() => self.read(),
                Some(_) => {}
            }
        });
        Effect::new(move |before: Option<Option<RunId>>| {
            let newest = newest.get();
            if before.is_some_and(|before| before != newest) {
                self.read();
            }
            newest
        });
    }

    /// Reads again what the page shows. Where that fails, what is there stays.
    pub fn read(self) {
        let HooksAddress { hook, outcome, below } = self.asked;
        // The one that is shown stays, also where another has had a delivery since.
        let shown = || self.view.with_untracked(|view| Some(view.as_ref().ok()?.deliveries.as_ref()?.hook));
        let hook = hook.or_else(shown);
        self.read_at.set(self.clock.now());
        spawn_local(async move {
            let read = read_hooks(self.agent, hook, outcome, below).await;
            let is_shown = self.view.try_with_untracked(Result::is_ok) == Some(true);
            if read.is_ok() || !is_shown {
                _ = self.view.try_set(read);
            }
        });
    }

    /// Returns a webhook of the list; tracked.
    pub fn hook(self, id: HookId) -> Option<Hook> {
        self.view.with(|view| view.as_ref().ok()?.hooks.iter().find(|hook| hook.id == id).cloned())
    }

    /// Enables a webhook or disables it.
    pub fn enable(self, hook: Hook, enabled: bool) {
        let name = hook.settings.name;
        let failure = format!("Could not {} {name}", if enabled { "enable" } else { "disable" });
        spawn_local(async move {
            match enable_hook(self.agent, hook.id, enabled).await {
                Ok(()) => self.toasts.recovered(&failure),
                Err(error) => self.toasts.error(failure, error),
            }
            self.read();
        });
    }

    /// Asks whether to do something to a webhook.
    pub fn ask(self, what: Doubtful, hook: HookId) {
        self.doubtful.set((what, Some(hook)));
        self.confirm_open.set(true);
    }

    /// Does what was asked about.
    pub fn confirm(self) {
        self.confirm_open.set(false);
        let (what, Some(id)) = self.doubtful.get_untracked() else { return };
        let name = untrack(|| self.hook(id)).map(|hook| hook.settings.name).unwrap_or_default();
        spawn_local(async move {
            match what {
                Doubtful::Rotate => {
                    let asked = format!("rotate hook {id}");
                    let made = rotate_hook(self.agent, id, self.keys.of(&asked)).await;
                    self.keys.answered(&asked, &made);
                    match made {
                        Ok(made) => _ = self.fresh.try_set(Some(made)),
                        Err(error) => self.toasts.error(format!("Could not make a new address for {name}"), error),
                    }
                }
                Doubtful::Delete => match delete_hook(self.agent, id).await {
                    Ok(()) => {
                        _ = self.fresh.try_update(|fresh| _ = fresh.take_if(|fresh| fresh.hook.id == id));
                        self.toasts.success("Webhook deleted", name, None);
                    }
                    Err(error) => self.toasts.error(format!("Could not delete {name}"), error),
                },
            }
            self.read();
        });
    }

    /// Does again what a delivery asks for.
    pub fn replay(self, hook: HookId, delivery: &Delivery) {
        let id = delivery.id;
        spawn_local(async move {
            let asked = format!("replay {hook} {id}");
            let run = replay_delivery(self.agent, hook, id, self.keys.of(&asked)).await;
            self.keys.answered(&asked, &run);
            match run {
                Ok(Some(run)) => self.toasts.success("Delivery replayed", "", Some(run)),
                Ok(None) => self.toasts.success("Delivery replayed", "It does not pass the filter.", None),
                Err(error) => self.toasts.error("The delivery could not be replayed", error),
            }
            self.read();
        });
    }
}
