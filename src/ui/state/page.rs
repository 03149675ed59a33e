//! State shared by every page: whether it is hydrated, its clock, its live connection, its messages.

use crate::ui::dom;
use crate::ui::state::announcer::Announcer;
use crate::ui::state::clock::Clock;
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
pub fn provide_parts() -> (Hydrated, Clock, Live) {
    let (hydrated, clock, live) = (Hydrated::new(), Clock::new(), Live::new());
    provide_context(hydrated);
    provide_context(clock);
    provide_context(live);
    provide_context(Toasts::new());
    provide_context(RequestKeys::new());
    provide_context(Announcer::new());
    (hydrated, clock, live)
}

/// Provides the shared parts and starts them once the browser has taken the page over.
pub fn provide_page() {
    let (hydrated, clock, live) = provide_parts();
    clock.start();
    socket::keep_connected(live, clock);
    Effect::new(move |_| {
        hydrated.set();
        dom::set_root_attribute("data-hydrated", "");
    });
}
