//! Google's Gemini API, `streamGenerateContent`: <https://ai.google.dev/api/generate-content>.

mod contents;
mod finish;
mod parts;
mod reader;
mod usage;

use self::reader::Reader;
use super::super::model::{ChatCall, ModelError};
use super::super::name::ModelName;
use super::super::providers::Endpoint;
use super::super::tools::ToolSpec;
use super::super::wire::WireRequest;
use super::dialogue::{Dialogue, portable_id};
use super::{AnswerReader, Protocol, call_ids};
use serde_json::{Value, json};

/// Google's Gemini API.
#[derive(Clone, Copy, Debug)]
pub struct Gemini;

impl Protocol for Gemini {
    fn name(&self) -> &'static str {
        "gemini"
    }

    fn request(&self, call: &ChatCall, name: &ModelName, endpoint: &Endpoint) -> Result<WireRequest, ModelError> {
        let path = format!("{}:streamGenerateContent?alt=sse", resource(&name.model)?);
        WireRequest::new(endpoint, &path, body(call, name))?.with_key("x-goog-api-key", endpoint)
    }

    fn reader(&self, call: &ChatCall, name: &ModelName) -> Box<dyn AnswerReader> {
        Box::new(Reader::new(self.name(), call, name))
    }
}

/// Returns the path of a model: `models/…`, unless the name says which collection it is of, such as `tunedModels/…`.
fn resource(model: &str) -> Result<String, ModelError> {
    let is_fit = |c: char| c.is_ascii_alphanumeric() || "-_.@/".contains(c);
    if !model.chars().all(is_fit) || model.split('/').any(|part| part.trim_matches('.').is_empty()) {
        let message = format!("{model:?} is not the name of a Gemini model: it is letters, digits, dots and dashes");
        return Err(ModelError::lasting(message));
    }
    Ok(if model.contains('/') { model.to_owned() } else { format!("models/{model}") })
}

fn body(call: &ChatCall, name: &ModelName) -> Value {
    let turns = call_ids::settled(&call.turns, &name.model, |id| portable_id(id).into_owned(), parts::ids_in);
    let dialogue = Dialogue::new(&turns);
    let mut body = json!({ "contents": contents::contents(&dialogue.entries, &name.model) });
    if !dialogue.instructions.is_empty() {
        body["systemInstruction"] = json!({ "parts": [{ "text": dialogue.instructions }] });
    }
    if let Some(limit) = call.max_output_tokens {
        body["generationConfig"] = json!({ "maxOutputTokens": limit });
    }
    let declarations: Vec<Value> = call.tools.iter().map(declaration).collect();
    if !declarations.is_empty() {
        body["tools"] = json!([{ "functionDeclarations": declarations }]);
    }
    body
}

fn declaration(tool: &ToolSpec) -> Value {
    let mut declaration = json!({ "name": tool.name, "description": tool.description });
    if !tool.parameters.is_null() {
        declaration["parameters"] = tool.parameters.clone();
    }
    declaration
}

#[cfg(test)]
mod tests;
