//! Whether everything is on hold, as the page knows it, and the dialogs that begin and end that.

use crate::api::hold::{hold_everything, read_hold_reach, release_hold};
use crate::domain::hold::{Hold, HoldInForce, HoldReach, HoldRequest, HoldStatus};
use crate::domain::live::{ServerMessage, Topic};
use crate::error::AppError;
use crate::ui::dom;
use crate::ui::model::seq::Outcome;
use crate::ui::state::lazy::{self, LazyView, LazyViews};
use crate::ui::state::live::Live;
use crate::ui::state::request_keys::RequestKeys;
use crate::ui::state::toasts::Toasts;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The page's one view of the hold.
#[derive(Clone, Copy)]
pub struct Holding {
    status: RwSignal<HoldStatus>,
    is_on: Memo<bool>,
    /// Whether it is being asked to hold everything, or to release the hold.
    pub holding: RwSignal<bool>,
    pub releasing: RwSignal<bool>,
    /// The runs concerned; read before the question is asked.
    pub reach: RwSignal<HoldReach>,
    pub busy: RwSignal<bool>,
    /// The error of the last attempt.
    pub refused: RwSignal<Option<AppError>>,
    /// Whether the button that asked may go with the banner, and the focus with it.
    asked_here: RwSignal<bool>,
    /// The code of what is asked; there once it is.
    pub form: RwSignal<Option<LazyView<HoldQuestion>>>,
    live: Live,
    keys: RequestKeys,
    toasts: Toasts,
    lazy: LazyViews,
}

/// The question of the dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldQuestion {
    Hold,
    Release,
}

impl Holding {
    /// Creates the state of a page on which nothing is known to be on hold.
    pub fn new(live: Live, keys: RequestKeys, toasts: Toasts, lazy: LazyViews) -> Self {
        let status = RwSignal::new(HoldStatus::default());
        Self {
            status,
            is_on: Memo::new(move |_| status.read().hold.is_some()),
            holding: RwSignal::new(false),
            releasing: RwSignal::new(false),
            reach: RwSignal::new(HoldReach::default()),
            busy: RwSignal::new(false),
            refused: RwSignal::new(None),
            asked_here: RwSignal::new(false),
            form: RwSignal::new(None),
            live,
            keys,
            toasts,
            lazy,
        }
    }

    /// Returns the state of this page.
    pub fn from_context() -> Self {
        expect_context()
    }

    /// Takes what the page was rendered with.
    pub fn begin_with(self, status: HoldStatus) {
        self.status.set(status);
    }

    /// Listens to changes. In the browser only.
    pub fn watch(self) {
        self.live.watch(
            || Some(Topic::Hold),
            move |message| match message {
                ServerMessage::HoldState { data, .. } => {
                    self.accept(data);
                    Outcome::Applied
                }
                _ => Outcome::Ignored,
            },
        );
        // The answer may come before the live update that takes the banner away, or after it.
        Effect::new(move |_| {
            if !self.is_on.get() && self.asked_here.get() {
                self.asked_here.set(false);
                set_timeout(|| dom::focus_if_lost("main"), std::time::Duration::ZERO);
            }
        });
    }

    fn accept(self, status: &HoldStatus) {
        if *self.status.read_untracked() != *status {
            self.status.set(status.clone());
        }
    }

    /// Whether everything is on hold; tracked.
    pub fn is_on(self) -> bool {
        self.is_on.get()
    }

    /// Whether everything is on hold, for handlers: the page may have gone.
    pub fn is_on_now(self) -> bool {
        self.is_on.try_get_untracked().unwrap_or_default()
    }

    /// Returns the hold in force; tracked.
    pub fn hold(self) -> Option<Hold> {
        self.status.read().hold.as_ref().map(|held| held.hold.clone())
    }

    /// Returns how many runs wait, and how many still run; tracked.
    pub fn counts(self) -> Option<(i64, i64)> {
        self.status.read().hold.as_ref().map(|HoldInForce { queued, running, .. }| (*queued, *running))
    }

    /// Asks whether to hold everything or, where it is on hold, whether to release it.
    pub fn ask(self) {
        let is_on = self.is_on.get_untracked();
        self.asked_here.set(false);
        let open = if is_on { self.releasing } else { self.holding };
        let failure = if is_on { "Could not release the hold" } else { "Could not hold everything" };
        lazy::begin(self.lazy.hold);
        spawn_local(async move {
            match self.prepare().await {
                Ok((reach, form)) => {
                    self.toasts.recovered(failure);
                    _ = self.reach.try_set(reach);
                    _ = self.form.try_set(Some(form));
                    _ = self.refused.try_set(None);
                    _ = open.try_set(true);
                }
                Err(error) => self.toasts.error(failure, error),
            }
        });
    }

    async fn prepare(self) -> Result<(HoldReach, LazyView<HoldQuestion>), AppError> {
        let reach = read_hold_reach().await?;
        Ok((reach, (self.lazy.hold)().await?))
    }

    /// Holds everything.
    pub fn begin(self, request: HoldRequest) {
        self.work(self.holding, move || {
            let request = request.clone();
            async move {
                let name = format!("hold {request:?}");
                let answer = hold_everything(request, self.keys.of(&name)).await;
                self.keys.answered(&name, &answer);
                answer
            }
        });
    }

    /// Releases the hold.
    pub fn release(self) {
        self.work(self.releasing, move || async move { release_hold().await.map(|()| HoldStatus::default()) });
    }

    /// Does as asked, and closes the dialog once that is done.
    fn work<F: Future<Output = Result<HoldStatus, AppError>> + 'static>(
        self,
        open: RwSignal<bool>,
        work: impl Fn() -> F + 'static,
    ) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.refused.set(None);
        spawn_local(async move {
            let answer = work().await;
            // The page may have gone while the server was working.
            _ = self.busy.try_set(false);
            match answer {
                Ok(status) => {
                    // The connection brings it by itself, and what is newer.
                    if !self.live.is_live() {
                        self.accept(&status);
                    }
                    _ = open.try_set(false);
                    _ = self.asked_here.try_set(status.hold.is_none());
                }
                Err(error) => _ = self.refused.try_set(Some(error)),
            }
        });
    }
}
