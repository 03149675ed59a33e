//! Keeps the end of a conversation in view for those who are at its end, and lets those alone who have scrolled away.

use leptos::html;
use leptos::prelude::*;

/// Closer than this to the end, in pixels, is at the end.
const NEAR: i32 = 48;

/// Where the reader is.
#[derive(Clone, Copy)]
pub struct Follow {
    /// The element that scrolls.
    pub log: NodeRef<html::Div>,
    pub at_end: RwSignal<bool>,
}

impl Follow {
    /// Creates a follower that is at the end.
    pub fn new() -> Self {
        Self { log: NodeRef::new(), at_end: RwSignal::new(true) }
    }

    /// Called when the reader has scrolled.
    pub fn scrolled(self) {
        let Some(log) = self.log.get_untracked() else { return };
        let at_end = log.scroll_height() - log.scroll_top() - log.client_height() < NEAR;
        if at_end != self.at_end.get_untracked() {
            self.at_end.set(at_end);
        }
    }

    /// Goes to the end, and stays there.
    pub fn to_end(self) {
        self.at_end.set(true);
        self.keep();
    }

    /// Called when what is shown has changed, or the room for it: a reader who was at the end still is. Acts once the
    /// change is on the page.
    pub fn keep(self) {
        request_animation_frame(move || {
            if self.at_end.try_get_untracked() == Some(true)
                && let Some(Some(log)) = self.log.try_get_untracked()
            {
                log.set_scroll_top(log.scroll_height());
            }
        });
    }
}

impl Default for Follow {
    fn default() -> Self {
        Self::new()
    }
}
