//! Reads a tool's arguments, which a model has written, and says what is wrong with them so that it can do better.

use super::ToolError;
use serde_json::{Map, Value};

/// The arguments of one call.
#[derive(Debug)]
pub(super) struct Arguments(Map<String, Value>);

impl Arguments {
    /// `null` counts as no arguments.
    ///
    /// # Errors
    /// They are no object, or hold a name that is not among `known`.
    pub(super) fn read(arguments: Value, known: &[&str]) -> Result<Self, ToolError> {
        let map = object(arguments)?;
        match map.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(ToolError::new(format!("there is no argument `{name}`: use {}", known.join(", ")))),
            None => Ok(Self(map)),
        }
    }

    /// Returns a text; `None` if it is missing or null.
    ///
    /// # Errors
    /// It is something else.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, ToolError> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(ToolError::new(format!("`{name}` must be a string, not {}", kind(other)))),
        }
    }

    /// Texts by name; empty if the argument is missing or null.
    ///
    /// # Errors
    /// It is something else, or a value is.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<(&str, &str)>, ToolError> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Object(map)) => map
                .iter()
                .map(|(key, value)| match value {
                    Value::String(text) => Ok((key.as_str(), text.as_str())),
                    other => Err(ToolError::new(format!("`{key}` in `{name}` must be a string, not {}", kind(other)))),
                })
                .collect(),
            Some(other) => Err(ToolError::new(format!("`{name}` must be an object of strings, not {}", kind(other)))),
        }
    }
}

/// Returns the arguments as an object; `null` is an empty one.
///
/// # Errors
/// They are something else.
pub(super) fn object(arguments: Value) -> Result<Map<String, Value>, ToolError> {
    match arguments {
        Value::Object(map) => Ok(map),
        Value::Null => Ok(Map::new()),
        other => Err(ToolError::new(format!("the arguments must be an object, not {}", kind(&other)))),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(arguments: Value) -> Result<Arguments, ToolError> {
        Arguments::read(arguments, &["url", "headers"])
    }

    #[test]
    fn what_is_missing_or_null_is_none() {
        for arguments in [json!(null), json!({}), json!({ "url": null, "headers": null })] {
            let arguments = read(arguments).unwrap();
            assert_eq!((arguments.text("url").unwrap(), arguments.texts("headers").unwrap()), (None, vec![]));
        }
    }

    #[test]
    fn an_error_says_what_would_be_right() {
        let said = |arguments| match read(arguments) {
            Err(error) => error.message,
            Ok(read) => read.text("url").and_then(|_| read.texts("headers")).unwrap_err().message,
        };
        assert_eq!(said(json!("x")), "the arguments must be an object, not a string");
        assert_eq!(said(json!({ "uri": "x" })), "there is no argument `uri`: use url, headers");
        assert_eq!(said(json!({ "url": 5 })), "`url` must be a string, not a number");
        assert_eq!(said(json!({ "headers": [] })), "`headers` must be an object of strings, not a list");
        assert_eq!(said(json!({ "headers": { "a": true } })), "`a` in `headers` must be a string, not a boolean");
    }
}
