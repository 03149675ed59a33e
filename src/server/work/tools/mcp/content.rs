//! A tool's result as text, which is all that models are given. It is read item by item: what is not known is named and
//! kept as the JSON it is.

use super::super::ToolError;
use super::super::text::{bounded, head, size};
use serde_json::Value;

/// How much of the JSON of an unknown item is kept, in bytes.
const MAX_UNKNOWN: usize = 16 * 1024;

/// Returns the text of a result; what is no text is described.
///
/// # Errors
/// The tool says that it failed, or wants something before it goes on.
pub(super) fn text(result: &Value) -> Result<String, ToolError> {
    if matches!(result.get("resultType").and_then(Value::as_str), Some("input_required")) {
        return Err(ToolError::new("the tool asks for further input, which a run cannot give"));
    }
    let text = bounded(said(result).replace('\0', "\u{fffd}"));
    let failed = match result.get("isError") {
        Some(Value::Bool(failed)) => *failed,
        Some(Value::String(word)) => word.eq_ignore_ascii_case("true"),
        _ => false,
    };
    match (failed, text.is_empty()) {
        (true, true) => Err(ToolError::new("the tool failed and did not say why")),
        (true, false) => Err(ToolError::new(text)),
        (false, true) => Ok("[no content]".to_owned()),
        (false, false) => Ok(text),
    }
}

/// Returns the text where it is found first: in the content, in what is structured, or where the first protocol had it.
fn said(result: &Value) -> String {
    let Value::Object(map) = result else { return items(result) };
    let places = ["content", "structuredContent", "toolResult"];
    let mut texts = places.iter().filter_map(|place| match (*place, map.get(*place)?) {
        ("content", content) => Some(items(content)),
        (_, value) => Some(plain(value)),
    });
    let known = |word: &str| places.contains(&word) || matches!(word, "_meta" | "isError" | "resultType");
    match texts.find(|text| !text.is_empty()) {
        Some(text) => text,
        // Nothing that is known, so all that there is.
        None if map.keys().any(|word| !known(word)) => head(&result.to_string(), MAX_UNKNOWN).to_owned(),
        None => String::new(),
    }
}

fn items(content: &Value) -> String {
    match content {
        Value::Array(items) => items.iter().filter_map(item).collect::<Vec<_>>().join("\n"),
        Value::Object(_) => item(content).unwrap_or_default(),
        other => plain(other),
    }
}

/// Returns an item of the content; `None` for one that says nothing.
fn item(item: &Value) -> Option<String> {
    let word = |name: &str| item.get(name).and_then(Value::as_str).unwrap_or_default();
    let whole = || head(&item.to_string(), MAX_UNKNOWN).to_owned();
    let bytes = |name: &str| item.get(name).and_then(Value::as_str).map(decoded).unwrap_or_default();
    Some(match item.get("type").and_then(Value::as_str) {
        _ if !item.is_object() => return Some(plain(item)).filter(|text| !text.is_empty()),
        Some("text") | None if item.get("text").is_some() => {
            return Some(plain(&item["text"])).filter(|text| !text.is_empty());
        }
        Some("text") => return None,
        Some(kind @ ("image" | "audio")) => described(&[kind, word("mimeType"), &bytes("data")]),
        Some("resource") if item.get("resource").is_some_and(Value::is_object) => resource(&item["resource"]),
        Some("resource_link") => described(&["link", word("name"), word("uri"), word("mimeType")]),
        Some(kind) => format!("{}\n{}", described(&["content of an unknown kind", head(kind, 100)]), whole()),
        None => whole(),
    })
}

fn resource(resource: &Value) -> String {
    let word = |name: &str| resource.get(name).and_then(Value::as_str);
    let (uri, kind) = (word("uri").unwrap_or_default(), word("mimeType").unwrap_or_default());
    match (word("text"), word("blob")) {
        (Some(text), _) => format!("{}\n{text}", described(&["resource", uri, kind])),
        (None, Some(blob)) => described(&["resource", uri, kind, &decoded(blob)]),
        (None, None) => described(&["resource", uri, kind]),
    }
}

/// Returns a text as it is, anything else as JSON, nothing for null.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// `[image, image/png, 12 kB]`
fn described(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    format!("[{}]", parts.join(", "))
}

