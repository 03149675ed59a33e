//! JSON as people read it. Pure.

use serde_json::Value;

/// Sets JSON out on several lines; returns anything else as it is.
pub fn pretty(text: &str) -> String {
    let parsed: Result<Value, _> = serde_json::from_str(text);
    let structured = parsed.ok().filter(|value| value.is_object() || value.is_array());
    structured.and_then(|value| serde_json::to_string_pretty(&value).ok()).unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_structures_are_set_out() {
        assert_eq!(pretty("{\"a\":1}"), "{\n  \"a\": 1\n}");
        for text in ["12", "\"a\"", "What is it?", ""] {
            assert_eq!(pretty(text), text);
        }
    }
}
