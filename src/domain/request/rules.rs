//! Bounds of what a run is started with.

use super::{
    Field, MAX_INPUT, MAX_KEY, MAX_METADATA, MAX_NOTE, MAX_VARIABLE_BYTES, MAX_VARIABLES, MAX_WAIT_MS, RunRequest,
    SCALAR, Scalar,
};
use crate::domain::agent::AgentSettings;
use crate::domain::rules::{NO_NUL, length};
use crate::domain::tags;
use crate::domain::task::INPUT;
use crate::domain::template::{MAX_NAME, is_name};
use crate::domain::text::one_line;
use crate::domain::time::Timestamp;
use crate::error::{FieldError, pointer_part};

impl RunRequest {
    /// Returns the same as it is kept: each tag once, what is one line on one line, and nothing in place of what is blank. The
    /// input and the variables stay as they are.
    #[must_use]
    pub fn tidied(mut self) -> Self {
        let filled = |text: Option<String>| text.map(|text| one_line(&text)).filter(|text| !text.is_empty());
        self.tags = tags::tidied(&self.tags);
        self.model = filled(self.model);
        self.trigger_note = filled(self.trigger_note);
        self
    }

    /// Returns every value that is out of its bounds. Of a request as it is kept: [`Self::tidied`].
    pub fn faults(&self, now: Timestamp) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if let Some(detail) = self.input.as_deref().and_then(input_fault) {
            errors.push(FieldError::of(Field::Input.name(), detail));
        }
        self.variable_faults(&mut errors);
        for fault in tags::faults(&self.tags) {
            let place = fault.at.map(|at| format!("/{at}")).unwrap_or_default();
            errors.push(FieldError::of(&format!("{}{place}", Field::Tags.name()), fault.detail));
        }
        self.metadata_faults(&mut errors);
        self.override_faults(&mut errors);
        if self.not_before.is_some_and(|at| at.ms() > now.ms() + MAX_WAIT_MS) {
            errors.push(FieldError::of(Field::NotBefore.name(), "must be at most 366 days ahead"));
        }
        if let Some(note) = &self.trigger_note {
            let detail = match note {
                note if note.contains('\0') => Some(NO_NUL.to_owned()),
                note if length(note) > MAX_NOTE => Some(format!("must be text of at most {MAX_NOTE} characters")),
                _ => None,
            };
            errors.extend(detail.map(|detail| FieldError::of(Field::TriggerNote.name(), detail)));
        }
        errors
    }

    fn variable_faults(&self, errors: &mut Vec<FieldError>) {
        let field = Field::Variables.name();
        if self.variables.len() > MAX_VARIABLES {
            errors.push(FieldError::of(field, format!("must be at most {MAX_VARIABLES} variables")));
            return;
        }
        if self.variables.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() > MAX_VARIABLE_BYTES {
            let most = MAX_VARIABLE_BYTES / 1024;
            errors.push(FieldError::of(field, format!("must be at most {most} KiB of text together")));
        }
        for (name, value) in &self.variables {
            let detail = match name.as_str() {
                INPUT => "must be sent as \"input\", beside \"variables\"".to_owned(),
                name if !is_name(name) => {
                    format!("must have a name of 1 to {MAX_NAME} letters, digits and _, with no digit first")
                }
                _ if value.contains('\0') => NO_NUL.to_owned(),
                _ => continue,
            };
            errors.push(FieldError::of(&format!("{field}/{}", pointer_part(name)), detail));
        }
    }

    fn metadata_faults(&self, errors: &mut Vec<FieldError>) {
        let field = Field::Metadata.name();
        // Cannot fail: names and values of JSON.
        if serde_json::to_string(&self.metadata).is_ok_and(|json| json.len() > MAX_METADATA) {
            let most = MAX_METADATA / 1024;
            errors.push(FieldError::of(field, format!("must be at most {most} KiB of JSON")));
            return;
        }
        for (key, value) in &self.metadata {
            let is_text_with_nul = matches!(value, Scalar::Text(text) if text.contains('\0'));
            let detail = match key {
                key if !(1..=MAX_KEY).contains(&length(key)) => {
                    format!("must have a name of 1 to {MAX_KEY} characters")
                }
                key if is_text_with_nul || key.contains('\0') => NO_NUL.to_owned(),
                _ if !value.keeps_digits() => format!("must be {SCALAR}"),
                _ => continue,
            };
            errors.push(FieldError::of(&format!("{field}/{}", pointer_part(key)), detail));
        }
    }

    /// Model and limits have the bounds that they have as settings of an agent, and the same names.
    fn override_faults(&self, errors: &mut Vec<FieldError>) {
        let settings = AgentSettings {
            model: self.model.clone().unwrap_or_default(),
            run_budget_usd: self.run_budget_usd,
            run_budget_tokens: self.run_budget_tokens,
            ..AgentSettings::named("its agent")
        };
        errors.extend(settings.faults().into_iter().map(|fault| FieldError::of(fault.setting.name(), fault.detail)));
    }
}

fn input_fault(input: &str) -> Option<String> {
    match input {
        input if input.len() > MAX_INPUT => Some(format!("must be text of at most {} KiB", MAX_INPUT / 1024)),
        input if input.contains('\0') => Some(NO_NUL.to_owned()),
        _ => None,
    }
}
