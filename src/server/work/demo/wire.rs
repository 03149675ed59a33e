//! OpenAI's chat-completions protocol, as far as the demo model speaks it. Knows shapes, not words.

use super::answer::Answer;
use super::script::Call;
use serde::Deserialize;
use serde_json::{Value, json};

/// A chat-completions request; unknown fields are ignored, as OpenAI's own parameters are many.
#[derive(Debug, Deserialize)]
pub(super) struct Request {
    pub(super) model: String,
    pub(super) messages: Vec<Message>,
    #[serde(default)]
    pub(super) stream_options: StreamOptions,
    /// Tokens that the answer may have.
    #[serde(default)]
    pub(super) max_tokens: Option<usize>,
    #[serde(default)]
    tools: Vec<Wrapped>,
}

#[derive(Debug, Deserialize)]
struct Wrapped {
    function: Offered,
}

/// A tool the model may call.
#[derive(Debug, Deserialize)]
pub(super) struct Offered {
    pub(super) name: String,
    #[serde(default)]
    pub(super) parameters: Value,
}

impl Request {
    /// Returns the tools the model may call.
    pub(super) fn offered(&self) -> impl Iterator<Item = &Offered> {
        self.tools.iter().map(|tool| &tool.function)
    }

    /// Returns the length of all messages, in bytes of text.
    pub(super) fn length(&self) -> usize {
        self.messages.iter().map(|message| message.text().len()).sum()
    }

    /// Returns the results of tools since the last thing a person said.
    pub(super) fn tool_results(&self) -> Vec<String> {
        let after_user = self.messages.iter().rposition(|message| message.role == "user").map_or(0, |at| at + 1);
        self.messages[after_user..].iter().filter(|message| message.role == "tool").map(Message::text).collect()
    }

    /// Whether tools have returned results since a person has said something.
    pub(super) fn is_answered_by_tools(&self) -> bool {
        !self.tool_results().is_empty()
    }
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct StreamOptions {
    #[serde(default)]
    pub(super) include_usage: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Message {
    pub(super) role: String,
    #[serde(default)]
    content: Value,
}

impl Message {
    /// Returns the text of the message, whether sent as a string or as an array of parts.
    pub(super) fn text(&self) -> String {
        match &self.content {
            Value::String(text) => text.clone(),
            Value::Array(parts) => parts.iter().filter_map(|part| part["text"].as_str()).collect::<Vec<_>>().join("\n"),
            _ => String::new(),
        }
    }
}

/// Characters of a token, about as real tokenizers come out.
pub(super) const CHARS_PER_TOKEN: usize = 4;

/// Returns an error as OpenAI words it.
pub(super) fn error(message: &str) -> Value {
    json!({"error": {"message": message, "type": "invalid_request_error", "param": "model", "code": null}})
}

/// Returns one server-sent event that carries a piece of the answer.
pub(super) fn piece_event(request: &Request, piece: &str) -> String {
    let delta = json!({"role": "assistant", "content": piece});
    event(&chunk(request, &json!([{"index": 0, "delta": delta, "finish_reason": null}])))
}

/// Returns the event that carries the tools the model asks for.
pub(super) fn calls_event(request: &Request, calls: &[Call]) -> String {
    let turn = request.messages.len();
    let calls: Vec<Value> = calls
        .iter()
        .enumerate()
        .map(|(at, call)| {
            let function = json!({"name": call.name, "arguments": call.arguments.to_string()});
            json!({"index": at, "id": format!("call_{turn}_{at}"), "type": "function", "function": function})
        })
        .collect();
    let delta = json!({"role": "assistant", "tool_calls": calls});
    event(&chunk(request, &json!([{"index": 0, "delta": delta, "finish_reason": null}])))
}

/// Returns the events after the last piece: why it ended, the usage where it was asked for, and the mark of the end.
pub(super) fn end_events(request: &Request, answer: &Answer, reason: &str) -> Vec<String> {
    let mut events = vec![event(&chunk(request, &json!([{"index": 0, "delta": {}, "finish_reason": reason}])))];
    if request.stream_options.include_usage {
        let mut last = chunk(request, &json!([]));
        last["usage"] = usage(request, answer);
        events.push(event(&last));
    }
    events.push("data: [DONE]\n\n".to_owned());
    events
}

fn chunk(request: &Request, choices: &Value) -> Value {
    json!({
        "id": "chatcmpl-demo",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": request.model,
        "choices": choices,
    })
}

fn event(data: &Value) -> String {
    format!("data: {data}\n\n")
}

/// Returns the tokens of texts, and a few for each message.
fn usage(request: &Request, answer: &Answer) -> Value {
    let tokens = |text: &str| text.chars().count().div_ceil(CHARS_PER_TOKEN);
    let sent = |messages: &[Message]| messages.iter().map(|message| tokens(&message.text()) + 4).sum::<usize>();
    let prompt = sent(&request.messages);
    // Messages that were sent with the call before are still in the cache, as with real providers.
    let before = request.messages.iter().rposition(|message| message.role == "assistant").unwrap_or(0);
    let cached = sent(&request.messages[..before]);
    let completion = tokens(answer.text());
    json!({
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": cached},
    })
}
