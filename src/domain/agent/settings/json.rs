//! Reads a setting's value out of JSON that somebody has written by hand; mistakes are put in plain words.

use super::kind::Kind;
use super::{AgentSettings, Setting};
use crate::domain::money::NanoDollars;
use crate::domain::schedule::Overlap;
use crate::domain::tags;
use crate::domain::tool::{MAX_PICKS, PickError, ToolPick};
use crate::error::FieldError;
use serde_json::{Map, Value};

impl Setting {
    /// Sets the value to what the JSON says. Whether that is within its bounds is for the rules to say.
    ///
    /// # Errors
    /// Points at each value that is not of its kind, and says what it must be.
    pub fn set_json(self, settings: &mut AgentSettings, value: Value) -> Result<(), Vec<FieldError>> {
        let kind = self.kind();
        match kind {
            Kind::Tools { at } => *(at.get_mut)(settings) = tools(self, value)?,
            Kind::Tags { at } => *(at.get_mut)(settings) = tags::from_json(self.name(), value)?,
            _ => return self.set_one(settings, value),
        }
        Ok(())
    }

    fn set_one(self, settings: &mut AgentSettings, value: Value) -> Result<(), Vec<FieldError>> {
        let kind = self.kind();
        kind.set_json(settings, value).ok_or_else(|| vec![FieldError::of(self.name(), kind.detail())])
    }
}

impl AgentSettings {
    /// Reads settings that were written down as JSON some time ago. A setting that is younger than they are is as in `self`,
    /// and so is one whose value cannot be read any more: those come with the reason.
    pub fn recorded(&self, mut values: Map<String, Value>) -> (Self, Vec<FieldError>) {
        let (mut settings, mut unread) = (self.clone(), Vec::new());
        for setting in Setting::ALL {
            if let Some(value) = values.remove(setting.name()) {
                unread.extend(setting.set_json(&mut settings, value).err().into_iter().flatten());
            }
        }
        (settings, unread)
    }
}

impl Kind {
    /// `None` where it is not of this kind.
    fn set_json(&self, settings: &mut AgentSettings, value: Value) -> Option<()> {
        match (self, value) {
            (Self::Line { at, .. } | Self::Text { at, .. }, Value::String(text)) => *(at.get_mut)(settings) = text,
            (Self::Line { at, optional: true, .. }, Value::Null) => (at.get_mut)(settings).clear(),
            (Self::OptionalLine { at, .. }, Value::String(text)) => *(at.get_mut)(settings) = Some(text),
            (Self::OptionalLine { at, .. }, Value::Null) => *(at.get_mut)(settings) = None,
            (Self::Number { at, .. } | Self::Seconds { at, .. }, Value::Number(number)) => {
                *(at.get_mut)(settings) = i32::try_from(number.as_i64()?).ok()?;
            }
            (Self::Tokens { at, .. } | Self::Kept { at, .. }, Value::Number(number)) => {
                *(at.get_mut)(settings) = Some(number.as_i64()?);
            }
            (Self::Tokens { at, .. } | Self::Kept { at, .. }, Value::Null) => *(at.get_mut)(settings) = None,
            (Self::Dollars { at }, Value::Number(number)) => {
                *(at.get_mut)(settings) = Some(NanoDollars::from_usd(number.as_f64()?)?);
            }
            (Self::Dollars { at }, Value::Null) => *(at.get_mut)(settings) = None,
            (Self::Switch { at }, Value::Bool(on)) => *(at.get_mut)(settings) = on,
            (Self::Choice { at, .. }, Value::String(word)) => *(at.get_mut)(settings) = Overlap::parse(&word)?,
            _ => return None,
        }
        Some(())
    }
}

/// Returns the picks of a list, or what is wrong with each of those that are none.
fn tools(setting: Setting, value: Value) -> Result<Vec<ToolPick>, Vec<FieldError>> {
    let values = match value {
        Value::Array(values) if values.len() <= MAX_PICKS => values,
        _ => return Err(vec![FieldError::of(setting.name(), setting.kind().detail())]),
    };
    let (mut picks, mut errors) = (Vec::new(), Vec::new());
    for (at, value) in values.into_iter().enumerate() {
        let pick = match value {
            Value::String(text) => text.parse().map_err(|error: PickError| error.to_string()),
            _ => Err("must be text, such as \"current_time\" or \"mcp:files\"".to_owned()),
        };
        match pick {
            Ok(pick) => picks.push(pick),
            Err(detail) => errors.push(FieldError::of(&format!("{}/{at}", setting.name()), detail)),
        }
    }
    if errors.is_empty() { Ok(picks) } else { Err(errors) }
}
