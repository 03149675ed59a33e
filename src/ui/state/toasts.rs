//! Short messages about the outcome of an action. At most three; errors stay until dismissed.

use crate::domain::id::RunId;
use leptos::prelude::*;
use std::time::Duration;

const AT_MOST: usize = 3;
const GOOD_NEWS_FOR: Duration = Duration::from_secs(6);

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    pub id: u64,
    pub is_error: bool,
    pub title: String,
    pub detail: String,
    /// The run it is about, to be linked.
    pub run: Option<RunId>,
}

/// The messages on the page.
#[derive(Clone, Copy)]
pub struct Toasts {
    list: RwSignal<Vec<Toast>>,
    next_id: StoredValue<u64>,
    /// The one under the pointer or with the focus; it stays.
    held: RwSignal<Option<u64>>,
}

impl Toasts {
    /// Creates an empty list.
    pub fn new() -> Self {
        Self { list: RwSignal::new(Vec::new()), next_id: StoredValue::new(0), held: RwSignal::new(None) }
    }

    /// Returns the messages of this page.
    pub fn from_context() -> Self {
        expect_context()
    }

    /// Returns the messages, oldest first; tracked.
    pub fn list(self) -> Vec<Toast> {
        self.list.get()
    }

    /// Shows that something could not be done, and why.
    pub fn error(self, title: impl Into<String>, detail: impl ToString) {
        self.push(true, title.into(), detail.to_string(), None);
    }

    /// Shows that something was done; goes by itself.
    pub fn success(self, title: impl Into<String>, detail: impl ToString, run: Option<RunId>) {
        let id = self.push(false, title.into(), detail.to_string(), run);
        self.dismiss_later(id);
    }

    /// Takes away what was said when the same thing did not work before.
    pub fn recovered(self, title: &str) {
        if self.list.try_with_untracked(|list| list.iter().any(|toast| toast.is_error && toast.title == title))
            == Some(true)
        {
            self.list.try_update(|list| list.retain(|toast| !(toast.is_error && toast.title == title)));
        }
    }

    /// Keeps a message while somebody is at it.
    pub fn hold(self, id: Option<u64>) {
        self.held.set(id);
    }

    /// Takes a message away.
    pub fn dismiss(self, id: u64) {
        self.list.try_update(|list| list.retain(|toast| toast.id != id));
    }

    fn dismiss_later(self, id: u64) {
        set_timeout(
            move || match self.held.try_get_untracked() {
                Some(held) if held == Some(id) => self.dismiss_later(id),
                _ => self.dismiss(id),
            },
            GOOD_NEWS_FOR,
        );
    }

    fn push(self, is_error: bool, title: String, detail: String, run: Option<RunId>) -> u64 {
        let id = self.next_id.get_value();
        self.next_id.set_value(id + 1);
        self.list.update(|list| {
            // Of the same thing, the last word counts.
            list.retain(|toast| !(toast.is_error && toast.title == title));
            list.push(Toast { id, is_error, title, detail, run });
            let surplus = list.len().saturating_sub(AT_MOST);
            list.drain(..surplus);
        });
        id
    }
}

impl Default for Toasts {
    fn default() -> Self {
        Self::new()
    }
}
