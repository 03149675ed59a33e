//! A menu that all rows of a table share: which row it is for, and whether it is open. It stands beside the table, so
//! rows come, go and change without touching it.

use leptos::prelude::*;

/// State shared by a row and its menu.
#[derive(Clone, Copy)]
pub struct RowMenu<T: 'static> {
    /// Id of the popover.
    pub id: &'static str,
    target: RwSignal<Option<T>>,
    open: RwSignal<bool>,
    /// Whether it opens on its last item rather than its first.
    from_below: StoredValue<bool>,
}

impl<T: Copy + PartialEq + Send + Sync> RowMenu<T> {
    /// Creates a closed menu.
    pub fn new(id: &'static str) -> Self {
        Self { id, target: RwSignal::new(None), open: RwSignal::new(false), from_below: StoredValue::new(false) }
    }

    /// Returns the row it was last opened for; tracked.
    pub fn target(self) -> Option<T> {
        self.target.get()
    }

    /// Returns the row it is open for; tracked.
    pub fn open_for(self) -> Option<T> {
        self.target.get().filter(|_| self.open.get())
    }

    /// Called when it is about to open for this row.
    pub fn aim(self, target: T) {
        self.target.set(Some(target));
    }

    /// Called when it will open on its last item, or on its first.
    pub fn enter(self, from_below: bool) {
        self.from_below.set_value(from_below);
    }

    /// Called when it has opened or closed; returns whether to begin with the last item.
    pub fn opened(self, open: bool) -> bool {
        self.open.set(open);
        self.from_below.get_value()
    }
}
