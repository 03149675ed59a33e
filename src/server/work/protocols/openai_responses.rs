//! OpenAI's Responses API, as OpenAI's own address speaks it: <https://platform.openai.com/docs/api-reference/responses>.

mod finish;
mod gateway;
mod input;
mod items;
mod reader;
mod usage;

use self::gateway::GatewayReader;
use self::reader::Reader;
use super::super::model::{ChatCall, ModelError};
use super::super::name::ModelName;
use super::super::providers::Endpoint;
use super::super::tools::ToolSpec;
use super::super::wire::WireRequest;
use super::dialogue::{Dialogue, portable_id};
use super::openai_chat::OpenAiChat;
use super::{AnswerReader, Protocol, call_ids};
use serde_json::{Value, json};

/// Least limit on what a model may write.
const LEAST_OUTPUT: i64 = 16;

/// OpenAI's Responses API.
#[derive(Clone, Copy, Debug)]
pub struct OpenAiResponses;

impl Protocol for OpenAiResponses {
    fn name(&self) -> &'static str {
        "openai-responses"
    }

    fn request(&self, call: &ChatCall, name: &ModelName, endpoint: &Endpoint) -> Result<WireRequest, ModelError> {
        WireRequest::new(endpoint, "responses", body(call, name))?.with_bearer(endpoint)
    }

    fn reader(&self, call: &ChatCall, name: &ModelName) -> Box<dyn AnswerReader> {
        let chat = OpenAiChat::of(name.provider).reader(call, name);
        Box::new(GatewayReader::new(Reader::new(self.name(), call, name), chat))
    }
}

/// Whether the service has the model in this protocol. Those for search and sound are in Chat Completions only.
pub fn has(model: &str) -> bool {
    !["-search-preview", "-audio"].iter().any(|kind| model.contains(kind))
}

fn body(call: &ChatCall, name: &ModelName) -> Value {
    let turns = call_ids::settled(&call.turns, &name.model, |id| portable_id(id).into_owned(), items::ids_in);
    let dialogue = Dialogue::new(&turns);
    let mut body = json!({
        "model": name.model,
        "input": input::input(&dialogue.entries, &name.model),
        "stream": true,
        // Nothing is left with the provider; what it needs again it is sent again.
        "store": false,
    });
    if reasons(&name.model) {
        body["include"] = json!(["reasoning.encrypted_content"]);
    }
    if !dialogue.instructions.is_empty() {
        body["instructions"] = json!(dialogue.instructions);
    }
    if let Some(limit) = call.max_output_tokens {
        // Fewer are refused: <https://platform.openai.com/docs/api-reference/responses/create>.
        body["max_output_tokens"] = json!(limit.max(LEAST_OUTPUT));
    }
    let tools = &call.tools;
    if !tools.is_empty() {
        body["tools"] = tools.iter().map(tool).collect();
    }
    body
}

fn tool(tool: &ToolSpec) -> Value {
    // Strict is the default here, and takes few of the schemas that servers have.
    json!({
        "type": "function",
        "name": tool.name,
        "description": tool.description,
        "parameters": tool.parameters,
        "strict": false,
    })
}

/// Whether the model reasons, by its name: those of the `o` series and of the fifth generation and later, except the ones
/// for chat. Others refuse to be asked for their reasoning.
pub(super) fn reasons(model: &str) -> bool {
    let name = model.strip_prefix("ft:").unwrap_or(model);
    let number = |rest: &str| rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse::<u32>().ok();
    let is_late = name.strip_prefix("gpt-").and_then(number).is_some_and(|generation| generation >= 5);
    let is_of_the_o_series = name.strip_prefix('o').and_then(number).is_some();
    (is_late || is_of_the_o_series || name.starts_with("codex")) && !name.contains("-chat")
}

#[cfg(test)]
mod tests;
