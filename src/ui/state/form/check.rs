//! Checks that only the server can make of a field, while the form is filled in.

use super::AgentForm;
use crate::api::agents::check_model;
use crate::domain::agent::Setting;
use crate::domain::model::ModelRates;
use crate::domain::schedule::SchedulePreview;
use crate::error::AppError;
use crate::ui::model::form::refused_fields;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The fields that are checked so.
pub(super) const CHECKED: [Setting; 3] = [Setting::Model, Setting::Schedule, Setting::TimeZone];

impl AgentForm {
    /// Asks whether there can be such a model, and for its price. A response that was overtaken by typing is dropped,
    /// and one that did not come shows nothing: the server checks again on submit.
    pub fn check_model(self) {
        let model = self.value(Setting::Model).get_untracked();
        if model.trim().is_empty() || self.errors.with_untracked(|errors| errors.contains(&Setting::Model)) {
            return;
        }
        spawn_local(async move {
            let answer = check_model(model.clone()).await;
            if self.value(Setting::Model).try_get_untracked().as_ref() != Some(&model) {
                return;
            }
            let errors = match answer {
                Ok(rates) => {
                    _ = self.rates.try_set(Some((model.trim().to_owned(), rates)));
                    Vec::new()
                }
                Err(error) => refused_fields(&error),
            };
            self.say(&[Setting::Model], errors);
        });
    }

    /// Returns the price of the model of this name, once it was checked; tracked.
    pub fn rates_of(self, model: &str) -> Option<Option<ModelRates>> {
        self.rates.read().as_ref().filter(|(name, _)| name == model).map(|(_, rates)| *rates)
    }

    /// Shows mistakes in the schedule and its time zone at their fields; returns any other error.
    pub fn show_preview_errors(
        self,
        answer: Result<SchedulePreview, AppError>,
    ) -> Result<Option<SchedulePreview>, AppError> {
        let fields = [Setting::Schedule, Setting::TimeZone];
        let errors = answer.as_ref().err().map(refused_fields).unwrap_or_default();
        let is_said = !errors.is_empty();
        self.say(&fields, errors);
        match answer {
            Err(_) if is_said => Ok(None),
            answer => answer.map(Some),
        }
    }
}
