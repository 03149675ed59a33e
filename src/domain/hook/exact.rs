//! Values in the settings of a webhook that could not be kept as they are written, or not be read back. Only asked of what
//! somebody writes: what is stored can be read in any case.

use super::{Condition, Mapping, Source, Test};
use crate::domain::request::Scalar;
use crate::error::{FieldError, pointer_part};
use serde_json::Value;

/// Most lists and objects within each other: the pages' reader takes 128, with all that is around them.
const MAX_DEPTH: usize = 32;

/// Returns what is wrong with values of a filter.
pub(super) fn faults_of_filter(filter: &[Condition]) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for (at, condition) in filter.iter().enumerate() {
        let detail = match &condition.test {
            Test::Equals(value) => fault(value, 0),
            Test::In(values) => values.iter().find_map(|value| fault(value, 0)),
            Test::Exists(_) => None,
        };
        errors.extend(detail.map(|detail| FieldError::of(&format!("filter/{at}"), detail)));
    }
    errors
}

/// Returns what is wrong with values of a map.
pub(super) fn faults_of_map(map: &Mapping) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let Mapping { input, variables, tags, metadata } = map;
    let named = |place: &'static str| move |name: &String| format!("map/{place}/{}", pointer_part(name));
    let sources = input.iter().map(|source| ("map/input".to_owned(), source));
    let sources = sources.chain(variables.iter().map(|(name, source)| (named("variables")(name), source)));
    let sources = sources.chain(tags.iter().enumerate().map(|(at, source)| (format!("map/tags/{at}"), source)));
    let sources = sources.chain(metadata.iter().map(|(name, source)| (named("metadata")(name), source)));
    for (place, source) in sources {
        if matches!(source, Source::Constant(value) if !value.keeps_digits()) {
            errors.push(FieldError::of(&format!("{place}/value"), LOST));
        }
    }
    errors
}

const LOST: &str =
    "must be a number that keeps its digits (a whole one from -2^63 to 2^64-1, another below 2^53), or text";

fn fault(value: &Value, depth: usize) -> Option<String> {
    if depth > MAX_DEPTH {
        return Some(format!("must have at most {MAX_DEPTH} lists and objects within each other"));
    }
    match value {
        Value::Number(number) if !Scalar::Number(number.clone()).keeps_digits() => Some(LOST.to_owned()),
        Value::Array(values) => values.iter().find_map(|value| fault(value, depth + 1)),
        Value::Object(members) => members.values().find_map(|value| fault(value, depth + 1)),
        _ => None,
    }
}
