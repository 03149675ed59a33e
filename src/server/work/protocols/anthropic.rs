//! Anthropic's Messages API, streamed: <https://docs.claude.com/en/api/messages-streaming>.

mod blocks;
mod finish;
mod messages;
mod output;
mod reader;
mod usage;

use self::reader::Reader;
use super::super::model::{ChatCall, ModelError};
use super::super::name::ModelName;
use super::super::providers::Endpoint;
use super::super::tools::ToolSpec;
use super::super::wire::WireRequest;
use super::super::wire::json::length;
use super::dialogue::{Dialogue, portable_id};
use super::{AnswerReader, Protocol, call_ids};
use serde_json::{Value, json};

/// The version of the API that this is written for.
const VERSION: &str = "2023-06-01";

/// Anthropic's Messages API.
#[derive(Clone, Copy, Debug)]
pub struct Anthropic;

impl Protocol for Anthropic {
    fn name(&self) -> &'static str {
        "anthropic-messages"
    }

    fn request(&self, call: &ChatCall, name: &ModelName, endpoint: &Endpoint) -> Result<WireRequest, ModelError> {
        let request = WireRequest::new(endpoint, "messages", body(call, name))?;
        request.with_header("anthropic-version", VERSION).with_key("x-api-key", endpoint)
    }

    fn reader(&self, call: &ChatCall, name: &ModelName) -> Box<dyn AnswerReader> {
        Box::new(Reader::new(self.name(), call, name))
    }
}

fn body(call: &ChatCall, name: &ModelName) -> Value {
    let turns = call_ids::settled(&call.turns, &name.model, |id| portable_id(id).into_owned(), blocks::ids_in);
    let dialogue = Dialogue::new(&turns);
    let mut messages = messages::messages(&dialogue.entries, &name.model);
    let mut system: Vec<Value> = Vec::new();
    if !dialogue.instructions.is_empty() {
        system.push(json!({ "type": "text", "text": dialogue.instructions }));
    }
    let tools: Vec<Value> = call.tools.iter().map(tool).collect();
    // A model with tools is mostly asked again within the run, with the same beginning. Reading it from the cache costs a
    // tenth, writing it a quarter more, so a second call pays for the first.
    if !tools.is_empty() {
        mark(system.last_mut());
        mark(messages.last_mut().and_then(|message| message["content"].as_array_mut()?.last_mut()));
    }
    let prompt = [&messages, &system, &tools].into_iter().flatten().map(|part| length(part, usize::MAX)).sum();
    let mut body = json!({
        "model": name.model,
        "max_tokens": output::max_tokens(&name.model, prompt, call.max_output_tokens),
        "messages": messages,
        "stream": true,
    });
    if !system.is_empty() {
        body["system"] = json!(system);
    }
    if !tools.is_empty() {
        body["tools"] = json!(tools);
    }
    body
}

fn tool(tool: &ToolSpec) -> Value {
    json!({ "name": tool.name, "description": tool.description, "input_schema": tool.parameters })
}

/// Ends a part of the prompt that is to be kept in the cache for five minutes. Prompts below a model's least length
/// (1,024 tokens and more) are not cached and cost nothing extra.
fn mark(block: Option<&mut Value>) {
    if let Some(block) = block {
        block["cache_control"] = json!({ "type": "ephemeral" });
    }
}

#[cfg(test)]
mod tests;
