//! The search within a run's transcript. Its code is loaded when it is first opened.

use crate::ui::state::lazy::{LazyView, LazyViews};
use crate::ui::state::toasts::Toasts;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The input of the search: whether it is open.
pub struct FindInput {
    pub open: RwSignal<bool>,
}

/// The search of a page.
#[derive(Clone, Copy)]
pub struct Finding {
    pub open: RwSignal<bool>,
    show: RwSignal<Option<LazyView<FindInput>>>,
    toasts: Toasts,
    lazy: LazyViews,
}

impl Finding {
    /// Creates the state for the page being rendered; closed.
    pub fn of_page() -> Self {
        let (toasts, lazy) = (Toasts::from_context(), LazyViews::from_context());
        Self { open: RwSignal::new(false), show: RwSignal::new(None), toasts, lazy }
    }

    /// Opens the search, or closes it.
    pub fn toggle(self) {
        if self.open.get_untracked() || self.show.get_untracked().is_some() {
            self.open.update(|open| *open = !*open);
            return;
        }
        spawn_local(async move {
            match (self.lazy.find)().await {
                Ok(show) => {
                    // The page may have gone.
                    _ = self.show.try_set(Some(show));
                    _ = self.open.try_set(true);
                }
                Err(error) => self.toasts.error("Could not open the search".to_owned(), error),
            }
        });
    }

    /// Returns the search while it is open; tracked.
    pub fn view(self) -> Option<AnyView> {
        let show = self.show.get().filter(|_| self.open.get())?;
        Some(show(FindInput { open: self.open }))
    }
}
