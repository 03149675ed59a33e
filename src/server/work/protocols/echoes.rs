//! Data that goes back to a provider to the letter: kept with its turn, unless it is too long.

use super::super::model::Echo;
use super::super::name::ModelName;
use super::limits::MAX_ECHO;
use serde_json::{Value, json};

/// Returns an echo of a model's turn. It names the model, since another one refuses its signatures and cannot read its
/// reasoning. `None` where it is too long to be kept: the turn is then put together from its text and calls.
pub(super) fn of(protocol: &'static str, name: &ModelName, turn: Value) -> Option<Echo> {
    let content = without_nul(json!({ "model": name.model, "turn": turn }));
    let fits = content.to_string().len() <= MAX_ECHO;
    fits.then(|| Echo { provider: name.provider, protocol: protocol.to_owned(), content })
}

/// The parts of an echo, as long as there are not too many. They are kept as text: as values, `[0,0,0]` takes sixteen
/// times the memory.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept {
    bytes: usize,
}

impl Kept {
    /// Returns the text to be kept; an empty one once there is too much.
    pub(super) fn keep(&mut self, value: &Value) -> String {
        if self.is_too_much() {
            return String::new();
        }
        let text = value.to_string();
        self.bytes += text.len();
        if self.is_too_much() { String::new() } else { text }
    }

    /// How much has come, until it was too much.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether something is missing, so that there will be no echo.
    pub(super) fn is_too_much(&self) -> bool {
        self.bytes > MAX_ECHO
    }
}

/// Returns the value of a text that was kept; `None` where it was not.
pub(super) fn kept(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

/// Replaces NUL, which PostgreSQL stores in no text, not even in JSON.
fn without_nul(value: Value) -> Value {
    match value {
        Value::String(text) if text.contains('\0') => Value::String(text.replace('\0', "\u{fffd}")),
        Value::Array(items) => items.into_iter().map(without_nul).collect(),
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(name, value)| (name.replace('\0', "\u{fffd}"), without_nul(value)));
            Value::Object(fields.collect())
        }
        other => other,
    }
}

/// Returns the turn in an echo's content, if it is one of this model's.
pub(super) fn turn<'a>(content: Option<&'a Value>, model: &str) -> Option<&'a Value> {
    content.filter(|content| content["model"] == model).map(|content| &content["turn"])
}

/// Returns the parts of such a turn; `None` where there are none.
pub(super) fn parts(content: Option<&Value>, model: &str) -> Option<Vec<Value>> {
    turn(content, model)?.as_array().filter(|parts| !parts.is_empty()).cloned()
}

#[cfg(test)]
mod tests {
    use super::super::super::name::Provider;
    use super::*;

    #[test]
    fn too_much_is_not_kept() {
        let (mut keeping, value) = (Kept::default(), Value::Array(vec![json!(0); MAX_ECHO / 4]));
        let text = keeping.keep(&value);
        assert_eq!((kept(&text), keeping.is_too_much()), (Some(value.clone()), false));
        assert_eq!((keeping.keep(&value), keeping.is_too_much()), (String::new(), true));
        assert_eq!(kept(&keeping.keep(&json!(1))), None);
    }

    #[test]
    fn an_echo_is_for_its_own_model_and_not_endless() {
        let name = ModelName { provider: Provider::Gemini, model: "a".to_owned() };
        let echo = of("gemini", &name, json!(["part"])).unwrap();
        assert_eq!((echo.provider, echo.protocol.as_str()), (Provider::Gemini, "gemini"));
        assert_eq!(parts(Some(&echo.content), "a"), Some(vec![json!("part")]));
        assert_eq!(parts(Some(&echo.content), "b"), None);
        assert_eq!(parts(None, "a"), None);
        assert_eq!(parts(Some(&json!("garbage")), "a"), None);
        assert_eq!(of("gemini", &name, json!("x".repeat(MAX_ECHO))), None);
        let nul = of("gemini", &name, json!([{"a\0": ["b\0c", 1]}])).unwrap();
        assert_eq!(parts(Some(&nul.content), "a"), Some(vec![json!({"a\u{fffd}": ["b\u{fffd}c", 1]})]));
    }
}
