//! Schemas as servers have been met to write them, and the ones that providers are sent instead.

use super::*;
use proptest::prelude::*;
use serde_json::json;

mod acceptable;
mod cost;
mod unions;

const ALL: [Dialect; 4] = [Dialect::OpenAi, Dialect::Anthropic, Dialect::Gemini, Dialect::Plain];

fn openai(schema: Value) -> Value {
    for_provider(&schema, Dialect::OpenAi).unwrap()
}

fn gemini(schema: Value) -> Value {
    for_provider(&schema, Dialect::Gemini).unwrap()
}

/// Returns the schema of a property.
fn property(schema: Value, dialect: Dialect) -> Value {
    for_provider(&json!({ "properties": { "x": schema } }), dialect).unwrap()["properties"]["x"].clone()
}

#[test]
fn an_ordinary_schema_stays_as_it_is() {
    let schema = json!({
        "type": "object",
        "properties": {
            "path": { "type": "string", "description": "Where", "minLength": 1 },
            "mode": { "type": ["string", "null"], "enum": ["r", "w", null] },
            "tags": { "type": "array", "items": { "type": "string" }, "maxItems": 5 },
        },
        "required": ["path"],
        "additionalProperties": false,
    });
    assert_eq!(for_provider(&schema, Dialect::OpenAi).unwrap(), schema);
    assert_eq!(for_provider(&schema, Dialect::Anthropic).unwrap(), schema);
}

#[test]
fn one_that_says_nothing_takes_an_object() {
    for schema in
        [json!({}), json!(true), json!([]), json!(null), json!({ "$schema": "x" }), json!({ "type": "object" })]
    {
        for dialect in [Dialect::OpenAi, Dialect::Anthropic, Dialect::Plain] {
            let expected = json!({ "type": "object", "properties": {} });
            assert_eq!(for_provider(&schema, dialect).unwrap(), expected, "{schema}");
        }
        assert_eq!(gemini(schema), Value::Null);
    }
    let php = json!({ "type": "object", "properties": [], "required": [] });
    assert_eq!(openai(php), json!({ "type": "object", "properties": {} }));
}

#[test]
fn what_cannot_be_made_acceptable_says_why() {
    let refused = |schema: Value, dialect| for_provider(&schema, dialect).unwrap_err();
    for schema in [
        json!(false),
        json!("x"),
        json!(1),
        json!([1]),
        json!({ "type": "string" }),
        json!({ "type": "null" }),
        json!({ "enum": ["a"] }),
        json!({ "anyOf": [{ "type": "string" }, { "type": "null" }] }),
        json!({ "oneOf": [{ "type": "string" }, { "type": "array" }] }),
    ] {
        for dialect in ALL {
            assert_eq!(refused(schema.clone(), dialect), Reason::NoObject, "{schema}");
        }
    }
    let list = json!({ "properties": [{ "name": "q" }] });
    assert_eq!(refused(list, Dialect::OpenAi), Reason::ListOfProperties);
    let large = json!({ "description": "x".repeat(MAX_BYTES) });
    assert_eq!(refused(large, Dialect::Plain), Reason::TooLarge);
    let odata = json!({ "properties": { "$filter": {}, "$top": {} }, "required": ["$filter"] });
    assert_eq!(refused(odata.clone(), Dialect::Anthropic), Reason::PropertyName("$filter".to_owned()));
    assert_eq!(
        refused(odata, Dialect::Gemini).to_string(),
        "requires a property that the provider cannot take because of its name: \"$filter\""
    );
}

#[test]
fn what_is_in_the_wrong_place_is_put_right() {
    let nested = json!({ "type": "object", "properties": { "coin": { "type": "string" }, "required": ["coin"] } });
    let right = json!({ "type": "object", "properties": { "coin": { "type": "string" } }, "required": ["coin"] });
    assert_eq!(openai(nested), right);
    let draft_3 = json!({ "type": "object", "properties": { "coin": { "type": "string", "required": true } } });
    assert_eq!(openai(draft_3), right);
    assert_eq!(openai(json!({ "properties": { "coin": "string" }, "required": "coin" })), right);
    assert_eq!(
        openai(json!({ "coin": { "type": "STRING" } })),
        json!({ "type": "object", "properties": { "coin": { "type": "string" } } })
    );
    let odd =
        json!({ "properties": { "coin": { "type": "str" }, "n": 5, "no": false }, "required": ["coin", 1, "coin"] });
    assert_eq!(openai(odd), right);
    let unknown = json!({ "properties": {}, "required": ["coin"] });
    assert_eq!(openai(unknown), json!({ "type": "object", "properties": { "coin": {} }, "required": ["coin"] }));
}

#[test]
fn types_are_said_where_they_are_clear() {
    for (schema, kind) in [
        (json!({ "properties": { "a": {} } }), json!("object")),
        (json!({ "additionalProperties": false }), json!("object")),
        (json!({ "items": {} }), json!("array")),
        (json!({ "enum": ["a", "b"] }), json!("string")),
        (json!({ "const": 5 }), json!("integer")),
        (json!({ "enum": [1, "a", null] }), json!(["string", "integer", "null"])),
        (json!({ "type": "list" }), json!("array")),
        (json!({ "type": ["integer", "number"] }), json!("number")),
        (json!({ "type": "string", "nullable": true }), json!(["string", "null"])),
        (json!({ "type": ["null"] }), json!("null")),
        (json!({ "maxLength": 5 }), json!("string")),
        (json!({ "type": "any" }), Value::Null),
    ] {
        assert_eq!(property(schema.clone(), Dialect::OpenAi)["type"], kind, "{schema}");
    }
    assert_eq!(property(json!({ "type": "array" }), Dialect::OpenAi), json!({ "type": "array", "items": {} }));
    let tuple = json!({ "type": "array", "items": [{ "type": "string" }, { "type": "integer" }] });
    assert_eq!(
        property(tuple, Dialect::Anthropic)["items"],
        json!({ "anyOf": [{ "type": "string" }, { "type": "integer" }] })
    );
}

