//! The text of a call's arguments as a value.

use super::super::super::model::Arguments;
use crate::server::work::wire::json::{self, Unread};
use serde_json::{Map, Value};

/// Reads the text of arguments. No text at all, blanks and `null` are no arguments; JSON within a JSON text is what some
/// servers make of an object.
pub fn arguments_of(text: &str) -> Arguments {
    if text.trim().is_empty() {
        return Arguments::Read(Value::Object(Map::new()));
    }
    match json::read(text.as_bytes()) {
        Ok(Value::Null) => Arguments::Read(Value::Object(Map::new())),
        Ok(Value::String(inner)) => match json::read(inner.as_bytes()) {
            Ok(Value::Object(fields)) => Arguments::Read(Value::Object(fields)),
            _ if inner.trim().is_empty() => Arguments::Read(Value::Object(Map::new())),
            _ => Arguments::Read(Value::String(inner)),
        },
        Ok(value) => Arguments::Read(value),
        Err(error) => {
            let error = match error {
                Unread::NotJson(error) => error,
                Unread::TooMany => error.to_string(),
            };
            let why = format!("the arguments are not JSON ({error}): call the tool again with a JSON object");
            Arguments::Unreadable { raw: text.to_owned(), why }
        }
    }
}
