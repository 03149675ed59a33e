//! The fields of the dialog in which a run is started with something.

use crate::domain::money::NanoDollars;
use crate::domain::priority::Priority;
use crate::domain::request::{Field, RunRequest};
use crate::domain::task::INPUT;
use crate::domain::time::Timestamp;
use crate::domain::views::start::StartForm;
use crate::error::{AppError, FieldError};
use crate::ui::model::start::{metadata_text, read_metadata};
use chrono::{Local, NaiveDateTime};
use leptos::prelude::*;

/// A variable's name and the value in its field.
pub type VariableField = (String, RwSignal<String>);

/// How a `datetime-local` field has its value, without and with seconds
/// (<https://html.spec.whatwg.org/#local-dates-and-times>).
const LOCAL: [&str; 2] = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"];

/// The values that are typed and chosen.
#[derive(Clone, Copy)]
pub struct StartFields {
    /// The request that it began with; its values without a field go along.
    first: StoredValue<RunRequest>,
    takes_input: bool,
    pub input: RwSignal<String>,
    pub variables: StoredValue<Vec<VariableField>>,
    pub tags: RwSignal<Vec<String>>,
    /// The tag that is being typed.
    pub tag: RwSignal<String>,
    pub model: RwSignal<String>,
    pub budget: RwSignal<String>,
    pub later: RwSignal<String>,
    pub priority: RwSignal<Priority>,
    pub metadata: RwSignal<String>,
    /// Why it was refused.
    pub refusal: RwSignal<Option<AppError>>,
}

impl StartFields {
    /// Returns the fields of a form, with what it begins with.
    pub fn of(form: &StartForm) -> Self {
        let request = &form.request;
        let takes_input = form.names.iter().any(|name| name == INPUT);
        let names = form.names.iter().filter(|name| *name != INPUT);
        let variable =
            |name: &String| (name.clone(), RwSignal::new(request.variables.get(name).cloned().unwrap_or_default()));
        Self {
            first: StoredValue::new(request.clone()),
            takes_input,
            input: RwSignal::new(request.input.clone().unwrap_or_default()),
            variables: StoredValue::new(names.map(variable).collect()),
            tags: RwSignal::new(request.tags.clone()),
            tag: RwSignal::new(String::new()),
            model: RwSignal::new(request.model.clone().unwrap_or_default()),
            budget: RwSignal::new(request.run_budget_usd.map(NanoDollars::decimal).unwrap_or_default()),
            later: RwSignal::new(String::new()),
            priority: RwSignal::new(request.priority),
            metadata: RwSignal::new(metadata_text(&request.metadata)),
            refusal: RwSignal::new(None),
        }
    }

    /// Whether the instructions have a place for an input, so that one is needed.
    pub fn takes_input(self) -> bool {
        self.takes_input
    }

    /// Fills in what another run was given.
    pub fn fill(self, given: &RunRequest) {
        self.input.set(given.input.clone().unwrap_or_default());
        self.variables.with_value(|variables| {
            for (name, value) in variables {
                value.set(given.variables.get(name).cloned().unwrap_or_default());
            }
        });
        self.tags.set(given.tags.clone());
    }

    /// Takes what is typed as a tag. A field also loses the focus when the dialog closes, and then there is nothing to take.
    pub fn add_tag(self) {
        let Some(tag) = self.tag.try_get_untracked() else { return };
        let tag = tag.trim().trim_end_matches(',').trim().to_owned();
        self.tag.set(String::new());
        if !tag.is_empty() && !self.tags.with_untracked(|tags| tags.contains(&tag)) {
            self.tags.update(|tags| tags.push(tag));
        }
    }

    /// Returns the value that a name stands for; tracked.
    pub fn value(self, name: &str) -> Option<String> {
        match name {
            INPUT => Some(self.input.get()),
            name => self.variables.with_value(|variables| {
                variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.get())
            }),
        }
    }

    /// Returns what the fields say; tracked.
    ///
    /// # Errors
    /// Values that cannot be read.
    pub fn request(self) -> Result<RunRequest, AppError> {
        let mut errors = Vec::new();
        let mut request = self.first.get_value();
        let input = self.input.get();
        request.input = Some(input).filter(|input| self.takes_input || !input.is_empty());
        self.variables.with_value(|variables| {
            for (name, value) in variables {
                request.variables.insert(name.clone(), value.get());
            }
        });
        request.tags = self.tags.get();
        request.tags.extend(Some(self.tag.get().trim().to_owned()).filter(|tag| !tag.is_empty()));
        request.model = Some(self.model.get().trim().to_owned()).filter(|model| !model.is_empty());
        let budget = self.budget.get();
        request.run_budget_usd = match budget.trim() {
            "" => None,
            text => NanoDollars::from_decimal(text).or_else(|| {
                errors.push(FieldError::of(Field::RunCost.name(), "Enter dollars such as 0.50."));
                None
            }),
        };
        request.priority = self.priority.get();
        let later = self.later.get();
        request.not_before = match later.as_str() {
            "" => None,
            text => read_local(text).or_else(|| {
                errors.push(FieldError::of(Field::NotBefore.name(), "Enter a date and a time."));
                None
            }),
        };
        let typed = self.metadata.get();
        // As a text a value does not show whether it is a number: what is unchanged stays what it is.
        let unchanged =
            self.first.with_value(|first| (metadata_text(&first.metadata) == typed).then(|| first.metadata.clone()));
        match unchanged.map_or_else(|| read_metadata(&typed), Ok) {
            Ok(metadata) => request.metadata = metadata,
            Err(line) => {
                let detail = format!("Enter a name and a value with a colon between: {line:?} has no name.");
                errors.push(FieldError::of(Field::Metadata.name(), detail));
            }
        }
        if errors.is_empty() { Ok(request.tidied()) } else { Err(AppError::invalid_fields(errors)) }
    }

    /// Returns what is otherwise than it began; tracked. Nothing while a value cannot be read.
    pub fn changes(self) -> usize {
        let Ok(request) = self.request() else { return 0 };
        self.first.with_value(|first| first.changes(&request).len())
    }

    /// Returns what is wrong with a field; tracked.
    pub fn error(self, field: Field) -> Option<String> {
        self.refusal.with(|refusal| {
            let of_field = |error: &&FieldError| error.field() == field.name();
            Some(refusal.as_ref()?.errors.iter().find(of_field)?.detail.clone())
        })
    }
}

/// Reads a time of the reader's own zone; of one that is there twice, the earlier.
fn read_local(text: &str) -> Option<Timestamp> {
    let read = LOCAL.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())?;
    let local = read.and_local_timezone(Local).earliest()?;
    Some(Timestamp::from_ms(local.timestamp_millis()))
}