#[test]
fn bounds_that_a_dialect_cannot_keep_are_said_in_words() {
    let text =
        json!({ "type": "string", "description": "A name", "pattern": "^[a-z]+$", "maxLength": 65536, "minLength": 1 });
    assert_eq!(
        property(text.clone(), Dialect::OpenAi),
        json!({ "type": "string", "minLength": 1, "description": "A name. At most 65536 characters. Pattern: ^[a-z]+$" })
    );
    assert_eq!(property(text.clone(), Dialect::Anthropic), text);
    let number = json!({ "type": "number", "minimum": 0, "exclusiveMinimum": true, "maximum": 9007199254740991_i64, "minLength": "1" });
    assert_eq!(property(number.clone(), Dialect::OpenAi), json!({ "type": "number", "exclusiveMinimum": 0 }));
    assert_eq!(property(number, Dialect::Gemini), json!({ "type": "number", "description": "More than 0." }));
}

#[test]
fn gemini_gets_what_it_knows() {
    let schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "any": { "description": "Whatever" },
            "n": { "enum": [1, 2] },
            "free": { "type": "object", "additionalProperties": { "type": "string" } },
            "ids": { "type": ["array", "null"] },
            "when": { "type": "string", "format": "date-time" },
            "or": { "type": ["string", "integer"], "description": "Either" },
            "inner": { "anyOf": [{ "anyOf": [{ "type": "string" }, { "type": "boolean" }] }, { "type": "integer" }] },
        },
    });
    let any = json!([{ "type": "string", "description": "Whatever" }, { "type": "number" }, { "type": "boolean" }, { "type": "object" }]);
    assert_eq!(
        gemini(schema),
        json!({
            "type": "object",
            "properties": {
                "any": { "anyOf": any },
                "n": { "type": "integer", "description": "One of: 1,2." },
                "free": { "type": "object" },
                "ids": { "type": "array", "nullable": true, "items": { "anyOf": [{ "type": "string" }, { "type": "number" }, { "type": "boolean" }, { "type": "object" }] } },
                "when": { "type": "string", "format": "date-time" },
                "or": { "anyOf": [{ "type": "string", "description": "Either" }, { "type": "integer" }] },
                "inner": { "anyOf": [{ "type": "string" }, { "type": "boolean" }, { "type": "integer" }] },
            },
        })
    );
}

#[test]
fn depth_is_bounded() {
    let deep = (0..100)
        .fold(json!({ "type": "string" }), |inner, _| json!({ "type": "object", "properties": { "a": inner } }));
    for dialect in ALL {
        let written = for_provider(&deep, dialect).unwrap();
        assert!(written.to_string().matches('{').count() < 60, "{written}");
    }
}

#[test]
fn a_description_is_cut_for_openai_alone() {
    let long = "é".repeat(2_000);
    assert_eq!(description(&long, Dialect::OpenAi).chars().count(), 1_024);
    assert_eq!(description(&long, Dialect::Anthropic), long);
    for exact in ["é".repeat(1_024), String::new(), "x".to_owned()] {
        assert_eq!(description(&exact, Dialect::OpenAi), exact);
    }
}

/// Generates JSON that looks like a schema, rightly or wrongly.
fn schemas() -> impl Strategy<Value = Value> {
    let words = [
        "type",
        "properties",
        "required",
        "items",
        "anyOf",
        "oneOf",
        "allOf",
        "$ref",
        "$defs",
        "enum",
        "const",
        "nullable",
        "additionalProperties",
        "patternProperties",
        "description",
        "title",
        "minLength",
        "maxLength",
        "pattern",
        "format",
        "default",
        "minimum",
        "exclusiveMinimum",
        "prefixItems",
        "a",
        "b",
        "$x",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec![
            "string",
            "object",
            "array",
            "null",
            "integer",
            "int",
            "#",
            "#/$defs/a",
            "#/$defs/b",
            "a",
            "$x",
            ""
        ])
        .prop_map(Value::from),
        Just(json!(["string", "null"])),
        Just(json!(["a", "b"])),
    ];
    leaf.prop_recursive(6, 80, 6, move |inner| {
        let key = prop::sample::select(words.to_vec());
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            5 => prop::collection::btree_map(key, inner, 0..6)
                .prop_map(|map| map.into_iter().map(|(word, value)| (word.to_owned(), value)).collect::<Value>()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn whatever_comes_is_made_acceptable_or_refused(schema in schemas()) {
        for dialect in ALL {
            if let Ok(written) = for_provider(&schema, dialect) {
                acceptable::check(&written, dialect);
                // Whoever sends it may make sure once more.
                acceptable::check(&for_provider(&written, dialect).unwrap(), dialect);
            }
        }
    }
}
