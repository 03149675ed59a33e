//! Reads what a run is started with out of JSON that somebody has written by hand; mistakes are put in plain words.

use super::{RunRequest, SCALAR, Scalar};
use crate::domain::agent::{AgentSettings, Setting};
use crate::domain::priority::Priority;
use crate::domain::tags;
use crate::domain::time::Timestamp;
use crate::error::{FieldError, pointer_part};
use serde_json::Value;
use std::mem::swap;

/// Declares the fields of a request by their names.
macro_rules! fields {
    ($($field:ident $name:ident;)*) => {
        /// A field of a request.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Field {
            $($field,)*
        }

        impl Field {
            /// Every field, in the order in which people are shown them.
            pub const ALL: &[Self] = &[$(Self::$field,)*];

            /// Returns its name on the wire.
            pub fn name(self) -> &'static str {
                match self { $(Self::$field => stringify!($name),)* }
            }

            fn exchange(self, one: &mut RunRequest, other: &mut RunRequest) {
                match self { $(Self::$field => swap(&mut one.$name, &mut other.$name),)* }
            }
        }
    };
}

fields! {
    Input input;
    Variables variables;
    Tags tags;
    Metadata metadata;
    Model model;
    RunCost run_budget_usd;
    RunTokens run_budget_tokens;
    NotBefore not_before;
    TriggerNote trigger_note;
    Priority priority;
}

impl Field {
    /// Returns the field of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.name() == name)
    }
}

/// Changes to another request. A field that is null gets its default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunPatch {
    request: RunRequest,
    named: Vec<Field>,
}

impl RunPatch {
    /// Creates one that replaces all of another request.
    pub fn whole(request: RunRequest) -> Self {
        Self { request, named: Field::ALL.to_vec() }
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.named.is_empty()
    }

    /// Returns the first of these fields that it names.
    pub fn names(&self, fields: &[Field]) -> Option<Field> {
        fields.iter().copied().find(|field| self.named.contains(field))
    }

    /// Returns a request with its fields in place of those of another.
    pub fn over(mut self, mut base: RunRequest) -> RunRequest {
        for field in &self.named {
            field.exchange(&mut base, &mut self.request);
        }
        base
    }

    /// Sets a field to what the JSON says. Whether that is within its bounds is for the rules to say.
    ///
    /// # Errors
    /// Points at each value that is not of its kind, and says what it must be; or the field is there already.
    pub fn set(&mut self, field: Field, value: Value) -> Result<(), Vec<FieldError>> {
        let wrong = |detail: &str| Err(vec![FieldError::of(field.name(), detail)]);
        if self.named.contains(&field) {
            return wrong("must be there once only");
        }
        self.named.push(field);
        let request = &mut self.request;
        match (field, value) {
            (_, Value::Null) => {}
            (Field::Input, Value::String(text)) => request.input = Some(text),
            (Field::Input, _) => return wrong("must be text, or null"),
            (Field::Variables, value) => {
                let text = |value| match value {
                    Value::String(text) => Some(text),
                    _ => None,
                };
                request.variables = members(field, value, "text", text)?;
            }
            (Field::Tags, value) => request.tags = tags::from_json(field.name(), value)?,
            (Field::Metadata, value) => {
                request.metadata = members(field, value, SCALAR, Scalar::of)?;
            }
            (Field::Model | Field::RunCost | Field::RunTokens, value) => {
                let mut settings = AgentSettings::default();
                let Some(setting) = Setting::named(field.name()) else { return Ok(()) };
                setting.set_json(&mut settings, value)?;
                request.model = request.model.take().or(Some(settings.model).filter(|model| !model.is_empty()));
                request.run_budget_usd = request.run_budget_usd.or(settings.run_budget_usd);
                request.run_budget_tokens = request.run_budget_tokens.or(settings.run_budget_tokens);
            }
            (Field::NotBefore, value) => match serde_json::from_value::<Timestamp>(value) {
                Ok(at) => request.not_before = Some(at),
                Err(_) => return wrong("must be a time such as \"2026-11-27T18:00:00Z\" (RFC 3339), or null"),
            },
            (Field::TriggerNote, Value::String(text)) => request.trigger_note = Some(text),
            (Field::TriggerNote, _) => return wrong("must be text, or null"),
            (Field::Priority, value) => match value.as_str().and_then(Priority::parse) {
                Some(priority) => request.priority = priority,
                None => return wrong("must be \"high\", \"normal\" or \"low\", or null"),
            },
        }
        Ok(())
    }
}

/// Returns the values of an object, or what is wrong with each of those that are not such.
fn members<T, C: FromIterator<(String, T)>>(
    field: Field,
    value: Value,
    kind: &str,
    read: impl Fn(Value) -> Option<T>,
) -> Result<C, Vec<FieldError>> {
    let Value::Object(members) = value else {
        let detail = format!("must be an object with names and values, each {kind}; or null");
        return Err(vec![FieldError::of(field.name(), detail)]);
    };
    let (mut values, mut errors) = (Vec::new(), Vec::new());
    for (name, value) in members {
        match read(value) {
            Some(value) => values.push((name, value)),
            None => {
                let place = format!("{}/{}", field.name(), pointer_part(&name));
                errors.push(FieldError::of(&place, format!("must be {kind}")));
            }
        }
    }
    if errors.is_empty() { Ok(values.into_iter().collect()) } else { Err(errors) }
}
