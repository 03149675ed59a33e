//! Ids of calls over a whole conversation, in each protocol.

use super::*;
use serde_json::Value;
use std::collections::BTreeMap;

/// Counts the texts below fields of these names.
fn count(value: &Value, names: &[&str], counts: &mut BTreeMap<String, usize>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| count(item, names, counts)),
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_str() {
                    Some(id) if names.contains(&name.as_str()) => *counts.entry(id.to_owned()).or_default() += 1,
                    _ => count(value, names, counts),
                }
            }
        }
        _ => {}
    }
}

/// The same answer three times over, as of a server that numbers its calls anew each time; with its echo, and without.
#[test]
fn each_call_of_a_conversation_has_an_id_of_its_own_that_its_result_has_too() {
    for (stream, calls) in [
        ("anthropic/tools", 2),
        ("anthropic/redacted", 1),
        ("gemini/calls", 3),
        ("ollama/calls_with_ids", 1),
        ("openai_chat/openai_calls", 3),
        ("openai_chat/mistral_calls", 3),
        ("openai_responses/calls", 3),
    ] {
        let name = if stream == "openai_chat/mistral_calls" { "openai_chat/openai_calls" } else { stream };
        let turns = vec![next_turns(&read(name)); 3].concat();
        for model in ["test", "another"] {
            let (protocol, name) = protocol(stream);
            let endpoint = Endpoint { base: "https://provider.test/v1/".parse().unwrap(), key: "sk-test".into() };
            let name = ModelName { model: model.to_owned(), ..name };
            let call = ChatCall { turns: turns.clone(), ..question() };
            let body = protocol.request(&call, &name, &endpoint).unwrap().body;
            let body = body.get("messages").or(body.get("contents")).or(body.get("input")).unwrap();
            let mut counts = BTreeMap::new();
            count(body, &["id", "call_id", "tool_call_id", "tool_use_id"], &mut counts);
            // Reasoning has an id in Responses, and nobody answers to it.
            counts.retain(|id, _| !id.starts_with("rs_"));
            let expected = if stream.starts_with("gemini") && model != "test" { 0 } else { 3 * calls };
            assert_eq!(counts.len(), expected, "{stream} for {model}: {counts:?}");
            assert!(counts.values().all(|count| *count == 2), "{stream} for {model}: {counts:?}");
        }
    }
}
