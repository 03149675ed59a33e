//! Ollama's own protocol, `/api/chat`: <https://docs.ollama.com/api/chat>. Unlike its OpenAI-compatible one it lets the
//! size of the context window be chosen.

mod advice;
mod messages;
mod reader;
mod window;

use self::reader::Reader;
use super::super::model::{ChatCall, ModelError};
use super::super::name::ModelName;
use super::super::providers::Endpoint;
use super::super::tools::ToolSpec;
use super::super::wire::WireRequest;
use super::super::wire::json::length;
use super::dialogue::portable_id;
use super::{AnswerReader, Protocol, call_ids};
use serde_json::{Value, json};

/// Ollama's own protocol.
#[derive(Clone, Copy, Debug)]
pub struct Ollama;

impl Protocol for Ollama {
    fn name(&self) -> &'static str {
        "ollama"
    }

    fn request(&self, call: &ChatCall, name: &ModelName, endpoint: &Endpoint) -> Result<WireRequest, ModelError> {
        // A server of one's own takes no key, but a gateway before it may.
        WireRequest::new(endpoint, "api/chat", body(call, name))?.with_bearer(endpoint)
    }

    fn reader(&self, call: &ChatCall, name: &ModelName) -> Box<dyn AnswerReader> {
        Box::new(Reader::new(self.name(), call, name))
    }

    fn explain(&self, error: ModelError, name: &ModelName) -> ModelError {
        advice::explain(error, name)
    }
}

fn body(call: &ChatCall, name: &ModelName) -> Value {
    let turns = call_ids::settled(&call.turns, &name.model, |id| portable_id(id).into_owned(), |_| Vec::new());
    let messages = messages::messages(&turns, &name.model);
    let tools: Vec<Value> = call.tools.iter().map(tool).collect();
    let prompt = messages.iter().chain(&tools).map(|part| length(part, usize::MAX)).sum();
    let mut body = json!({
        "model": name.model,
        "messages": messages,
        "stream": true,
        "options": { "num_ctx": window::tokens(prompt, call.max_output_tokens) },
        // A prompt that is too long, or an answer that fills the window, is then an error. By default the server drops
        // the oldest messages without a word. Older servers pass over these two.
        "truncate": false,
        "shift": false,
    });
    if let Some(limit) = call.max_output_tokens {
        body["options"]["num_predict"] = json!(limit);
    }
    if !tools.is_empty() {
        body["tools"] = json!(tools);
    }
    body
}

fn tool(tool: &ToolSpec) -> Value {
    let function = json!({ "name": tool.name, "description": tool.description, "parameters": tool.parameters });
    json!({ "type": "function", "function": function })
}

#[cfg(test)]
mod tests;
