//! The mistakes in the form of a webhook, each at the field that it is about. Pure.

use crate::error::{AppError, FieldError};
use std::collections::BTreeMap;

/// A field that can have a mistake in it, in the order of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Name,
    Header,
    Prefix,
    Secret,
    Filter,
    Input,
    Variables,
    Tags,
    Metadata,
    Rate,
}

impl Part {
    /// Returns the id of its control.
    pub fn id(self) -> &'static str {
        match self {
            Self::Name => "hook-name",
            Self::Header => "hook-header",
            Self::Prefix => "hook-prefix",
            Self::Secret => "hook-secret",
            Self::Filter => "hook-filter",
            Self::Input => "hook-input",
            Self::Variables => "hook-variables",
            Self::Tags => "hook-tags",
            Self::Metadata => "hook-metadata",
            Self::Rate => "hook-rate",
        }
    }

    /// Whether it is among those that are folded away at first.
    pub fn is_folded(self) -> bool {
        matches!(self, Self::Tags | Self::Metadata | Self::Rate)
    }

    /// Returns the field that a mistake of the server's is about.
    fn of(error: &FieldError) -> Option<Self> {
        let mut parts = error.pointer.split('/').skip(1);
        Some(match (parts.next()?, parts.next()) {
            ("name", _) => Self::Name,
            ("verification", _) if error.detail.contains("\"prefix\"") => Self::Prefix,
            ("verification", _) => Self::Header,
            ("secret", _) => Self::Secret,
            ("filter", _) => Self::Filter,
            ("map", Some("input")) => Self::Input,
            ("map", Some("variables")) => Self::Variables,
            ("map", Some("tags")) => Self::Tags,
            ("map", Some("metadata")) => Self::Metadata,
            ("rate_per_minute", _) => Self::Rate,
            _ => return None,
        })
    }
}

/// Why a form was not saved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mistakes {
    at: BTreeMap<Part, String>,
    /// Mistakes that belong to no field; may be empty.
    rest: String,
}

impl Mistakes {
    /// Notes a mistake in a field; returns nothing in the place of what cannot be read.
    pub(super) fn note<T: Default>(&mut self, part: Part, mistake: String) -> T {
        self.at.insert(part, mistake);
        T::default()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.at.is_empty() && self.rest.is_empty()
    }

    /// Returns the mistake in a field.
    pub fn at(&self, part: Part) -> Option<String> {
        self.at.get(&part).cloned()
    }

    /// Returns the first field that has one.
    pub fn first(&self) -> Option<Part> {
        self.at.keys().next().copied()
    }

    /// Whether a field that is folded away at first has one.
    pub fn are_folded(&self) -> bool {
        self.at.keys().any(|part| part.is_folded())
    }

    /// Returns the words above the fields; `None` where each mistake is at its field.
    pub fn rest(&self) -> Option<String> {
        Some(self.rest.clone()).filter(|rest| !rest.is_empty())
    }

    /// Forgets the one in a field, because that is being changed.
    pub fn forget(&mut self, part: Part) {
        self.at.remove(&part);
    }
}

impl From<AppError> for Mistakes {
    fn from(error: AppError) -> Self {
        let mut mistakes = Self::default();
        if error.errors.is_empty() {
            mistakes.rest = error.detail;
            return mistakes;
        }
        let mut rest = Vec::new();
        for error in error.errors {
            let inner = error.pointer.trim_start_matches('/');
            match Part::of(&error) {
                Some(part) => {
                    // Of a list it is said which of its values is meant.
                    let is_whole = [Part::Name, Part::Secret, Part::Input, Part::Rate].contains(&part);
                    let said = if is_whole { error.detail } else { format!("{inner}: {}", error.detail) };
                    let at = mistakes.at.entry(part).or_default();
                    *at = if at.is_empty() { said } else { format!("{at}; {said}") };
                }
                None => rest.push(format!("{inner}: {}", error.detail)),
            }
        }
        mistakes.rest = rest.join("; ");
        mistakes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mistake_is_at_its_field() {
        let error = AppError::invalid_fields(vec![
            FieldError::of("rate_per_minute", "must be a whole number from 1 to 6000"),
            FieldError::of("map/variables/a~1b", "is no name"),
            FieldError::of("map/variables/c", "is no name"),
            FieldError::of("verification", "needs the \"header\""),
            FieldError::of("verification", "must have at most 32 visible ASCII characters as \"prefix\""),
            FieldError::of("enabled", "must be true or false"),
        ]);
        let mut mistakes = Mistakes::from(error);
        assert_eq!(mistakes.first(), Some(Part::Header));
        assert_eq!(mistakes.at(Part::Rate).as_deref(), Some("must be a whole number from 1 to 6000"));
        let variables = "map/variables/a~1b: is no name; map/variables/c: is no name";
        assert_eq!(mistakes.at(Part::Variables).as_deref(), Some(variables));
        assert!(mistakes.at(Part::Prefix).is_some_and(|detail| detail.contains("32")));
        assert_eq!(mistakes.rest().as_deref(), Some("enabled: must be true or false"));
        assert!(mistakes.are_folded());
        mistakes.forget(Part::Rate);
        assert!(!mistakes.are_folded() && !mistakes.is_empty());
    }

    #[test]
    fn an_error_of_no_field_is_said_above_them() {
        let mistakes = Mistakes::from(AppError::conflict("The agent has as many webhooks as it may."));
        let rest = Some("The agent has as many webhooks as it may.".to_owned());
        assert_eq!((mistakes.first(), mistakes.rest()), (None, rest));
    }
}
