//! Announces finished runs to screen readers, at most one message every five seconds.

use crate::ui::model::announcements::Announcements;
use leptos::prelude::*;
use std::time::Duration;

const QUIET: Duration = Duration::from_secs(5);

/// The page's one polite voice.
#[derive(Clone, Copy)]
pub struct Announcer {
    said: RwSignal<String>,
    waiting: StoredValue<Announcements>,
    resting: StoredValue<bool>,
}

impl Announcer {
    /// Creates an announcer that has said nothing yet.
    pub fn new() -> Self {
        Self {
            said: RwSignal::new(String::new()),
            waiting: StoredValue::new(Announcements::default()),
            resting: StoredValue::new(false),
        }
    }

    /// Returns the announcer of this page.
    pub fn from_context() -> Self {
        expect_context()
    }

    /// Returns the text that is being announced; tracked.
    pub fn said(self) -> String {
        self.said.get()
    }

    /// Announces a sentence as soon as the last one has had its time.
    pub fn say(self, sentence: String) {
        self.waiting.update_value(|waiting| waiting.add(sentence));
        if !self.resting.get_value() {
            self.speak();
        }
    }

    fn speak(self) {
        let Some(next) = self.waiting.try_update_value(Announcements::take_next) else { return };
        self.resting.set_value(next.is_some());
        if let Some(mut text) = next {
            // The same words again are no change to the page and would not be read out.
            if self.said.with_untracked(|said| *said == text) {
                text.push('\u{a0}');
            }
            self.said.set(text);
            set_timeout(move || self.speak(), QUIET);
        }
    }
}

impl Default for Announcer {
    fn default() -> Self {
        Self::new()
    }
}
