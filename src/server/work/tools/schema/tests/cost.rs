//! The cost of hostile schemas: no more than their size allows, whatever refers to what.

use super::super::*;
use super::ALL;
use crate::processor_time::processor_time;
use serde_json::{Map, json};

/// As a schema in which nothing is put in twice would never need.
const ENOUGH: f64 = 3.0;

/// Fits a schema of at most [`MAX_BYTES`] for each dialect, in good time.
fn outcomes(schema: &Value) -> [Result<Value, Reason>; 4] {
    assert!(size(schema) <= MAX_BYTES, "{} bytes", size(schema));
    ALL.map(|dialect| {
        let mut outcome = None;
        let time = processor_time(|| outcome = Some(for_provider(schema, dialect)));
        assert!(time < ENOUGH, "{dialect:?}: {time} s");
        outcome.unwrap()
    })
}

fn objects(count: usize, make: impl Fn(usize) -> (String, Value)) -> Value {
    Value::Object((0..count).map(make).collect())
}

fn titles(count: usize) -> Value {
    (0..count).map(|n| json!({ "title": n.to_string() })).collect()
}

#[test]
fn what_is_said_of_all_alternatives_is_not_multiplied_without_end() {
    let properties = objects(1_000, |n| (format!("p{n}"), json!({})));
    let inner = json!({ "anyOf": titles(1_000), "items": { "properties": properties } });
    let nested = json!({ "properties": { "x": { "anyOf": titles(1_000), "items": inner } } });
    for outcome in outcomes(&nested) {
        assert_eq!(outcome, Err(Reason::TooManyParts));
    }
    let values: Vec<usize> = (0..5_000).collect();
    let listed = json!({ "properties": { "x": { "anyOf": titles(1_500), "enum": values } } });
    for outcome in outcomes(&listed) {
        assert_eq!(outcome, Err(Reason::TooLargeInFull));
    }
}

#[test]
fn what_is_said_of_a_few_alternatives_is_said_of_each() {
    let few = json!({ "properties": { "x": { "anyOf": titles(3), "items": { "type": "string" } } } });
    for outcome in outcomes(&few) {
        let branches = outcome.unwrap()["properties"]["x"]["anyOf"].as_array().unwrap().clone();
        assert!(branches.len() == 3 && branches.iter().all(|branch| branch["items"]["type"] == "string"));
    }
}

#[test]
fn a_definition_is_not_put_in_without_end() {
    let many = |definition: Value| {
        let properties = objects(1_200, |n| (format!("p{n}"), json!({ "$ref": "#/$defs/a", "nullable": true })));
        json!({ "properties": properties, "$defs": { "a": definition } })
    };
    let long = "x".repeat(8_000);
    let values: Vec<usize> = (0..1_500).collect();
    let names: Vec<String> = (0..1_000).map(|n| n.to_string()).collect();
    let named = Value::Object(Map::from_iter([(long.clone(), json!({}))]));
    for definition in [
        json!({ "description": long }),
        json!({ "pattern": long }),
        json!({ "enum": values }),
        json!({ "required": names }),
        json!({ "properties": named }),
        json!({ "items": { "default": values } }),
        json!({ "additionalProperties": { "description": long } }),
    ] {
        for outcome in outcomes(&many(definition.clone())) {
            let Err(reason) = outcome else { panic!("not refused: {}", &definition.to_string()[..30]) };
            let is_bounded = matches!(reason, Reason::TooLargeInFull | Reason::TooManyParts);
            assert!(is_bounded, "{reason} for {}", &definition.to_string()[..30]);
        }
    }
    // One that refers to itself repeats its own words.
    let properties = objects(1_200, |n| (format!("p{n}"), json!({ "$ref": "#", "nullable": true })));
    let back = json!({ "description": "x".repeat(4_000), "properties": properties });
    assert!(outcomes(&back).iter().all(Result::is_err));
}

#[test]
fn long_lists_are_compared_in_good_time() {
    let values = |from: usize| (from..from + 4_000).collect::<Vec<_>>();
    let names = |from: usize| (from..from + 3_000).map(|n| n.to_string()).collect::<Vec<_>>();
    for schema in [
        json!({ "enum": values(0), "type": "integer" }),
        json!({ "anyOf": [{ "enum": values(0) }, { "enum": values(2_000) }, { "enum": values(4_000) }] }),
        json!({ "allOf": [{ "enum": values(0) }, { "enum": values(2_000) }] }),
        json!({ "allOf": [{ "required": names(0) }, { "required": names(1_500) }] }),
        json!({ "type": "object", "anyOf": [{ "required": names(0) }, { "required": names(1_500) }] }),
    ] {
        for outcome in outcomes(&json!({ "properties": { "x": schema } })) {
            // Where each name that is required becomes a property, too much is written.
            assert!(matches!(outcome, Ok(_) | Err(Reason::TooLarge)));
        }
    }
}

#[test]
fn definitions_of_the_same_name_are_told_apart_in_good_time() {
    let letter = |n: usize| char::from_u32(0x4e00 + n as u32).unwrap().to_string();
    let count = 1_400;
    let schema = json!({
        "properties": objects(count, |n| (n.to_string(), json!({ "$ref": format!("#/$defs/{}", letter(n)) }))),
        "$defs": objects(count, |n| (letter(n), json!({}))),
    });
    let [openai, ..] = outcomes(&schema);
    assert_eq!(openai.unwrap()["$defs"].as_object().unwrap().len(), count);
}
