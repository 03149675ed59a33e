//! The providers' lists of models: how each is asked for, and how it is read. Pure.

use crate::server::work::model::ModelError;
use crate::server::work::name::{ModelName, Provider};
use crate::server::work::providers::Endpoint;
use crate::server::work::wire::WireRequest;
use serde_json::Value;
use std::collections::HashSet;

/// Longest list, in bytes.
pub const MAX_LIST: usize = 1 << 20;
/// Most models of one list; more are left out.
pub const MAX_MODELS: usize = 2_000;
/// Longest name of a model, in characters; no agent can have a longer one.
const MAX_NAME: usize = 200;

/// How the names of models begin that OpenAI lists and that hold no conversations.
const NO_CHAT: &[&str] = &[
    "babbage-",
    "chatgpt-image",
    "computer-use-",
    "dall-e-",
    "davinci-",
    "gpt-audio",
    "gpt-image",
    "gpt-realtime",
    "omni-moderation",
    "sora-",
    "text-",
    "tts-",
    "whisper-",
];

/// A model as its provider lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// As the provider calls it.
    pub model: String,
    /// For people.
    pub name: Option<String>,
    /// Tokens that it takes at a time.
    pub context: Option<u64>,
}

/// Spells the question.
///
/// # Errors
/// The endpoint's key fits no header.
pub fn request(provider: Provider, endpoint: &Endpoint) -> Result<WireRequest, ModelError> {
    let ask = |path: &str| WireRequest::new(endpoint, path, Value::Null);
    match provider {
        Provider::Anthropic => {
            ask("models?limit=1000")?.with_header("anthropic-version", "2023-06-01").with_key("x-api-key", endpoint)
        }
        Provider::Gemini => ask("models?pageSize=1000")?.with_key("x-goog-api-key", endpoint),
        Provider::Ollama => ask("api/tags")?.with_bearer(endpoint),
        _ => ask("models")?.with_bearer(endpoint),
    }
}

/// Reads the answer: models in the order of their names, each once.
///
/// # Errors
/// It is no such list.
pub fn read(provider: Provider, is_openais: bool, body: &[u8]) -> Result<Vec<Listed>, ModelError> {
    let answer: Value = serde_json::from_slice(body).map_err(|_| no_list())?;
    let member = if matches!(provider, Provider::Gemini | Provider::Ollama) { "models" } else { "data" };
    // Some who call themselves compatible send the list alone.
    let models = answer.get(member).unwrap_or(&answer).as_array().ok_or_else(no_list)?;
    let mut seen = HashSet::new();
    let is_fit = |listed: &Listed| {
        let is_chat = !(is_openais && NO_CHAT.iter().any(|start| listed.model.starts_with(start)));
        let id = format!("{provider}/{}", listed.model);
        is_chat && id.chars().count() <= MAX_NAME && id.parse::<ModelName>().is_ok()
    };
    let listed = models.iter().filter_map(|model| of(provider, model)).filter(is_fit);
    let mut listed: Vec<Listed> = listed.filter(|listed| seen.insert(listed.model.clone())).take(MAX_MODELS).collect();
    listed.sort_by(|one, other| one.model.cmp(&other.model));
    Ok(listed)
}

fn no_list() -> ModelError {
    ModelError::lasting("Its answer is no list of models")
}

/// Returns a model that can hold a conversation.
fn of(provider: Provider, model: &Value) -> Option<Listed> {
    let text = |name: &str| model.get(name).and_then(Value::as_str).map(str::to_owned);
    let number = |names: &[&str]| names.iter().find_map(|name| model.get(name).and_then(Value::as_u64));
    match provider {
        Provider::Gemini => {
            let methods = model.get("supportedGenerationMethods").and_then(Value::as_array);
            let talks = methods.is_none_or(|methods| methods.iter().any(|method| method == "generateContent"));
            let name = text("name").filter(|_| talks)?;
            let model = name.strip_prefix("models/").unwrap_or(&name).to_owned();
            Some(Listed { model, name: shown(text("displayName")), context: number(&["inputTokenLimit"]) })
        }
        Provider::Ollama => Some(Listed { model: text("name").or_else(|| text("model"))?, name: None, context: None }),
        _ => Some(Listed {
            model: text("id")?,
            name: shown(text("display_name").or_else(|| text("name"))),
            // OpenRouter; Groq; Mistral; vLLM.
            context: number(&["context_length", "context_window", "max_context_length", "max_model_len"]),
        }),
    }
}

/// Returns a name as it may be shown.
fn shown(name: Option<String>) -> Option<String> {
    let name = name?;
    let clean: String = name.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect();
    Some(clean.trim().to_owned()).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn names(provider: Provider, is_openais: bool, body: Value) -> Vec<String> {
        let body = body.to_string();
        read(provider, is_openais, body.as_bytes()).unwrap().into_iter().map(|listed| listed.model).collect()
    }

    #[test]
    fn each_provider_s_list_is_read() {
        let openai = json!({ "object": "list", "data": [
            { "id": "gpt-5-mini" }, { "id": "text-embedding-3-large" }, { "id": "gpt-5" }, { "id": "gpt-5" },
            { "id": "with blank" }, { "id": 7 }, "odd",
        ] });
        assert_eq!(names(Provider::OpenAi, true, openai.clone()), ["gpt-5", "gpt-5-mini"]);
        // Elsewhere a name says nothing.
        assert!(names(Provider::OpenAi, false, openai).contains(&"text-embedding-3-large".to_owned()));
        let gemini = json!({ "models": [
            { "name": "models/gemini-2.5-pro", "displayName": "Gemini 2.5 Pro", "inputTokenLimit": 1_048_576,
              "supportedGenerationMethods": ["generateContent"] },
            { "name": "models/embedding-001", "supportedGenerationMethods": ["embedContent"] },
        ] });
        let read = read(Provider::Gemini, false, gemini.to_string().as_bytes()).unwrap();
        let pro =
            Listed { model: "gemini-2.5-pro".into(), name: Some("Gemini 2.5 Pro".into()), context: Some(1_048_576) };
        assert_eq!(read, [pro]);
        assert_eq!(
            names(Provider::Ollama, false, json!({ "models": [{ "name": "llama3.2:latest" }] })),
            ["llama3.2:latest"]
        );
        assert_eq!(names(Provider::Mistral, false, json!([{ "id": "m" }])), ["m"]);
    }

    #[test]
    fn what_is_no_list_is_an_error_and_a_long_one_is_cut() {
        for body in ["", "{", "{}", "{\"data\":7}", "\"x\"", "<html>"] {
            assert!(read(Provider::Groq, false, body.as_bytes()).is_err(), "{body}");
        }
        let many: Vec<Value> = (0..MAX_MODELS + 10).map(|nr| json!({ "id": format!("m{nr}") })).collect();
        assert_eq!(names(Provider::Groq, false, json!({ "data": many })).len(), MAX_MODELS);
        let long = json!({ "data": [{ "id": "x".repeat(MAX_NAME) }] });
        assert_eq!(names(Provider::Groq, false, long), [""; 0]);
    }
}
