//! The body of `POST` and `PUT /api/agents`: an agent's settings by their names, the version they were made from, and why
//! they are saved. All mistakes in it are reported at once.

use super::extract::FromJson;
use super::json::{self, MAX_ERRORS, Members};
use crate::domain::agent::draft::NOTE;
use crate::domain::agent::{AgentSettings, Draft, Setting};
use crate::error::{AppError, FieldError, pointer_part};
use serde_json::Value;
use serde_json::value::RawValue;

/// The member that is no setting: the agent's version that they were made from.
const VERSION: &str = "version";
/// Longest list or object that is looked into, in bytes; no setting needs as much.
const MAX_NESTED: usize = 256 * 1024;

impl FromJson for Draft {
    fn from_json(bytes: &[u8]) -> Result<Self, AppError> {
        let Members(members) = json::read(bytes)?;
        let (mut settings, mut unread) = (AgentSettings::default(), Vec::new());
        let (mut version, mut note) = (None, None);
        let mut seen: Vec<&str> = Vec::new();
        for (name, raw) in &members {
            if unread.len() >= MAX_ERRORS {
                break;
            }
            let setting = Setting::named(name);
            if setting.is_none() && name != VERSION && name != NOTE {
                unread.push(FieldError::of(&pointer_part(name), unknown()));
                continue;
            }
            if seen.contains(&name.as_str()) {
                unread.push(FieldError::of(name, "must be there once only"));
                continue;
            }
            seen.push(name);
            let value = match value(name, raw) {
                Ok(value) => value,
                Err(error) => {
                    unread.push(error);
                    continue;
                }
            };
            match setting {
                Some(setting) => unread.extend(setting.set_json(&mut settings, value).err().into_iter().flatten()),
                None if value.is_null() => {}
                None if name == NOTE => match value {
                    Value::String(text) => note = Some(text),
                    _ => unread.push(FieldError::of(NOTE, "must be text, or null")),
                },
                None => match value.as_i64() {
                    Some(number) => version = Some(number),
                    None => unread.push(FieldError::of(VERSION, "must be a whole number, or null")),
                },
            }
        }
        Ok(Self::new(settings, version, unread).noting(note))
    }
}

/// Returns the value; of a list or an object that is far too long, an empty object, which no setting can be.
fn value(name: &str, raw: &RawValue) -> Result<Value, FieldError> {
    match raw.get().starts_with(['[', '{']) && raw.get().len() > MAX_NESTED {
        true => Ok(Value::Object(Default::default())),
        false => json::value(name, raw),
    }
}

fn unknown() -> String {
    let names: Vec<&str> = Setting::ALL.iter().map(|setting| setting.name()).chain([VERSION, NOTE]).collect();
    format!("there is no such setting: use {}", names.join(", "))
}
