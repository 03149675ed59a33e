//! What only the server can tell of a field is asked for while the form is filled in.

use super::AgentForm;
use crate::api::agents::check_model;
use crate::domain::schedule::SchedulePreview;
use crate::error::AppError;
use crate::ui::model::form::field::Field;
use crate::ui::model::form::refused_fields;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The fields that are checked so.
pub(super) const CHECKED: [Field; 3] = [Field::Model, Field::Schedule, Field::TimeZone];

impl AgentForm {
    /// Asks whether there can be such a model. An answer that was overtaken by typing is dropped, and one that did not come
    /// says nothing: the server checks again when it is sent.
    pub fn check_model(self) {
        let model = self.value(Field::Model).get_untracked();
        if model.trim().is_empty() || self.errors.with_untracked(|errors| errors.contains(&Field::Model)) {
            return;
        }
        spawn_local(async move {
            let answer = check_model(model.clone()).await;
            if self.value(Field::Model).try_get_untracked() == Some(model) {
                self.say(&[Field::Model], answer.err().map(|error| refused_fields(&error)).unwrap_or_default());
            }
        });
    }

    /// Says at their fields what is wrong with the schedule and its time zone; returns what else kept it from being read.
    pub fn heed(self, answer: Result<SchedulePreview, AppError>) -> Result<Option<SchedulePreview>, AppError> {
        let fields = [Field::Schedule, Field::TimeZone];
        let errors = answer.as_ref().err().map(refused_fields).unwrap_or_default();
        let is_said = !errors.is_empty();
        self.say(&fields, errors);
        match answer {
            Err(_) if is_said => Ok(None),
            answer => answer.map(Some),
        }
    }
}
