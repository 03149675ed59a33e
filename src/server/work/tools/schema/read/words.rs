//! The words of a schema that stand for themselves, each as it was meant. Knows nothing of a schema's parts.

use super::super::node::{Node, Type};
use serde_json::{Map, Value};
use std::collections::HashSet;

/// Returns the words of a schema about itself, without its parts.
pub(super) fn outline(map: &Map<String, Value>) -> Node {
    let mut node = Node { description: text(map, "description"), ..Node::default() };
    let mut word = |word: &str| match Type::parse(word) {
        Some(kind) if !node.types.contains(&kind) => node.types.push(kind),
        None if word.eq_ignore_ascii_case("null") || word.eq_ignore_ascii_case("none") => node.nullable = true,
        _ => {}
    };
    match map.get("type") {
        Some(Value::String(one)) => word(one),
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).for_each(word),
        _ => {}
    }
    if node.nullable && node.types.is_empty() {
        return Node { description: node.description, ..Node::null() };
    }
    node.types.sort_unstable();
    node.drop_integer_beside_number();
    node.nullable |= ["nullable", "x-nullable"].iter().any(|word| map.get(*word) == Some(&Value::Bool(true)));
    node
}

pub(super) fn text(map: &Map<String, Value>, word: &str) -> Option<String> {
    map.get(word).and_then(Value::as_str).map(str::to_owned).filter(|text| !text.trim().is_empty())
}

/// Returns the names in `required`, each once.
pub(super) fn required(map: &Map<String, Value>) -> Vec<String> {
    let names = match map.get("required") {
        Some(Value::Array(names)) => names.as_slice(),
        Some(name @ Value::String(_)) => std::slice::from_ref(name),
        _ => &[],
    };
    let mut seen = HashSet::new();
    names.iter().filter_map(Value::as_str).filter(|name| seen.insert(*name)).map(str::to_owned).collect()
}

/// Returns the values of `enum` or `const`, each once; null is reported in `nullable`.
pub(super) fn values(map: &Map<String, Value>, nullable: &mut bool) -> Option<Vec<Value>> {
    let listed = match (map.get("const"), map.get("enum")) {
        (Some(value), _) => vec![value.clone()],
        (None, Some(Value::Array(values))) if !values.is_empty() => values.clone(),
        // All that `type: null` takes.
        _ => return (*nullable && map.get("type").is_some_and(is_null_word)).then(Vec::new),
    };
    *nullable |= listed.contains(&Value::Null);
    let mut seen = HashSet::new();
    Some(listed.iter().filter(|value| !value.is_null() && seen.insert(*value)).cloned().collect())
}

fn is_null_word(kind: &Value) -> bool {
    let is_null = |word: &Value| word.as_str().is_some_and(|word| Type::parse(word).is_none());
    match kind {
        Value::Array(words) => !words.is_empty() && words.iter().all(is_null),
        word => is_null(word),
    }
}

/// Returns those of the further words that have a value they may have.
pub(super) fn bounds(map: &Map<String, Value>) -> Map<String, Value> {
    // Beyond it numbers are not exact, so it bounds nothing.
    const LARGEST: f64 = 9_007_199_254_740_991.0;
    let is_number = |value: &Value| value.as_f64().is_some_and(|number| number.abs() < LARGEST);
    let fits = |word: &str, value: &Value| match word {
        "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" => {
            value.as_u64().is_some_and(|number| number < LARGEST as u64)
        }
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => is_number(value),
        "multipleOf" => value.as_f64().is_some_and(|number| number > 0.0 && number < LARGEST),
        "pattern" | "format" => value.as_str().is_some_and(|text| !text.is_empty()),
        "uniqueItems" => value.is_boolean(),
        "default" => true,
        _ => false,
    };
    let mut bounds: Map<String, Value> = map
        .iter()
        .filter(|(word, value)| fits(word, value))
        .map(|(word, value)| (word.clone(), value.clone()))
        .collect();
    // As draft 4 had it.
    for (flag, limit) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        if map.get(flag) == Some(&Value::Bool(true))
            && let Some(value) = bounds.remove(limit)
        {
            bounds.insert(flag.to_owned(), value);
        }
    }
    bounds
}

/// Returns the type that a bound is one of; `None` for those of any.
pub(in crate::server::work::tools::schema) fn type_of_bound(word: &str) -> Option<Type> {
    Some(match word {
        "minLength" | "maxLength" | "pattern" => Type::String,
        "minItems" | "maxItems" | "uniqueItems" => Type::Array,
        "minProperties" | "maxProperties" => Type::Object,
        "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf" => Type::Number,
        _ => return None,
    })
}
