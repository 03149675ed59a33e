//! Known refusals of each provider, as a check of our own.

use super::super::Dialect;
use serde_json::{Map, Value};

/// Panics where the schema of a tool is one that a provider refuses.
pub(super) fn check(schema: &Value, dialect: Dialect) {
    if dialect == Dialect::Gemini && schema.is_null() {
        return;
    }
    assert_eq!(schema["type"], "object", "{schema}");
    assert!(schema["properties"].is_object(), "{schema}");
    for word in ["anyOf", "oneOf", "allOf", "enum", "not", "const", "$ref"] {
        assert!(schema.get(word).is_none(), "{word} at the top: {schema}");
    }
    part(schema, schema, dialect);
}

fn part(schema: &Value, root: &Value, dialect: Dialect) {
    let map = schema.as_object().unwrap_or_else(|| panic!("no object: {schema} in {root}"));
    let known = |word: &str| match dialect {
        Dialect::Gemini => {
            let bounds = ["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"];
            let others =
                ["type", "nullable", "description", "properties", "required", "items", "anyOf", "enum", "format"];
            others.contains(&word) || bounds.contains(&word) || ["minimum", "maximum", "pattern"].contains(&word)
        }
        Dialect::Plain => ["type", "description", "properties", "required", "items", "anyOf", "enum"].contains(&word),
        _ => !["oneOf", "allOf", "not", "const", "nullable", "definitions", "$schema", "if", "prefixItems"]
            .contains(&word),
    };
    for word in map.keys() {
        assert!(known(word), "{word} for {dialect:?}: {root}");
    }
    if let Some(reference) = map.get("$ref") {
        let pointer = reference.as_str().unwrap().strip_prefix('#').unwrap();
        assert!(pointer.starts_with("/$defs/") && root.pointer(pointer).is_some(), "{reference} in {root}");
    }
    types(map, root, dialect);
    let one = map.get("type").and_then(Value::as_str);
    let has = |kind: &str| {
        one == Some(kind)
            || map.get("type").is_some_and(|all| all.as_array().is_some_and(|all| all.contains(&kind.into())))
    };
    assert_eq!(map.contains_key("items"), has("array"), "items: {root}");
    assert!(has("object") || !map.contains_key("properties") && !map.contains_key("required"), "{schema} in {root}");
    if let Some(required) = map.get("required") {
        let names = required.as_array().unwrap();
        assert!(names.iter().all(|name| map["properties"].get(name.as_str().unwrap()).is_some()), "required: {root}");
    }
    if let Some(values) = map.get("enum") {
        let values = values.as_array().unwrap();
        let texts = values.iter().all(|value| value.as_str().is_some_and(|text| !text.is_empty()));
        assert!(!values.is_empty() && (dialect != Dialect::Gemini || texts && one == Some("string")), "enum: {root}");
    }
    let lists = map.get("anyOf").into_iter().flat_map(|list| list.as_array().unwrap());
    let maps = ["properties", "$defs"]
        .iter()
        .filter_map(|word| map.get(*word))
        .flat_map(|map| map.as_object().unwrap().values());
    let single =
        ["items", "additionalProperties"].iter().filter_map(|word| map.get(*word)).filter(|value| !value.is_boolean());
    lists.chain(maps).chain(single).for_each(|inner| part(inner, root, dialect));
    let names = map.get("properties").into_iter().flat_map(|map| map.as_object().unwrap().keys());
    if matches!(dialect, Dialect::Anthropic | Dialect::Gemini) {
        names.for_each(|name| {
            assert!(name.bytes().all(|c| c.is_ascii_alphanumeric() || b"_.-".contains(&c)), "{name}: {root}")
        });
    }
}

fn types(map: &Map<String, Value>, root: &Value, dialect: Dialect) {
    let known = ["object", "array", "string", "number", "integer", "boolean", "null"];
    match map.get("type") {
        None if dialect == Dialect::Gemini => {
            assert!(map.len() == 1 && map.contains_key("anyOf"), "no type: {root}");
        }
        None => {}
        Some(Value::String(one)) => {
            assert!(known.contains(&one.as_str()), "{one}: {root}");
            assert!(dialect != Dialect::Gemini || one != "null", "{root}");
        }
        Some(Value::Array(several)) => {
            assert!(dialect != Dialect::Gemini && several.len() > 1, "several types: {root}");
            assert!(several.iter().all(|one| known.contains(&one.as_str().unwrap())), "{root}");
        }
        Some(other) => panic!("type {other}: {root}"),
    }
}
