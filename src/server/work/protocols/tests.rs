//! Streams as providers send them, written by hand after their documentation, and tests of how they are read.

use super::super::model::{ChatCall, ChatEvent, ChatTurn, Finished, ModelError, TokenUsage};
use super::super::name::{ModelName, Provider};
use super::super::providers::Endpoint;
use super::super::tools::ToolSpec;
use super::super::wire::{Decoder, WireRequest};
use super::Protocol;
use super::anthropic::Anthropic;
use super::gemini::Gemini;
use super::ollama::Ollama;
use super::openai_chat::OpenAiChat;
use super::openai_responses::OpenAiResponses;

macro_rules! streams {
    ($($name:literal),+ $(,)?) => {
        /// All streams, by the name of their file.
        pub(super) const STREAMS: &[(&str, &[u8])] = &[$(($name, include_bytes!(concat!("tests/", $name)))),+];
    };
}

streams! {
    "anthropic/answer.sse",
    "anthropic/cut_call.sse",
    "anthropic/gateway.sse",
    "anthropic/invalid.sse",
    "anthropic/max_tokens.sse",
    "anthropic/overloaded.sse",
    "anthropic/overloaded_late.sse",
    "anthropic/pause.sse",
    "anthropic/redacted.sse",
    "anthropic/refusal.sse",
    "anthropic/surrogate.sse",
    "anthropic/tools.sse",
    "anthropic/window.sse",
    "gemini/answer.sse",
    "gemini/blocked_prompt.sse",
    "gemini/calls.sse",
    "gemini/calls_without_ids.sse",
    "gemini/invalid.sse",
    "gemini/late_signature.sse",
    "gemini/malformed_call.sse",
    "gemini/max_tokens.sse",
    "gemini/no_candidates.sse",
    "gemini/quota.sse",
    "gemini/recitation.sse",
    "gemini/safety.sse",
    "gemini/surrogate.sse",
    "gemini/unavailable.sse",
    "ollama/answer.ndjson",
    "ollama/bad_call.ndjson",
    "ollama/calls.ndjson",
    "ollama/calls_with_ids.ndjson",
    "ollama/length.ndjson",
    "ollama/load.ndjson",
    "ollama/no_memory.ndjson",
    "ollama/old.ndjson",
    "ollama/stopped.ndjson",
    "ollama/surrogate.ndjson",
    "ollama/think_tags.ndjson",
    "ollama/words.ndjson",
    "openai_chat/deepseek_reasoning.sse",
    "openai_chat/document.json",
    "openai_chat/groq_answer.sse",
    "openai_chat/llamacpp_answer.sse",
    "openai_chat/mistral_reasoning.sse",
    "openai_chat/no_such_model.sse",
    "openai_chat/openai_answer.sse",
    "openai_chat/openai_calls.sse",
    "openai_chat/openai_filtered.sse",
    "openai_chat/openai_length.sse",
    "openai_chat/openai_surrogate.sse",
    "openai_chat/openai_words.sse",
    "openai_chat/openrouter_answer.sse",
    "openai_chat/openrouter_error.sse",
    "openai_chat/vllm_calls.sse",
    "openai_chat/vllm_error.sse",
    "openai_chat/vllm_error_later.sse",
    "openai_responses/answer.sse",
    "openai_responses/calls.sse",
    "openai_responses/cut_call.sse",
    "openai_responses/error.sse",
    "openai_responses/failed.sse",
    "openai_responses/failed_for_good.sse",
    "openai_responses/filtered.sse",
    "openai_responses/max_tokens.sse",
    "openai_responses/no_credit.sse",
    "openai_responses/only_done.sse",
    "openai_responses/refusal.sse",
    "openai_responses/surrogate.sse",
}

/// Returns the protocol that the streams in a directory are in, and a model that speaks it.
pub(super) fn protocol(name: &str) -> (Box<dyn Protocol>, ModelName) {
    let (directory, file) = name.split_once('/').unwrap_or((name, ""));
    let (protocol, provider): (Box<dyn Protocol>, _) = match directory {
        "anthropic" => (Box::new(Anthropic), Provider::Anthropic),
        "gemini" => (Box::new(Gemini), Provider::Gemini),
        "ollama" => (Box::new(Ollama), Provider::Ollama),
        "openai_responses" => (Box::new(OpenAiResponses), Provider::OpenAi),
        "openai_chat" => {
            let provider = file.split('_').next().and_then(Provider::parse).unwrap_or(Provider::OpenAi);
            (Box::new(OpenAiChat::of(provider)), provider)
        }
        other => panic!("no protocol for {other:?}"),
    };
    (protocol, ModelName { provider, model: "test".to_owned() })
}

