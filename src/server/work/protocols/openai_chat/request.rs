//! The call as a request.

use super::super::super::demo::{ATTEMPT_HEADER, RETRY_HEADER};
use super::super::super::model::{ChatCall, ChatTurn, ModelError, ToolCall};
use super::super::super::name::{ModelName, Provider};
use super::super::super::providers::Endpoint;
use super::super::super::tools::ToolSpec;
use super::super::super::wire::WireRequest;
use super::super::call_ids;
use super::super::dialogue::{fnv1a, portable_name, short_id};
use super::super::openai_responses::reasons;
use super::echo;
use super::rules::{IdForm, Rules};
use serde_json::{Map, Value, json};
use std::borrow::Cow;

pub(super) fn request(
    rules: &Rules,
    call: &ChatCall,
    name: &ModelName,
    endpoint: &Endpoint,
) -> Result<WireRequest, ModelError> {
    if call.tools.len() > rules.max_tools {
        let (has, most) = (call.tools.len(), rules.max_tools);
        let error = format!("{} takes at most {most} tools, and this agent has {has}: pick fewer", name.provider);
        return Err(ModelError::lasting(error));
    }
    let request = WireRequest::new(endpoint, "chat/completions", body(rules, call, name))?.with_bearer(endpoint)?;
    let request = rules.headers.iter().fold(request, |request, (name, value)| request.with_header(name, value));
    Ok(match rules.hears_of_tries {
        true => request.with_number(RETRY_HEADER, u32::from(call.is_retry)).with_number(ATTEMPT_HEADER, call.attempt),
        false => request,
    })
}

fn body(rules: &Rules, call: &ChatCall, name: &ModelName) -> Value {
    let fit = |given: &str| id(rules.ids, given, &name.model).into_owned();
    let turns = call_ids::settled(&call.turns, &name.model, fit, echo::ids_in);
    let messages: Vec<Value> = turns.iter().map(|turn| message(rules, turn, &name.model)).collect();
    let mut body = json!({"model": name.model, "messages": messages, "stream": true});
    if rules.stream_options {
        body["stream_options"] = json!({"include_usage": true});
    }
    if rules.bills {
        body["usage"] = json!({"include": true});
    }
    if let Some(limit) = call.max_output_tokens {
        // Those models refuse the older name, wherever they are served.
        let is_new = name.provider == Provider::OpenAi && reasons(&name.model);
        body[if is_new { "max_completion_tokens" } else { rules.max_output }] = json!(limit);
    }
    let tools = &call.tools;
    if !tools.is_empty() {
        body["tools"] = tools.iter().map(tool).collect();
    }
    body
}

fn tool(tool: &ToolSpec) -> Value {
    let function = json!({"name": tool.name, "description": tool.description, "parameters": tool.parameters});
    json!({"type": "function", "function": function})
}

fn message(rules: &Rules, turn: &ChatTurn, model: &str) -> Value {
    match turn {
        ChatTurn::System(text) => json!({"role": "system", "content": text}),
        ChatTurn::User(text) => json!({"role": "user", "content": text}),
        ChatTurn::Assistant { text, calls, .. } if calls.is_empty() => json!({"role": "assistant", "content": text}),
        ChatTurn::Assistant { text, calls, echo } => {
            let content = if text.is_empty() { Value::Null } else { json!(text) };
            let calls: Vec<Value> = calls.iter().map(tool_call).collect();
            let mut message = Map::new();
            message.insert("role".to_owned(), json!("assistant"));
            message.insert("content".to_owned(), content);
            message.insert("tool_calls".to_owned(), json!(calls));
            echo::add(rules.reasoning, echo.as_ref(), model, &mut message);
            Value::Object(message)
        }
        ChatTurn::Tool { call_id, content, .. } => {
            json!({"role": "tool", "tool_call_id": call_id, "content": content})
        }
    }
}

fn tool_call(call: &ToolCall) -> Value {
    let arguments = call.arguments.sendable().to_string();
    let function = json!({"name": portable_name(&call.name), "arguments": arguments});
    json!({"id": call.id, "type": "function", "function": function})
}

/// Longest id of a call that OpenAI takes in this protocol; other servers have longer ones, and get those back.
const MAX_ID: usize = 40;

/// Returns another's id in the form that the provider takes. The same id always becomes the same one, so that results
/// find their calls.
pub(super) fn id<'a>(form: IdForm, id: &'a str, model: &str) -> Cow<'a, str> {
    match form {
        IdForm::Portable if is_kimis(id, model) => Cow::Borrowed(id),
        IdForm::Portable => short_id(id, MAX_ID),
        IdForm::Nine if id.len() == 9 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()) => Cow::Borrowed(id),
        IdForm::Nine => Cow::Owned(format!("{:09x}", fnv1a(id) & 0xf_ffff_ffff)),
    }
}

/// Whether the id is a Kimi model's own, `functions.name:0`: it reads its ids again, and stops calling tools once they look
/// otherwise.
fn is_kimis(id: &str, model: &str) -> bool {
    let named = id.strip_prefix("functions.").and_then(|rest| rest.rsplit_once(':'));
    model.to_ascii_lowercase().contains("kimi")
        && named.is_some_and(|(name, number)| {
            portable_name(name) == name && number.len() <= 9 && number.bytes().all(|byte| byte.is_ascii_digit())
        })
}