/// Returns the size of what base64 stands for.
fn decoded(base64: &str) -> String {
    size(base64.trim_end_matches('=').len() * 3 / 4)
}

#[cfg(test)]
mod tests {
    use super::super::super::MAX_RESULT;
    use super::*;
    use serde_json::json;

    fn of(result: Value) -> Result<String, String> {
        text(&result).map_err(|error| error.message)
    }

    #[test]
    fn texts_are_joined_and_the_rest_is_described() {
        let said = of(json!({ "content": [
            { "type": "text", "text": "one", "annotations": { "audience": ["robot"], "priority": 9 } },
            { "type": "image", "data": "QUJDRA==", "mimeType": "image/png" },
            { "type": "audio", "data": "QUJD", "mimeType": "audio/wav" },
            { "type": "resource", "resource": { "uri": "a://1", "mimeType": "text/plain", "text": "inside" } },
            { "type": "resource", "resource": { "uri": "a://2", "blob": "QUJD" } },
            { "type": "resource_link", "uri": "a://3", "name": "Three" },
        ] }));
        assert_eq!(
            said.unwrap(),
            "one\n[image, image/png, 4 bytes]\n[audio, audio/wav, 3 bytes]\n[resource, a://1, text/plain]\ninside\n\
             [resource, a://2, 3 bytes]\n[link, Three, a://3]"
        );
    }

    #[test]
    fn what_is_structured_stands_in_for_text_that_is_missing() {
        assert_eq!(of(json!({ "content": [], "structuredContent": { "a": 1 } })).unwrap(), "{\"a\":1}");
        assert_eq!(of(json!({ "structuredContent": { "a": 1 } })).unwrap(), "{\"a\":1}");
        let both = json!({ "content": [{ "type": "text", "text": "a is 1" }], "structuredContent": { "a": 1 } });
        assert_eq!(of(both).unwrap(), "a is 1");
        for empty in
            [json!({ "content": [] }), json!({}), json!(null), json!({ "_meta": { "a": 1 }, "isError": false })]
        {
            assert_eq!(of(empty.clone()).unwrap(), "[no content]", "{empty}");
        }
    }

    #[test]
    fn what_is_odd_is_kept() {
        for (result, expected) in [
            (json!({ "content": "just a text" }), "just a text"),
            (json!({ "content": { "type": "text", "text": "one" } }), "one"),
            (json!({ "content": [{ "type": "text", "text": null }, { "type": "text", "text": "two" }] }), "two"),
            (json!({ "content": ["bare", 5, { "text": "untyped" }, null] }), "bare\n5\nuntyped"),
            (json!({ "content": [{ "type": "text", "text": { "a": 1 } }] }), "{\"a\":1}"),
            (json!({ "toolResult": "of an early protocol" }), "of an early protocol"),
            (json!({ "toolResult": { "a": 1 } }), "{\"a\":1}"),
            (json!({ "answer": 42 }), "{\"answer\":42}"),
            (json!("text"), "text"),
            (
                json!({ "content": [{ "type": "resource" }] }),
                "[content of an unknown kind, resource]\n{\"type\":\"resource\"}",
            ),
            (
                json!({ "content": [{ "type": "text", "text": "known" }, { "type": "video", "url": "v://1" }] }),
                "known\n[content of an unknown kind, video]\n{\"type\":\"video\",\"url\":\"v://1\"}",
            ),
            (json!({ "content": [{ "type": "text", "text": "before\0after" }] }), "before\u{fffd}after"),
        ] {
            assert_eq!(of(result.clone()).unwrap(), expected, "{result}");
        }
    }

    #[test]
    fn a_failure_is_an_error() {
        let failed = json!({ "content": [{ "type": "text", "text": "no such file" }], "isError": true });
        assert_eq!(of(failed).unwrap_err(), "no such file");
        assert_eq!(of(json!({ "content": "x", "isError": "true" })).unwrap_err(), "x");
        assert_eq!(of(json!({ "content": [], "isError": true })).unwrap_err(), "the tool failed and did not say why");
        assert!(of(json!({ "resultType": "input_required" })).unwrap_err().contains("further input"));
    }

    #[test]
    fn a_long_result_is_cut() {
        let long = json!({ "content": [{ "type": "text", "text": "x".repeat(2 * MAX_RESULT) }] });
        assert!(of(long).unwrap().len() < MAX_RESULT + 100);
    }
}
