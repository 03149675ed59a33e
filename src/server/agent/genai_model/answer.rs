//! Reads one answer out of genai's stream, and holds it to what an answer must be: complete, not empty, not endless.

use super::super::model::{Arguments, ChatEvent, ChatStream, Echo, Finished, TokenUsage, ToolCall};
use super::super::name::Provider;
use super::super::scrub::Scrubber;
use super::failure::Failure;
use super::gate::Passage;
use crate::domain::finish::Finish;
use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt, stream};
use genai::adapter::AdapterKind;
use genai::chat::{
    ChatOptions, ChatRequest, ChatStreamEvent, ContentPart, MessageContent, StopReason, StreamEnd, Usage,
};
use genai::{Client, ServiceTarget};
use serde_json::Value;
use std::any::Any;
use std::collections::{HashSet, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};

/// Longest answer, in bytes; reasoning counts by itself.
pub(super) const MAX_ANSWER: usize = 4 << 20;
/// Longest arguments of one tool call, in bytes.
const MAX_ARGUMENTS: usize = 1 << 20;
/// Longest name of a tool that is passed on, in characters; a model may make up any.
const MAX_TOOL_NAME: usize = 128;

type Panic = Box<dyn Any + Send>;
type Events = BoxStream<'static, Result<genai::Result<ChatStreamEvent>, Panic>>;

/// An answer as it arrives.
pub(super) struct Answer {
    events: Events,
    adapter: AdapterKind,
    provider: Provider,
    passage: Passage,
    /// An error the provider sent as an event of its own, where genai passes over those.
    reported: Arc<OnceLock<String>>,
    /// Bytes of text so far.
    length: usize,
    /// Bytes of reasoning so far.
    reasoning: usize,
    /// Bytes of arguments of the tool call that is being written.
    arguments: usize,
    ended: bool,
    queue: VecDeque<Result<ChatEvent, Failure>>,
}

impl Answer {
    /// Asks. The answer's stream is opened here, the call itself is made when the first event is awaited.
    pub(super) async fn ask(
        client: &Client,
        provider: Provider,
        target: ServiceTarget,
        request: ChatRequest,
        options: ChatOptions,
        passage: Passage,
    ) -> Result<Self, Failure> {
        let adapter = target.model.adapter_kind;
        let reported = Arc::new(OnceLock::new());
        let options = match adapter {
            AdapterKind::Ollama => options.with_raw_frame_fn({
                let reported = Arc::clone(&reported);
                move |_, frame| note_error(frame.data, &reported)
            }),
            _ => options,
        };
        // genai adds token counts up without looking for overflow, which panics in debug builds.
        let asked = AssertUnwindSafe(client.exec_chat_stream(target, request, Some(&options))).catch_unwind().await;
        let response = asked.map_err(|_| garbled())?.map_err(Failure::read)?;
        Ok(Self {
            events: AssertUnwindSafe(response.stream).catch_unwind().boxed(),
            adapter,
            provider,
            passage,
            reported,
            length: 0,
            reasoning: 0,
            arguments: 0,
            ended: false,
            queue: VecDeque::new(),
        })
    }

    /// The next event, or how the answer failed. Nothing comes after a failure.
    pub(super) async fn next(&mut self) -> Option<Result<ChatEvent, Failure>> {
        loop {
            if let Some(event) = self.queue.pop_front() {
                return Some(event);
            }
            if self.ended {
                return None;
            }
            match self.events.next().await {
                Some(Ok(Ok(event))) => self.take(event),
                Some(Ok(Err(error))) => self.fail(Failure::read(error)),
                Some(Err(_)) => self.fail(garbled()),
                None => self.fail(cut_short()),
            }
        }
    }

    /// The answer as a stream.
    pub(super) fn into_stream(self, scrubber: Scrubber) -> ChatStream {
        stream::unfold((self, scrubber), |(mut answer, scrubber)| async move {
            let event = answer.next().await?.map_err(|failure| failure.into_error(&scrubber));
            Some((event, (answer, scrubber)))
        })
        .boxed()
    }