/// The outcome of a stream.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Reading {
    pub(super) text: String,
    pub(super) reasoning: String,
    pub(super) unseen: usize,
    pub(super) usage: Option<TokenUsage>,
    pub(super) finished: Option<Finished>,
    pub(super) error: Option<ModelError>,
}

impl Reading {
    /// Returns the calls with their arguments as JSON.
    pub(super) fn calls(&self) -> Vec<(&str, String)> {
        let calls = self.finished.iter().flat_map(|finished| &finished.calls);
        calls.map(|call| (call.name.as_str(), call.arguments.to_string())).collect()
    }

    /// Returns why it ended.
    pub(super) fn finish(&self) -> crate::domain::finish::Finish {
        self.finished.as_ref().unwrap_or_else(|| panic!("{self:?}")).finish
    }

    /// Returns the counts: prompt, cached, written to the cache, completion, reasoning.
    pub(super) fn counts(&self) -> [Option<i64>; 5] {
        let TokenUsage { prompt, cached, cache_written, completion, reasoning, .. } = self.usage.unwrap_or_default();
        [prompt, cached, cache_written, completion, reasoning]
    }

    fn take(&mut self, event: ChatEvent) {
        assert_eq!(self.finished, None, "nothing comes after the end");
        match event {
            ChatEvent::Text(text) => self.text.push_str(&text),
            ChatEvent::Reasoning(text) => self.reasoning.push_str(&text),
            ChatEvent::Unseen(chars) => self.unseen += chars,
            ChatEvent::Usage(usage) => self.usage = Some(usage),
            ChatEvent::Finished(finished) => self.finished = Some(*finished),
        }
    }
}

/// Returns a call with a question and nothing else.
pub(super) fn question() -> ChatCall {
    ChatCall {
        model: String::new(),
        turns: vec![ChatTurn::System("Be brief.".to_owned()), ChatTurn::User("What is new?".to_owned())],
        tools: [].into(),
        max_output_tokens: None,
        is_retry: false,
        attempt: 1,
    }
}

/// Reads a body that comes in these chunks and ends after them.
pub(super) fn read_chunks<'a>(name: &str, chunks: impl IntoIterator<Item = &'a [u8]>) -> Reading {
    let (protocol, model) = protocol(name);
    let mut decoder = Decoder::new(protocol.reader(&question(), &model));
    let (mut reading, mut events) = (Reading::default(), Vec::new());
    let read = || {
        for chunk in chunks {
            decoder.push(chunk, &mut events)?;
            if decoder.is_over() {
                break;
            }
        }
        decoder.finish(None, &mut events)
    };
    reading.error = read().err().map(|error| protocol.explain(error, &model));
    events.into_iter().for_each(|event| reading.take(event));
    reading
}

/// Reads a stream of the corpus.
pub(super) fn read(name: &str) -> Reading {
    read_chunks(name, [stream(name)])
}

/// Returns the bytes of a stream of the corpus.
pub(super) fn stream(name: &str) -> &'static [u8] {
    let found = STREAMS.iter().find(|(file, _)| file.rsplit_once('.').is_some_and(|(stem, _)| stem == name));
    found.unwrap_or_else(|| panic!("no stream {name}")).1
}

/// Returns an answer of the corpus as the next call has it: its turn, a result for each of its calls, another question.
pub(super) fn next_turns(reading: &Reading) -> Vec<ChatTurn> {
    let finished = reading.finished.clone().unwrap_or_else(|| panic!("{reading:?}"));
    let results = finished.calls.clone().into_iter().map(|call| {
        let content = format!("result of {}", call.arguments);
        ChatTurn::Tool { call_id: call.id, name: call.name, content }
    });
    let mut turns = question().turns;
    turns.push(ChatTurn::Assistant { text: reading.text.clone(), calls: finished.calls, echo: finished.echo });
    turns.extend(results);
    turns
}

/// Returns a tool as agents have them.
pub(super) fn echo_tool() -> ToolSpec {
    let parameters =
        serde_json::json!({"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]});
    ToolSpec { name: "server__echo".to_owned(), description: "Repeats a text.".to_owned(), parameters }
}

/// The request that a call becomes in the protocol of a directory, for the model `model`.
pub(super) fn request(directory: &str, model: &str, turns: Vec<ChatTurn>, tools: Vec<ToolSpec>) -> WireRequest {
    let (protocol, name) = protocol(directory);
    let name = ModelName { model: model.to_owned(), ..name };
    let endpoint = Endpoint { base: "https://provider.test/v1/".parse().unwrap(), key: "sk-test-0123456789".into() };
    protocol.request(&ChatCall { turns, tools: tools.into(), ..question() }, &name, &endpoint).unwrap()
}

mod chat;
mod ids;
mod output;
mod properties;
mod text;
mod weight;
