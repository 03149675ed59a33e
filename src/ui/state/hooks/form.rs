//! The form of a webhook: opening it, for which its code is loaded, what is typed, and saving or trying what it says.

use super::Hooks;
use crate::api::hooks::{create_hook, replace_hook, try_hook};
use crate::domain::hook::Hook;
use crate::ui::dom;
use crate::ui::model::hook_form::{HookText, Mistakes, Part};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::{Map, Value};

pub(super) const NOT_SAVED: &str = "The webhook could not be saved.";
const NOT_TRIED: &str = "That could not be tried.";

impl Hooks {
    /// Opens the form: for a webhook that is there, or for a new one.
    pub fn edit(self, hook: Option<Hook>) {
        self.opening.update_value(|opening| *opening += 1);
        self.edited.set(hook.as_ref().map(|hook| hook.id));
        self.text.set(hook.as_ref().map(HookText::of).unwrap_or_default());
        self.mistakes.set(Mistakes::default());
        self.trial.set(None);
        self.busy.set(false);
        let opening = self.opening.get_value();
        spawn_local(async move {
            let show = (self.lazy.hook_form)().await;
            // The page may have gone, or somebody may have asked for another meanwhile.
            if self.opening.try_get_value() != Some(opening) {
                return;
            }
            match show {
                Ok(show) => {
                    self.form.set(Some(show));
                    self.form_open.set(true);
                }
                Err(error) => self.toasts.error("Could not open the form", error),
            }
        });
    }

    /// Saves what the form says.
    pub fn save(self) {
        if self.busy.get_untracked() {
            return;
        }
        self.failure.set(NOT_SAVED);
        let Some(settings) = self.settings() else { return };
        let (edited, opening) = (self.edited.get_untracked(), self.opening.get_value());
        spawn_local(async move {
            let saved = match edited {
                Some(hook) => replace_hook(self.agent, hook, settings).await.map(|()| None),
                None => {
                    // Cannot fail: texts and numbers.
                    let asked = format!("create hook {}", serde_json::to_string(&settings).unwrap_or_default());
                    let made = create_hook(self.agent, settings, self.keys.of(&asked)).await;
                    self.keys.answered(&asked, &made);
                    made.map(Some)
                }
            };
            // It may have been closed and opened again by now.
            let is_open = self.is_open_since(opening);
            if is_open {
                _ = self.busy.try_set(false);
            }
            match saved {
                Ok(made) => {
                    if is_open {
                        _ = self.form_open.try_set(false);
                    }
                    if made.is_some() {
                        _ = self.fresh.try_set(made);
                    }
                    self.read();
                }
                Err(error) if is_open => self.refuse(error.into()),
                Err(error) => self.toasts.error(NOT_SAVED, error),
            }
        });
    }

    /// Whether the form is still open as it was then, and was not opened again.
    fn is_open_since(self, opening: u32) -> bool {
        self.form_open.try_get_untracked() == Some(true) && self.opening.try_get_value() == Some(opening)
    }

    /// Asks what the form's settings make of the newest delivery of the webhook that is edited.
    pub fn try_out(self) {
        let Some(hook) = self.edited.get_untracked().filter(|_| !self.busy.get_untracked()) else { return };
        self.failure.set(NOT_TRIED);
        let Some(settings) = self.settings() else { return };
        let (text, opening) = (self.text.get_untracked(), self.opening.get_value());
        spawn_local(async move {
            let tried = try_hook(self.agent, hook, settings).await;
            if !self.is_open_since(opening) {
                return;
            }
            _ = self.busy.try_set(false);
            // It may be about what nobody asks any more.
            if self.text.try_get_untracked().as_ref() != Some(&text) {
                return;
            }
            match tried {
                Ok(trial) => _ = self.trial.try_set(Some(trial)),
                Err(error) => self.refuse(error.into()),
            }
        });
    }

    /// Reads the form, which is busy from then on; shows what cannot be read.
    fn settings(self) -> Option<Map<String, Value>> {
        self.trial.set(None);
        match self.text.with_untracked(HookText::settings) {
            Ok(settings) => {
                self.mistakes.set(Mistakes::default());
                self.busy.set(true);
                Some(settings)
            }
            Err(mistakes) => {
                self.refuse(mistakes);
                None
            }
        }
    }

    /// Shows mistakes, and takes the focus to the first.
    fn refuse(self, mistakes: Mistakes) {
        let first = mistakes.first();
        _ = self.mistakes.try_set(mistakes);
        if let Some(first) = first {
            request_animation_frame(move || dom::focus_id(first.id()));
        }
    }

    /// Takes a change of the form: what was said about that field and of a delivery no longer counts.
    pub fn change(self, part: Part, change: impl FnOnce(&mut HookText)) {
        self.text.update(change);
        self.mistakes.maybe_update(|mistakes| {
            let had_one = mistakes.at(part).is_some();
            mistakes.forget(part);
            had_one
        });
        self.trial.maybe_update(|trial| trial.take().is_some());
    }
}
