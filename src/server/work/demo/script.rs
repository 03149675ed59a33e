//! Calls that the demo models with tools ask for, turn by turn. Knows the tools it was offered, not what they do.

use super::wire::{Offered, Request};
use serde_json::{Map, Value, json};

/// The built-in tool that the demo models call.
const CLOCK: &str = "current_time";

/// A call that a demo model asks for.
#[derive(Debug, PartialEq)]
pub(super) struct Call {
    pub(super) name: String,
    pub(super) arguments: Value,
}

/// `demo/tools`: on the first turn the clock and one tool of another server; nothing once they have returned.
pub(super) fn tools(request: &Request) -> Vec<Call> {
    if request.is_answered_by_tools() {
        return Vec::new();
    }
    let other = other_tool(request).map(|tool| Call { name: tool.name.clone(), arguments: sample(&tool.parameters) });
    // Without any tool it asks for the clock all the same: what becomes of that is worth seeing too.
    let clock = other.is_none() || request.offered().any(|tool| tool.name == CLOCK);
    let mut calls = Vec::new();
    if clock {
        calls.push(Call { name: CLOCK.to_owned(), arguments: json!({}) });
    }
    calls.extend(other);
    calls
}

/// `demo/loop`: the same call for ever.
pub(super) fn endless() -> Vec<Call> {
    vec![Call { name: CLOCK.to_owned(), arguments: json!({}) }]
}

/// Returns a tool of an MCP server, preferably one that only says something or wants nothing.
fn other_tool(request: &Request) -> Option<&Offered> {
    let others: Vec<&Offered> = request.offered().filter(|tool| tool.name.contains("__")).collect();
    let echoes = |tool: &&&Offered| tool.name.ends_with("__echo");
    let wants_nothing = |tool: &&&Offered| required(&tool.parameters).is_empty();
    others.iter().find(echoes).or_else(|| others.iter().find(wants_nothing)).copied()
}

fn required(schema: &Value) -> Vec<&str> {
    schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Arguments that a schema takes: something for each value it requires.
fn sample(schema: &Value) -> Value {
    let value = |name: &str| match schema["properties"][name]["type"].as_str() {
        Some("integer" | "number") => json!(1),
        Some("boolean") => json!(true),
        _ => json!("Hello from Runboard"),
    };
    Value::Object(required(schema).into_iter().map(|name| (name.to_owned(), value(name))).collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(tools: Value, messages: Value) -> Request {
        serde_json::from_value(json!({"model": "tools", "tools": tools, "messages": messages})).unwrap()
    }

    fn offered(name: &str, parameters: Value) -> Value {
        json!({"type": "function", "function": {"name": name, "description": "", "parameters": parameters}})
    }

    #[test]
    fn it_calls_the_clock_and_one_tool_of_a_server() {
        let echo = json!({"type": "object", "required": ["message"], "properties": {"message": {"type": "string"}}});
        let tools = json!([
            offered("current_time", json!({})),
            offered("files__write", json!({"required": ["path"]})),
            offered("all__echo", echo)
        ]);
        let calls = super::tools(&request(tools, json!([{"role": "user", "content": "Hi"}])));
        let names: Vec<&str> = calls.iter().map(|call| call.name.as_str()).collect();
        assert_eq!(names, ["current_time", "all__echo"]);
        assert_eq!(calls[1].arguments, json!({"message": "Hello from Runboard"}));
    }

    #[test]
    fn a_tool_that_may_do_harm_is_left_alone() {
        let tools = json!([offered("files__write", json!({"required": ["path"]}))]);
        let calls = super::tools(&request(tools, json!([{"role": "user", "content": "Hi"}])));
        assert_eq!(calls.len(), 1);
    }

    #[test]
    fn once_answered_it_calls_nothing_until_it_is_asked_again() {
        let mut messages = vec![json!({"role": "user", "content": "Hi"}), json!({"role": "tool", "content": "12:00"})];
        assert_eq!(super::tools(&request(json!([]), json!(messages))), []);
        messages.push(json!({"role": "user", "content": "And now?"}));
        assert_eq!(super::tools(&request(json!([]), json!(messages))).len(), 1);
    }
}
