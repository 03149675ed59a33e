//! Alternatives and references.

use super::*;

#[test]
fn a_union_at_the_top_becomes_one_object() {
    let ways = json!({
        "anyOf": [
            { "type": "object", "properties": { "id": { "type": "integer" }, "to": { "type": "string" } }, "required": ["id", "to"] },
            { "properties": { "name": { "type": "string" }, "to": { "type": "string" } }, "required": ["name", "to"] },
            { "type": "null" },
        ],
    });
    for word in ["anyOf", "oneOf"] {
        let schema = json!({ word: ways["anyOf"] });
        assert_eq!(
            openai(schema),
            json!({
                "type": "object",
                "description": "Give one of these: `id`; `name`.",
                "properties": { "id": { "type": "integer" }, "name": { "type": "string" }, "to": { "type": "string" } },
                "required": ["to"],
            })
        );
    }
    // Alternatives of what is required alone.
    let either = json!({
        "type": "object",
        "properties": { "a": { "type": "string" }, "b": { "type": "string" } },
        "oneOf": [{ "required": ["a"] }, { "required": ["b"] }],
    });
    assert_eq!(
        openai(either),
        json!({
            "type": "object",
            "description": "Give one of these: `a`; `b`.",
            "properties": { "a": { "type": "string" }, "b": { "type": "string" } },
        })
    );
    // Forms that are distinguished by a property of theirs.
    let kinds = json!({ "oneOf": [
        { "type": "object", "properties": { "kind": { "const": "circle" }, "r": { "type": "number" } }, "required": ["kind"] },
        { "type": "object", "properties": { "kind": { "const": "square" }, "r": { "type": "string" } }, "required": ["kind"] },
    ] });
    assert_eq!(
        openai(kinds)["properties"],
        json!({
            "kind": { "type": "string", "enum": ["circle", "square"] },
            "r": { "anyOf": [{ "type": "number" }, { "type": "string" }] },
        })
    );
    let all = json!({ "allOf": [
        { "properties": { "a": { "type": "string" } }, "required": ["a"] },
        { "properties": { "b": { "type": "string" } }, "required": ["b"] },
    ] });
    assert_eq!(openai(all)["required"], json!(["a", "b"]));
    let further = json!({ "type": "object", "properties": { "a": {} }, "not": { "required": ["a"] }, "if": {}, "then": {}, "enum": [{}] });
    assert_eq!(openai(further), json!({ "type": "object", "properties": { "a": {} } }));
}

#[test]
fn references_are_kept_or_put_in() {
    let schema = json!({
        "type": "object",
        "definitions": {
            "A Query": { "type": "object", "properties": { "text": { "type": "string" } } },
            "unused": { "type": "string" },
        },
        "properties": { "q": { "$ref": "#/definitions/A%20Query" }, "away": { "$ref": "https://x/y.json" }, "nowhere": { "$ref": "#/z" } },
    });
    let query = json!({ "type": "object", "properties": { "text": { "type": "string" } } });
    assert_eq!(
        openai(schema.clone()),
        json!({
            "type": "object",
            "$defs": { "A_20Query": query },
            "properties": { "q": { "$ref": "#/$defs/A_20Query" }, "away": {}, "nowhere": {} },
        })
    );
    assert_eq!(gemini(schema)["properties"]["q"], query);
    let said = json!({ "$defs": { "N": { "type": "string" } }, "properties": { "n": { "$ref": "#/$defs/N", "description": "D", "nullable": true } } });
    assert_eq!(openai(said)["properties"]["n"], json!({ "description": "D", "type": ["string", "null"] }));
    // At the top there is no reference.
    let top = json!({ "$ref": "#/$defs/Args", "$defs": { "Args": { "type": "object", "properties": { "a": { "type": "string" } } } } });
    assert_eq!(openai(top), json!({ "type": "object", "properties": { "a": { "type": "string" } } }));
}

#[test]
fn recursion_ends() {
    let tree = json!({
        "type": "object",
        "properties": { "node": { "$ref": "#/$defs/Node" }, "me": { "$ref": "#" } },
        "$defs": { "Node": { "type": "object", "description": "A node", "properties": { "children": { "type": "array", "items": { "$ref": "#/$defs/Node" } } } } },
    });
    let kept = openai(tree.clone());
    assert_eq!(kept["$defs"]["Node"]["properties"]["children"]["items"], json!({ "$ref": "#/$defs/Node" }));
    assert_eq!(kept["properties"]["me"], json!({ "$ref": "#/$defs/root" }));
    let put_in = for_provider(&tree, Dialect::Plain).unwrap();
    let node = &put_in["properties"]["node"];
    assert_eq!(node["properties"]["children"]["items"], json!({ "type": "object", "description": "A node" }));
    for circle in [
        json!({ "$ref": "#" }),
        json!({ "allOf": [{ "$ref": "#" }] }),
        json!({ "anyOf": [{ "$ref": "#" }, { "$ref": "#/anyOf/0" }] }),
    ] {
        for dialect in ALL {
            let _ = for_provider(&circle, dialect);
        }
    }
    // 2^40 parts once everything is put in.
    let definitions: serde_json::Map<String, Value> = (0..40)
        .map(|n| (format!("d{n}"), json!({ "properties": { "a": { "$ref": format!("#/$defs/d{}", n + 1) }, "b": { "$ref": format!("#/$defs/d{}", n + 1) } } })))
        .collect();
    let bomb = json!({ "properties": { "x": { "$ref": "#/$defs/d0" } }, "$defs": definitions });
    assert_eq!(for_provider(&bomb, Dialect::Gemini), Err(Reason::TooManyParts));
    assert!(for_provider(&bomb, Dialect::OpenAi).is_ok());
}

#[test]
fn unions_are_simplified() {
    let optional = json!({ "anyOf": [{ "type": "string" }, { "type": "null" }], "default": null, "title": "Q" });
    assert_eq!(
        property(optional.clone(), Dialect::OpenAi),
        json!({ "type": ["string", "null"], "default": null, "description": "Q" })
    );
    assert_eq!(
        property(optional, Dialect::Gemini),
        json!({ "type": "string", "nullable": true, "description": "Q. Default: null." })
    );
    let choices = json!({ "oneOf": [{ "const": "a", "description": "First" }, { "const": "b", "title": "Second" }] });
    assert_eq!(
        property(choices, Dialect::OpenAi),
        json!({ "type": "string", "enum": ["a", "b"], "description": "\"a\": First. \"b\": Second" })
    );
    let common = json!({ "type": "string", "anyOf": [{ "format": "date" }, { "enum": ["today"] }] });
    assert_eq!(
        property(common, Dialect::OpenAi),
        json!({ "anyOf": [{ "type": "string", "format": "date" }, { "type": "string", "enum": ["today"] }] })
    );
}
