//! The turns of a conversation as messages.

use super::super::super::model::{ChatTurn, ToolCall};
use super::super::dialogue::portable_name;
use super::super::echoes;
use serde_json::{Value, json};

/// Returns the messages for `model`; blank ones are left out.
pub(super) fn messages(turns: &[ChatTurn], model: &str) -> Vec<Value> {
    turns.iter().filter_map(|turn| message(turn, model)).collect()
}

fn message(turn: &ChatTurn, model: &str) -> Option<Value> {
    let said = |role: &str, text: &str| (!text.trim().is_empty()).then(|| json!({ "role": role, "content": text }));
    match turn {
        ChatTurn::System(text) => said("system", text),
        ChatTurn::User(text) => said("user", text),
        ChatTurn::Assistant { text, calls, echo } => {
            let thinking = echoes::turn(echo.as_ref().map(|echo| &echo.content), model).and_then(Value::as_str);
            if calls.is_empty() && thinking.is_none() {
                return said("assistant", text);
            }
            let mut message = json!({ "role": "assistant", "content": text });
            if let Some(thinking) = thinking {
                message["thinking"] = json!(thinking);
            }
            if !calls.is_empty() {
                message["tool_calls"] = calls.iter().map(tool_call).collect();
            }
            Some(message)
        }
        ChatTurn::Tool { call_id, name, content } => Some(json!({
            "role": "tool",
            "content": content,
            "tool_name": portable_name(name),
            "tool_call_id": call_id,
        })),
    }
}

fn tool_call(call: &ToolCall) -> Value {
    let arguments = call.arguments.sendable();
    json!({ "id": call.id, "function": { "name": portable_name(&call.name), "arguments": arguments } })
}
