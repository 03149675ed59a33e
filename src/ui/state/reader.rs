//! Whether somebody is at a table: with the pointer over it or with the focus in it. Then its rows keep their places.

use crate::ui::dom;
use leptos::ev::PointerEvent;
use leptos::prelude::*;

/// Where the reader is.
#[derive(Clone, Copy)]
pub struct Reader {
    pointing: RwSignal<bool>,
    focused: RwSignal<bool>,
}

impl Reader {
    /// Creates a reader who is not at the table. Whoever comes back to the page after having been elsewhere begins
    /// afresh.
    pub fn nowhere() -> Self {
        let reader = Self { pointing: RwSignal::new(false), focused: RwSignal::new(false) };
        Effect::new(move |_| dom::on_document("visibilitychange", move || reader.points(false)));
        reader
    }

    /// Whether somebody is at the table; tracked.
    pub fn is_here(self) -> bool {
        self.pointing.get() || self.focused.get()
    }

    /// Called when the pointer has come or gone.
    pub fn points(self, here: bool) {
        put(self.pointing, here);
    }

    /// Called when the pointer has left. A finger leaves with each touch, and whoever it belongs to reads on.
    pub fn leaves(self, event: &PointerEvent) {
        if event.pointer_type() != "touch" {
            self.points(false);
        }
    }

    /// Called when the focus has come or gone.
    pub fn focuses(self, here: bool) {
        put(self.focused, here);
    }
}

fn put(signal: RwSignal<bool>, value: bool) {
    signal.maybe_update(|now| std::mem::replace(now, value) != value);
}
