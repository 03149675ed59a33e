//! The agent form as signals: what its fields hold, which of them say what is wrong, and what the server refused.

pub mod check;
pub mod conflict;

use crate::domain::agent::AgentInput;
use crate::error::AppError;
use crate::ui::model::form::field::{FIELDS, Field};
use crate::ui::model::form::texts::{REST, Rest, Texts, input, texts};
use crate::ui::model::form::{invalid, refused_fields};
use check::CHECKED;
use leptos::prelude::*;

/// Values, and which fields have been left or submitted: only those show errors.
#[derive(Clone, Copy)]
pub struct AgentForm {
    values: [RwSignal<String>; FIELDS],
    touched: RwSignal<[bool; FIELDS]>,
    submitted: RwSignal<bool>,
    errors: Memo<Vec<Field>>,
    /// What the server says of fields: what it has checked while one typed, and what it would not take. Each until its field
    /// is changed.
    refused: RwSignal<Vec<(Field, String)>>,
    /// What the server would not take and is about no field; until anything is changed.
    refusal: RwSignal<Option<String>>,
    /// What the fields held before anybody typed.
    base: RwSignal<Texts>,
    /// The agent's version that they come from.
    version: RwSignal<Option<i64>>,
    /// What has no field is as here.
    kept: StoredValue<AgentInput>,
    rest: Option<Rest>,
}

impl AgentForm {
    /// For an agent that is to be made from this: of the fields that every form has.
    pub fn of(agent: AgentInput) -> Self {
        Self::with(agent, None)
    }

    /// For an agent as it is now: of all fields.
    pub fn of_all(agent: AgentInput) -> Self {
        Self::with(agent, Some(REST))
    }

    fn with(agent: AgentInput, rest: Option<Rest>) -> Self {
        let version = RwSignal::new(agent.version);
        let first = texts(&agent, rest);
        let kept = StoredValue::new(agent);
        let base = RwSignal::new(first.clone());
        let values = first.map(RwSignal::new);
        let errors = Memo::new(move |_| invalid(&input(&|field| values[field as usize].get(), kept.get_value(), rest)));
        let (touched, submitted) = (RwSignal::default(), RwSignal::new(false));
        let (refused, refusal) = (RwSignal::new(Vec::new()), RwSignal::new(None));
        Self { values, touched, submitted, errors, refused, refusal, base, version, kept, rest }
    }

    /// Forgets what has been typed: the form is as the agent is now.
    pub fn reset(self, agent: AgentInput) {
        self.version.set(agent.version);
        self.put(texts(&agent, self.rest));
        self.forgive();
    }

    /// Forgets what has been typed: the form is as it was.
    pub fn discard(self) {
        self.put(self.base.get_untracked());
        self.forgive();
    }

    /// The agent is now as these fields were when they were sent. What has been typed since stays.
    pub fn saved(self, sent: &Texts, agent: AgentInput) {
        // Each change of the settings counts one up.
        self.version.set(agent.version.map(|version| version + 1));
        let new = texts(&agent, self.rest);
        for (field, text) in Field::ALL.into_iter().zip(&new) {
            if self.value(field).with_untracked(|now| *now == sent[field as usize]) {
                self.set(field, text);
            }
        }
        self.base.set(new);
        self.forgive();
    }

    fn put(self, new: Texts) {
        for (field, text) in Field::ALL.into_iter().zip(&new) {
            self.set(field, text);
        }
        self.base.set(new);
    }

    fn set(self, field: Field, text: &str) {
        self.value(field).maybe_update(|now| {
            let other = now != text;
            if other {
                text.clone_into(now);
            }
            other
        });
    }

    /// What the fields hold.
    pub fn texts(self) -> Texts {
        self.values.map(|value| value.get_untracked())
    }

    /// Which fields hold something else than before anybody typed; tracked.
    pub fn changed(self) -> Vec<Field> {
        let base = self.base.read();
        Field::ALL.into_iter().filter(|field| *self.value(*field).read() != base[*field as usize]).collect()
    }

    /// The labels of those fields, with commas; tracked.
    pub fn changed_labels(self) -> String {
        let labels: Vec<&str> = self.changed().into_iter().map(Field::label).collect();
        labels.join(", ")
    }

    /// The version of the agent that the fields come from; tracked.
    pub fn version(self) -> Option<i64> {
        self.version.get()
    }

    /// What a field held before anybody typed; tracked.
    pub fn before(self, field: Field) -> String {
        self.base.read()[field as usize].clone()
    }

    /// Says nothing more about what is wrong until a field is left or submitted again.
    fn forgive(self) {
        self.touched.set(Default::default());
        self.submitted.set(false);
        self.refused.set(Vec::new());
        self.refusal.set(None);
    }

    /// The value of a field.
    pub fn value(self, field: Field) -> RwSignal<String> {
        self.values[field as usize]
    }

    /// Sets what has been typed.
    pub fn change(self, field: Field, value: String) {
        self.value(field).set(value);
        self.refusal.set(None);
        self.say(&[field], Vec::new());
    }

    /// What the server says of some of the fields, in place of what it said of them before. The form may have gone.
    pub fn say(self, fields: &[Field], errors: Vec<(Field, String)>) {
        _ = self.refused.try_maybe_update(|refused| {
            let before = refused.clone();
            refused.retain(|(field, _)| !fields.contains(field));
            refused.extend(errors);
            (*refused != before, ())
        });
    }

    /// The field has been left.
    pub fn touch(self, field: Field) {
        self.touched.update(|touched| touched[field as usize] = true);
    }

    /// What to say about a field; tracked.
    pub fn shown_error(self, field: Field) -> Option<String> {
        if let Some((_, says)) = self.refused.read().iter().find(|(of, _)| *of == field) {
            return Some(says.clone());
        }
        let shown = self.submitted.get() || self.touched.read()[field as usize];
        (shown && self.errors.read().contains(&field)).then(|| field.advice().to_owned())
    }

    /// What the summary lists; tracked.
    pub fn submitted_errors(self) -> Vec<Field> {
        if !self.submitted.get() {
            return Vec::new();
        }
        let (errors, refused) = (self.errors.read(), self.refused.read());
        let is_wrong = |field: &Field| errors.contains(field) || refused.iter().any(|(of, _)| of == field);
        Field::ALL.into_iter().filter(is_wrong).collect()
    }

    /// What the server would not take and is about no single field; tracked.
    pub fn refusal(self) -> Option<String> {
        self.refusal.get()
    }

    /// The server did not take it. The form may have gone meanwhile.
    pub fn refuse(self, error: &AppError) {
        _ = self.submitted.try_set(true);
        match refused_fields(error) {
            errors if errors.is_empty() => _ = self.refusal.try_set(Some(error.detail.clone())),
            errors => {
                let fields: Vec<Field> = errors.iter().map(|(field, _)| *field).collect();
                self.say(&fields, errors);
            }
        }
    }

    /// The input to send, unless something is wrong with it.
    pub fn submit(self) -> Option<AgentInput> {
        self.submitted.set(true);
        self.refusal.set(None);
        // Those hold until their field is changed; any other may depend on what was changed elsewhere.
        self.refused.update(|refused| refused.retain(|(field, _)| CHECKED.contains(field)));
        let is_right = self.errors.with_untracked(Vec::is_empty) && self.refused.with_untracked(Vec::is_empty);
        is_right.then(|| {
            let kept = AgentInput { version: self.version.get_untracked(), ..self.kept.get_value() };
            input(&|field| self.value(field).get_untracked(), kept, self.rest)
        })
    }
}

#[cfg(test)]
mod tests;
