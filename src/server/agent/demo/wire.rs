//! OpenAI's chat-completions protocol, as far as the demo model speaks it. Knows shapes, not words.

use super::answer::Answer;
use serde::Deserialize;
use serde_json::{Value, json};

/// A chat-completions request; unknown fields are ignored, as OpenAI's own parameters are many.
#[derive(Debug, Deserialize)]
pub(super) struct Request {
    pub(super) model: String,
    pub(super) messages: Vec<Message>,
    #[serde(default)]
    pub(super) stream: bool,
    #[serde(default)]
    pub(super) stream_options: StreamOptions,
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
    /// The text of the message, whether sent as a string or as an array of parts.
    pub(super) fn text(&self) -> String {
        match &self.content {
            Value::String(text) => text.clone(),
            Value::Array(parts) => parts.iter().filter_map(|part| part["text"].as_str()).collect::<Vec<_>>().join("\n"),
            _ => String::new(),
        }
    }
}

/// An error as OpenAI words it.
pub(super) fn error(message: &str) -> Value {
    json!({"error": {"message": message, "type": "invalid_request_error", "param": "model", "code": null}})
}

/// The whole answer as one JSON document.
pub(super) fn completion(request: &Request, answer: &Answer) -> Value {
    json!({
        "id": "chatcmpl-demo",
        "object": "chat.completion",
        "created": 0,
        "model": request.model,
        "choices": [{
            "index": 0,
            "message": {"role": "assistant", "content": answer.text()},
            "finish_reason": "stop",
        }],
        "usage": usage(request, answer),
    })
}

/// One server-sent event that carries a piece of the answer.
pub(super) fn piece_event(request: &Request, piece: &str) -> String {
    let delta = json!({"role": "assistant", "content": piece});
    event(&chunk(request, &json!([{"index": 0, "delta": delta, "finish_reason": null}])))
}

/// The events after the last piece: why it ended, the usage where it was asked for, and the mark of the end.
pub(super) fn end_events(request: &Request, answer: &Answer) -> Vec<String> {
    let mut events = vec![event(&chunk(request, &json!([{"index": 0, "delta": {}, "finish_reason": "stop"}])))];
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

/// About a token per four characters, and a few for each message, as real tokenizers come out.
fn usage(request: &Request, answer: &Answer) -> Value {
    let tokens = |text: &str| text.chars().count().div_ceil(4);
    let prompt: usize = request.messages.iter().map(|message| tokens(&message.text()) + 4).sum();
    let completion = tokens(answer.text());
    json!({"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion})
}