    fn take(&mut self, event: ChatStreamEvent) {
        match event {
            ChatStreamEvent::Chunk(chunk) => self.take_text(chunk.content),
            ChatStreamEvent::End(end) => self.take_end(end),
            // What a model thinks to itself is kept for it alone.
            ChatStreamEvent::ReasoningChunk(chunk) => self.take_reasoning(&chunk.content),
            // Tool calls come whole at the end; here they come with all of their arguments so far.
            ChatStreamEvent::ToolCallChunk(chunk) => {
                let length = chunk.tool_call.fn_arguments.as_str().map_or(0, str::len);
                if length > MAX_ARGUMENTS {
                    return self.fail(Failure::lasting("the model wrote a tool call without end"));
                }
                self.queue.push_back(Ok(ChatEvent::Unseen(length.saturating_sub(self.arguments))));
                self.arguments = length;
            }
            ChatStreamEvent::Start | ChatStreamEvent::Heartbeat | ChatStreamEvent::ThoughtSignatureChunk(_) => {}
        }
    }

    fn take_reasoning(&mut self, text: &str) {
        self.reasoning += text.len();
        match self.reasoning > MAX_ANSWER {
            true => self.fail(Failure::lasting(format!("the reasoning grew over {} MiB", MAX_ANSWER >> 20))),
            false => self.queue.push_back(Ok(ChatEvent::Unseen(text.chars().count()))),
        }
    }

    fn take_text(&mut self, text: String) {
        if text.is_empty() {
            return;
        }
        self.length += text.len();
        if self.length > MAX_ANSWER {
            return self.fail(Failure::lasting(format!("the answer grew over {} MiB", MAX_ANSWER >> 20)));
        }
        // PostgreSQL stores no NUL in a text.
        self.queue.push_back(Ok(ChatEvent::Text(text.replace('\0', "\u{fffd}"))));
    }

    fn take_end(&mut self, end: StreamEnd) {
        let tokens = end.captured_usage.as_ref().and_then(tokens);
        // For Ollama and Gemini genai makes up an end when the stream is cut; only a real one has a reason. Older
        // Ollama servers give none, but count tokens.
        let real = match self.adapter {
            AdapterKind::Gemini => end.captured_stop_reason.is_some(),
            AdapterKind::Ollama => end.captured_stop_reason.is_some() || tokens.is_some(),
            _ => true,
        };
        if !real || self.passage.fault().is_some() {
            return self.fail(cut_short());
        }
        self.ended = true;
        self.queue.extend(tokens.map(|tokens| Ok(ChatEvent::Usage(tokens))));
        let mut content = end.captured_content;
        let calls = content.as_mut().map(calls).unwrap_or_default();
        if calls.is_empty()
            && let Some(failure) = verdict(end.captured_stop_reason.as_ref(), self.length)
        {
            return self.queue.push_back(Err(failure));
        }
        let echoed = content.filter(|_| !calls.is_empty()).and_then(|content| serde_json::to_value(&content).ok());
        let protocol = || "genai".to_owned();
        let echo = echoed.map(|content| Echo { provider: self.provider, protocol: protocol(), content });
        let finish = match end.captured_stop_reason {
            Some(StopReason::MaxTokens(_)) => Finish::Length,
            _ => Finish::Stop,
        };
        let finished = Finished { calls, echo, ..Finished::new(finish) };
        self.queue.push_back(Ok(ChatEvent::Finished(Box::new(finished))));
    }

    /// Ends the answer. The gate knows the cause better than the stream, and a provider's own word better than both.
    fn fail(&mut self, failure: Failure) {
        let reported =
            self.reported.get().map(|said| Failure::lasting(format!("the provider reported an error: {said}")));
        let failure = reported.or_else(|| self.passage.fault()).unwrap_or(failure);
        self.ended = true;
        self.queue.push_back(Err(failure));
    }
}

