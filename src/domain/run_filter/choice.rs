//! Some values of a kind, or all but some: `failed,skipped`, `!success`. A backslash takes its meaning from a comma, a leading
//! `!` or another backslash.

use super::{MAX_TEXT, MAX_VALUES};
use crate::domain::rules::{NO_NUL, length};
use std::fmt;

/// Values that something may have, or may not have. Never without one, and none is there twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice<T> {
    pub values: Vec<T>,
    /// Whether these are the ones that are left out.
    pub negated: bool,
}

impl<T: PartialEq> Choice<T> {
    /// Chooses these.
    pub fn of(values: impl IntoIterator<Item = T>) -> Self {
        let mut once = Vec::new();
        for value in values {
            if !once.contains(&value) {
                once.push(value);
            }
        }
        Self { values: once, negated: false }
    }

    /// Whether the value is chosen.
    pub fn has(&self, value: &T) -> bool {
        self.values.contains(value) != self.negated
    }

    /// Reads it; `expected` says what values there are.
    ///
    /// # Errors
    /// Says what is wrong, after the filter's name.
    pub fn parse(text: &str, read: impl Fn(&str) -> Option<T>, expected: &str) -> Result<Self, String> {
        let (negated, text) = text.strip_prefix('!').map_or((false, text), |rest| (true, rest));
        let texts = parts(text);
        if texts.len() > MAX_VALUES {
            return Err(format!("at most {MAX_VALUES} values."));
        }
        let mut values = Vec::with_capacity(texts.len());
        for text in &texts {
            values.push(read(text).ok_or_else(|| format!("{text:?} is not {expected}."))?);
        }
        Ok(Self { negated, ..Self::of(values) })
    }
}

impl Choice<String> {
    /// Reads a choice of texts.
    ///
    /// # Errors
    /// Says what is wrong, after the filter's name.
    pub fn parse_texts(text: &str) -> Result<Self, String> {
        if text.contains('\0') {
            return Err(format!("{NO_NUL}."));
        }
        let is_short = |text: &str| (1..=MAX_TEXT).contains(&length(text));
        let read = |text: &str| is_short(text).then(|| text.to_owned());
        Self::parse(text, read, &format!("text of 1 to {MAX_TEXT} characters"))
    }
}

/// Splits a text at its commas.
fn parts(text: &str) -> Vec<String> {
    let (mut parts, mut part) = (Vec::new(), String::new());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => part.extend(chars.next()),
            ',' => parts.push(std::mem::take(&mut part)),
            c => part.push(c),
        }
    }
    parts.push(part);
    parts
}

/// As it is read.
impl<T: fmt::Display> fmt::Display for Choice<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negated {
            f.write_str("!")?;
        }
        for (at, value) in self.values.iter().enumerate() {
            let text = value.to_string().replace('\\', "\\\\").replace(',', "\\,");
            let mark = match (at, text.starts_with('!')) {
                (0, true) => "\\",
                (0, false) => "",
                _ => ",",
            };
            write!(f, "{mark}{text}")?;
        }
        Ok(())
    }
}
