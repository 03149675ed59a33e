//! The agent form as signals: what its fields hold, which of them say what is wrong, and what the server refused.

pub mod check;
pub mod conflict;

use crate::domain::agent::{AgentSettings, Setting};
use crate::domain::model::ModelRates;
use crate::error::AppError;
use crate::ui::model::form::{Texts, refused_fields, settings, texts};
use check::CHECKED;
use leptos::prelude::*;

/// Values, and which fields have been left or submitted: only those show errors.
#[derive(Clone, Copy)]
pub struct AgentForm {
    values: [RwSignal<String>; Setting::ALL.len()],
    touched: RwSignal<[bool; Setting::ALL.len()]>,
    submitted: RwSignal<bool>,
    errors: Memo<Vec<Setting>>,
    /// The server's errors of fields: found while somebody typed, or on submit. Each until its field is changed.
    refused: RwSignal<Vec<(Setting, String)>>,
    /// The server's error that is about no field; until anything is changed.
    refusal: RwSignal<Option<String>>,
    /// Contents of the fields before anybody typed.
    base: RwSignal<Base>,
    /// Price of the model that was checked last.
    rates: RwSignal<Option<(String, Option<ModelRates>)>>,
}

/// Settings, and what the fields hold for them.
#[derive(Clone, Debug, Default)]
struct Base {
    settings: AgentSettings,
    texts: Texts,
    /// The agent's version that they come from; 0 where there is no agent yet.
    version: i64,
}

impl Base {
    fn of(settings: AgentSettings, version: i64) -> Self {
        Self { texts: texts(&settings), settings, version }
    }
}

impl AgentForm {
    /// Creates a form for an agent that has these settings in this version; 0 where it is still to be created.
    pub fn of(settings: AgentSettings, version: i64) -> Self {
        let base = Base::of(settings, version);
        let values = base.texts.clone().map(RwSignal::new);
        let errors = Memo::new(move |_| {
            let faults = self::settings(&|setting| values[setting as usize].get()).faults();
            faults.into_iter().map(|fault| fault.setting).collect()
        });
        let (touched, submitted) = (RwSignal::default(), RwSignal::new(false));
        let (refused, refusal) = (RwSignal::new(Vec::new()), RwSignal::new(None));
        Self {
            values,
            touched,
            submitted,
            errors,
            refused,
            refusal,
            base: RwSignal::new(base),
            rates: RwSignal::new(None),
        }
    }

    /// Forgets what has been typed: the form is as the agent is now.
    pub fn reset(self, settings: AgentSettings, version: i64) {
        self.put(Base::of(settings, version));
        self.forgive();
    }

    /// Forgets what has been typed: the form is as it was.
    pub fn discard(self) {
        self.put(self.base.get_untracked());
        self.forgive();
    }

    /// Called when the agent has these settings, in this version: those that the fields held when they were sent. Text typed
    /// since stays.
    pub fn saved(self, sent: &Texts, settings: AgentSettings, version: i64) {
        let is_kept = |setting| self.value(setting).with_untracked(|now| *now == sent[setting as usize]);
        self.take(Base::of(settings, version), is_kept);
        self.forgive();
    }

    fn put(self, new: Base) {
        self.take(new, |_| true);
    }

    /// Bases the form on something else from now on, and shows it in some of the fields.
    fn take(self, new: Base, is_shown: impl Fn(Setting) -> bool) {
        for setting in Setting::ALL {
            if is_shown(*setting) {
                self.set(*setting, &new.texts[*setting as usize]);
            }
        }
        self.base.set(new);
    }

    fn set(self, field: Setting, text: &str) {
        self.value(field).maybe_update(|now| {
            let other = now != text;
            if other {
                text.clone_into(now);
            }
            other
        });
    }

    /// Returns the fields' contents.
    pub fn texts(self) -> Texts {
        self.values.map(|value| value.get_untracked())
    }

