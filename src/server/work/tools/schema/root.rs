//! The whole schema of a tool's arguments: always an object, without a union at the top.

use super::node::{Node, Type};
use super::read::Reader;
use super::{Dialect, Reason, combine};
use serde_json::{Map, Value, json};

/// Words that only a schema has at its top.
const SCHEMA_WORDS: [&str; 16] = [
    "type",
    "properties",
    "required",
    "additionalProperties",
    "patternProperties",
    "$ref",
    "$defs",
    "definitions",
    "$schema",
    "$id",
    "anyOf",
    "oneOf",
    "allOf",
    "enum",
    "const",
    "not",
];

/// Reads the schema of a tool's arguments, and the definitions that it refers to.
///
/// # Errors
/// Nothing that the dialect takes can be made of it.
pub(super) fn read(schema: &Value, dialect: Dialect) -> Result<(Node, Vec<(String, Node)>), Reason> {
    let schema = match schema {
        // PHP writes an empty object as a list.
        Value::Null | Value::Bool(true) => json!({}),
        Value::Array(items) if items.is_empty() => json!({}),
        Value::Object(map) if is_bare_properties(map) => json!({ "properties": map }),
        Value::Object(_) => schema.clone(),
        _ => return Err(Reason::NoObject),
    };
    let keeps_references = matches!(dialect, Dialect::OpenAi | Dialect::Anthropic);
    let mut reader = Reader::new(&schema, keeps_references);
    let mut root = reader.whole()?;
    if !root.takes(Type::Object) || root.is_null() || root.values.is_some() && root.types != [Type::Object] {
        return Err(Reason::NoObject);
    }
    if !root.any_of.is_empty() {
        let takes_object = |form: &Node| form.takes(Type::Object) && !form.is_null();
        if root.properties.is_empty() && !root.any_of.iter().any(takes_object) {
            return Err(Reason::NoObject);
        }
        root = combine::flat(root);
    }
    root.types = vec![Type::Object];
    root.nullable = false;
    root.values = None;
    let mut definitions = Vec::new();
    while let Some((reference, name)) = reader.names.get(definitions.len()) {
        definitions.push((name, reader.definition(&reference)?));
    }
    Ok((root, definitions))
}

/// Whether somebody has written the properties alone, each with a type, and no schema around them.
fn is_bare_properties(map: &Map<String, Value>) -> bool {
    let is_schema = |value: &Value| value.get("type").is_some_and(Value::is_string);
    !map.is_empty() && !SCHEMA_WORDS.iter().any(|word| map.contains_key(*word)) && map.values().all(is_schema)
}