/// What is wrong with an answer that ended for this reason after so many bytes of text, if anything is.
fn verdict(reason: Option<&StopReason>, length: usize) -> Option<Failure> {
    let text = match (reason, length) {
        (Some(StopReason::ContentFilter(word)), _) => format!("the provider withheld the answer ({word})"),
        (_, 1..) => return None,
        (Some(StopReason::MaxTokens(_)), _) => "the model used up its tokens before it wrote any text".to_owned(),
        (Some(StopReason::ToolCall(_)), _) => "the model asked for a tool and did not say which".to_owned(),
        _ => "the model sent an empty answer".to_owned(),
    };
    Some(Failure::lasting(text))
}

/// The tools that a model asks for. A call without a name of its own gets one, so that its result finds it; of two with
/// the same name the later one counts, since the other is a beginning of it. No arguments at all are an empty object.
fn calls(content: &mut MessageContent) -> Vec<ToolCall> {
    let mut parts = std::mem::take(content).into_parts();
    let (mut kept, mut calls, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
    // From the end, so that the later one is met first.
    while let Some(mut part) = parts.pop() {
        if let ContentPart::ToolCall(call) = &mut part {
            if call.call_id.is_empty() {
                call.call_id = format!("call_{}", parts.len());
            }
            if !seen.insert(call.call_id.clone()) {
                continue;
            }
            if call.fn_arguments.is_null() || call.fn_arguments.as_str().is_some_and(|text| text.trim().is_empty()) {
                call.fn_arguments = Value::Object(serde_json::Map::new());
            }
            call.fn_name = call.fn_name.chars().take(MAX_TOOL_NAME).collect();
            let (id, name) = (call.call_id.clone(), call.fn_name.clone());
            calls.push(ToolCall { id, name, arguments: Arguments::Read(call.fn_arguments.clone()) });
        }
        kept.push(part);
    }
    kept.reverse();
    calls.reverse();
    *content = MessageContent::from_parts(kept);
    calls
}

/// The tokens a provider counted; counts below 0 are none. `None` where it counted nothing.
fn tokens(usage: &Usage) -> Option<TokenUsage> {
    let count = |n: Option<i32>| n.map(i64::from).filter(|n| *n >= 0);
    let details = usage.prompt_tokens_details.as_ref();
    let prompt = count(usage.prompt_tokens);
    let reasoning = count(usage.completion_tokens_details.as_ref().and_then(|details| details.reasoning_tokens));
    let completion = match (count(usage.completion_tokens), reasoning) {
        // xAI counts reasoning beside the completion; its total tells.
        (Some(wrote), Some(thought))
            if thought > 0 && count(usage.total_tokens) == prompt.map(|prompt| prompt + wrote + thought) =>
        {
            Some(wrote + thought)
        }
        // Gemini counts nothing else where the model did nothing but reason.
        (wrote, thought) => wrote.or(thought),
    };
    let tokens = TokenUsage {
        prompt,
        cached: count(details.and_then(|details| details.cached_tokens)),
        cache_written: count(details.and_then(|details| details.cache_creation_tokens)),
        completion,
        reasoning,
        billed: None,
    };
    (tokens.prompt.is_some() || tokens.completion.is_some()).then_some(tokens)
}

/// Keeps the error of a line like `{"error":"…"}`.
fn note_error(line: &str, reported: &OnceLock<String>) {
    if line.trim_start().starts_with("{\"error\"")
        && let Ok(line) = serde_json::from_str::<Value>(line)
        && let Some(said) = line["error"].as_str()
    {
        let _ = reported.set(said.to_owned());
    }
}

fn cut_short() -> Failure {
    Failure::passing("the stream ended before the answer was complete")
}

fn garbled() -> Failure {
    Failure::lasting("the provider sent something that cannot be read")
}
