//! Keeps the end of a conversation in view for those who are at its end, and lets those alone who have scrolled away.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Closer than this to the end, in pixels, is at the end.
const NEAR: i32 = 48;

/// Where the reader is.
#[derive(Clone, Copy)]
pub struct Follow {
    /// The element that scrolls.
    pub log: NodeRef<html::Div>,
    pub at_end: RwSignal<bool>,
    /// Where the log was scrolled to when that was last looked at.
    top: StoredValue<i32>,
}

impl Follow {
    /// Creates a follower that is at the end.
    pub fn new() -> Self {
        Self { log: NodeRef::new(), at_end: RwSignal::new(true), top: StoredValue::new(0) }
    }

    /// Called when the log has scrolled: by the reader, or by [`Follow::keep`], of which the browser tells only once more may
    /// have been written below. So those leave the end who scroll up, and not those from whom it moves away.
    pub fn scrolled(self) {
        let Some(log) = self.log.get_untracked() else { return };
        let top = log.scroll_top();
        let is_up = top < self.top.get_value();
        self.top.set_value(top);
        let is_near = log.scroll_height() - top - log.client_height() < NEAR;
        let at_end = is_near || (!is_up && self.at_end.get_untracked());
        if at_end != self.at_end.get_untracked() {
            self.at_end.set(at_end);
        }
    }

    /// Goes to the end, and stays there.
    pub fn to_end(self) {
        self.at_end.set(true);
        self.keep();
    }

    /// Called when what is shown has changed, or the room for it: a reader who was at the end still is. Acts as soon as the
    /// change is on the page, which its other effects put there before the task that is spawned here, and again with the
    /// frame, for what the layout did not have yet.
    pub fn keep(self) {
        spawn_local(async move { self.hold() });
        request_animation_frame(move || self.hold());
    }

    fn hold(self) {
        let Some(Some(log)) = self.log.try_get_untracked() else { return };
        // The browser may have moved the log for a reader, and told nobody yet.
        self.scrolled();
        if self.at_end.get_untracked() {
            log.set_scroll_top(log.scroll_height());
            self.top.set_value(log.scroll_top());
        }
    }
}

impl Default for Follow {
    fn default() -> Self {
        Self::new()
    }
}