    /// Returns the fields that hold something else than before anybody typed; tracked.
    pub fn changed(self) -> Vec<Setting> {
        let base = self.base.read();
        let is_changed = |setting: &Setting| *self.value(*setting).read() != base.texts[*setting as usize];
        Setting::ALL.iter().copied().filter(is_changed).collect()
    }

    /// Returns the labels of those fields, with commas; tracked.
    pub fn changed_labels(self) -> String {
        let labels: Vec<&str> = self.changed().into_iter().map(Setting::label).collect();
        labels.join(", ")
    }

    /// Returns the version of the agent that the fields come from; tracked.
    pub fn version(self) -> i64 {
        self.base.read().version
    }

    /// Returns a field's contents before anybody typed; tracked.
    pub fn before(self, field: Setting) -> String {
        self.base.read().texts[field as usize].clone()
    }

    /// Hides all errors until a field is left or the form is submitted again.
    fn forgive(self) {
        self.touched.set(Default::default());
        self.submitted.set(false);
        self.refused.set(Vec::new());
        self.refusal.set(None);
    }

    /// Returns the value of a field.
    pub fn value(self, field: Setting) -> RwSignal<String> {
        self.values[field as usize]
    }

    /// Sets what has been typed.
    pub fn change(self, field: Setting, value: String) {
        self.value(field).set(value);
        self.refusal.set(None);
        self.say(&[field], Vec::new());
    }

    /// Replaces the server's errors of some of the fields. The form may have gone.
    pub fn say(self, fields: &[Setting], errors: Vec<(Setting, String)>) {
        _ = self.refused.try_maybe_update(|refused| {
            let before = refused.clone();
            refused.retain(|(field, _)| !fields.contains(field));
            refused.extend(errors);
            (*refused != before, ())
        });
    }

    /// Called when the field has been left.
    pub fn touch(self, field: Setting) {
        self.touched.update(|touched| touched[field as usize] = true);
    }

    /// Returns the error to show for a field; tracked.
    pub fn shown_error(self, field: Setting) -> Option<String> {
        if let Some((_, says)) = self.refused.read().iter().find(|(of, _)| *of == field) {
            return Some(says.clone());
        }
        let shown = self.submitted.get() || self.touched.read()[field as usize];
        (shown && self.errors.read().contains(&field)).then(|| field.advice())
    }

    /// Returns the fields that the summary lists; tracked.
    pub fn submitted_errors(self) -> Vec<Setting> {
        if !self.submitted.get() {
            return Vec::new();
        }
        let (errors, refused) = (self.errors.read(), self.refused.read());
        let is_wrong = |field: &Setting| errors.contains(field) || refused.iter().any(|(of, _)| of == field);
        Setting::ALL.iter().copied().filter(is_wrong).collect()
    }

    /// Returns the server's error that is about no single field; tracked.
    pub fn refusal(self) -> Option<String> {
        self.refusal.get()
    }

    /// Called when the server did not take it. The form may have gone meanwhile.
    pub fn refuse(self, error: &AppError) {
        _ = self.submitted.try_set(true);
        match refused_fields(error) {
            errors if errors.is_empty() => _ = self.refusal.try_set(Some(error.detail.clone())),
            errors => {
                let fields: Vec<Setting> = errors.iter().map(|(field, _)| *field).collect();
                self.say(&fields, errors);
            }
        }
    }

    /// Returns the settings to send, unless something is wrong with them.
    pub fn submit(self) -> Option<AgentSettings> {
        self.submitted.set(true);
        self.refusal.set(None);
        // Those hold until their field is changed; any other may depend on what was changed elsewhere.
        self.refused.update(|refused| refused.retain(|(field, _)| CHECKED.contains(field)));
        let is_right = self.errors.with_untracked(Vec::is_empty) && self.refused.with_untracked(Vec::is_empty);
        is_right.then(|| settings(&|setting| self.value(setting).get_untracked()))
    }
}

#[cfg(test)]
mod tests;
