//! State shared by every page: whether it is hydrated, its clock, its live connection, its messages.

use crate::domain::hold::HoldStatus;
use crate::ui::dom;
use crate::ui::state::announcer::Announcer;
use crate::ui::state::clock::Clock;
use crate::ui::state::hold::Holding;
use crate::ui::state::lazy::LazyViews;
use crate::ui::state::live::{Live, socket};
use crate::ui::state::request_keys::RequestKeys;
use crate::ui::state::toasts::Toasts;
use leptos::prelude::*;

/// Whether the browser has taken the page over; tracked where read.
#[derive(Clone, Copy)]
pub struct Hydrated(RwSignal<bool>);

impl Hydrated {
    /// Creates the state of a page that is not hydrated yet.
    pub fn new() -> Self {
        Self(RwSignal::new(false))
    }

    /// Returns the state of this page.
    pub fn from_context() -> Self {
        expect_context()
    }

    /// Whether handlers work and times are the reader's; tracked.
    pub fn get(self) -> bool {
        self.0.get()
    }

    /// Called when the browser has taken over.
    pub fn set(self) {
        self.0.set(true);
    }
}

impl Default for Hydrated {
    fn default() -> Self {
        Self::new()
    }
}

/// Puts the shared parts in the context: at rest, as the server renders with them.
pub fn provide_parts(lazy: LazyViews) -> (Hydrated, Clock, Live) {
    provide_context(lazy);
    let (hydrated, clock, live) = (Hydrated::new(), Clock::new(), Live::new());
    provide_context(hydrated);
    provide_context(clock);
    provide_context(live);
    let (keys, toasts) = (RequestKeys::new(), Toasts::new());
    provide_context(toasts);
    provide_context(keys);
    provide_context(Holding::new(live, keys, toasts, lazy));
    provide_context(Announcer::new());
    (hydrated, clock, live)
}

/// Provides the shared parts and starts them once the browser has taken the page over. `hold` is whether everything was on
/// hold when the page was rendered.
pub fn provide_page(hold: HoldStatus, lazy: LazyViews) {
    let (hydrated, clock, live) = provide_parts(lazy);
    let holding = Holding::from_context();
    holding.begin_with(hold);
    holding.watch();
    clock.start();
    socket::keep_connected(live, clock);
    Effect::new(move |_| {
        hydrated.set();
        dom::set_root_attribute("data-hydrated", "");
    });
}
