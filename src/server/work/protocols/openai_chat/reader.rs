//! Reads one answer.

use super::super::super::model::{ChatCall, ChatEvent, Finished, ModelError, TokenUsage, ToolCall};
use super::super::super::name::ModelName;
use super::super::super::wire::{WireData, WireEvent, failure};
use super::super::AnswerReader;
use super::super::calls::{CallPieces, Piece, made_up_id};
use super::super::echoes;
use super::super::limits::{MAX_DETAIL, MAX_MODEL_NAME};
use super::super::think::ThinkSplitter;
use super::super::usage::later;
use super::echo::Reasoning;
use super::rules::Rules;
use super::{content, counts, echo, request};
use crate::domain::failure::FailureCause;
use crate::domain::finish::Finish;
use serde_json::Value;

/// An answer as far as it has come.
pub(super) struct Reader {
    rules: &'static Rules,
    protocol: &'static str,
    name: ModelName,
    turns: usize,
    think: ThinkSplitter,
    reasoning: Reasoning,
    calls: CallPieces,
    refusal: String,
    usage: TokenUsage,
    served_model: Option<String>,
    finish: Option<String>,
    is_done: bool,
}

impl Reader {
    pub(super) fn new(rules: &'static Rules, protocol: &'static str, call: &ChatCall, name: &ModelName) -> Self {
        Self {
            rules,
            protocol,
            name: name.clone(),
            turns: call.turns.len(),
            think: ThinkSplitter::default(),
            reasoning: Reasoning::default(),
            calls: CallPieces::new(call.tools.iter().map(|tool| tool.name.as_str())),
            refusal: String::new(),
            usage: TokenUsage::default(),
            served_model: None,
            finish: None,
            is_done: false,
        }
    }

    fn read_choice(&mut self, choice: &Value, out: &mut Vec<ChatEvent>) -> Result<(), ModelError> {
        // A whole message in place of deltas is read like one large delta.
        let delta = ["delta", "message"].iter().filter_map(|name| choice.get(*name)).find(|delta| delta.is_object());
        if let Some(delta) = delta {
            if self.reasoning.read(delta, out) {
                self.think.told_apart(out);
            }
            content::read(delta.get("content").unwrap_or(&Value::Null), &mut self.think, out);
            if let Some(refusal) = delta.get("refusal").and_then(Value::as_str)
                && self.refusal.len() <= MAX_DETAIL * 4
            {
                self.refusal.push_str(refusal);
            }
            if let Some(calls) = delta.get("tool_calls").and_then(Value::as_array) {
                let pieces: Vec<Piece<'_>> = calls.iter().map(piece).collect();
                self.calls.push(&pieces, out)?;
            }
        }
        if let Some(error) = choice.get("error").filter(|error| error.is_object()) {
            return Err(failure::error_in(error));
        }
        match choice.get("finish_reason").and_then(Value::as_str) {
            None | Some("") => Ok(()),
            Some(reason) => {
                // OpenRouter's word is everybody's; the model's own stands beside it.
                let own = choice.get("native_finish_reason").and_then(Value::as_str);
                self.end(reason, own)
            }
        }
    }

    fn end(&mut self, reason: &str, own: Option<&str>) -> Result<(), ModelError> {
        let (cause, broken) = match reason {
            "error" => (FailureCause::ProviderError, "the provider reported an error and did not say which"),
            // DeepSeek's, and those of vLLM and SGLang.
            "insufficient_system_resource" => {
                (FailureCause::ProviderError, "the provider ran out of resources in the middle of the answer")
            }
            "abort" | "aborted" | "cancelled" => (FailureCause::BrokeOff, "the provider broke off the answer"),
            _ => {
                let reason = if reason == "stop" { own.unwrap_or(reason) } else { reason };
                self.finish = Some(reason.chars().take(MAX_DETAIL).collect());
                return Ok(());
            }
        };
        Err(ModelError::passing(broken).because(cause))
    }

    /// Returns why the answer ended, and the provider's words for it.
    fn verdict(&self) -> (Finish, Option<String>) {
        if !self.refusal.trim().is_empty() {
            return (Finish::Refusal, Some(self.refusal.chars().take(MAX_DETAIL).collect()));
        }
        let word = self.finish.as_deref().unwrap_or("stop");
        let finish = match word.to_ascii_lowercase().as_str() {
            "length" | "max_tokens" | "max_output_tokens" => Finish::Length,
            "model_length" | "model_context_window_exceeded" => Finish::Context,
            "content_filter" | "safety" | "prohibited_content" | "blocklist" | "spii" => Finish::ContentFilter,
            "refusal" => Finish::Refusal,
            "recitation" => Finish::Recitation,
            "malformed_function_call" => Finish::MalformedCall,
            "tool_calls" | "function_call" | "tool_use" if self.calls.is_empty() => Finish::MalformedCall,
            _ => Finish::Stop,
        };
        (finish, (finish != Finish::Stop).then(|| word.to_owned()))
    }
}

/// Returns a piece of a call. Some servers leave out the level of `function`.
fn piece(part: &Value) -> Piece<'_> {
    let function = part.get("function").unwrap_or(part);
    Piece {
        index: part.get("index"),
        id: part.get("id").and_then(Value::as_str),
        name: function.get("name").and_then(Value::as_str),
        arguments: function.get("arguments"),
    }
}

/// Returns the choice that is read: the first, of which the deltas are numbered 0 or not at all.
fn first(chunk: &Value) -> Option<&Value> {
    let number = |choice: &Value| choice.get("index").and_then(Value::as_f64).unwrap_or(0.0);
    chunk.get("choices")?.as_array()?.iter().find(|choice| number(choice) == 0.0)
}

impl AnswerReader for Reader {
    fn read(&mut self, event: &WireEvent, out: &mut Vec<ChatEvent>) -> Result<(), ModelError> {
        let WireData::Json(chunk) = &event.data else {
            self.is_done = true;
            return Ok(());
        };
        if let Some(model) = chunk.get("model").and_then(Value::as_str).filter(|model| !model.is_empty()) {
            self.served_model.get_or_insert_with(|| model.chars().take(MAX_MODEL_NAME).collect());
        }
        let choice = first(chunk);
        if let Some(usage) = counts::usage(self.rules, chunk, choice) {
            let usage = later(self.usage, usage);
            if usage != self.usage {
                self.usage = usage;
                out.push(ChatEvent::Usage(usage));
            }
        }
        choice.map_or(Ok(()), |choice| self.read_choice(choice, out))
    }

    fn is_complete(&self) -> bool {
        self.is_done || self.finish.is_some()
    }

    fn is_over(&self) -> bool {
        self.is_done
    }

    fn kept(&self) -> usize {
        self.reasoning.kept()
    }

    fn finish(mut self: Box<Self>, out: &mut Vec<ChatEvent>) -> Result<(), ModelError> {
        self.think.finish(!self.calls.is_empty(), out);
        let (finish, detail) = self.verdict();
        let calls = self.calls.finish(|n| made_up_id(self.turns, n));
        let is_odd = |call: &ToolCall| request::id(self.rules.ids, &call.id, &self.name.model) != call.id;
        let turn = match self.reasoning.echo() {
            None if calls.iter().any(is_odd) => Some(echo::of_ids()),
            reasoning => reasoning.filter(|_| !calls.is_empty()),
        };
        let echo = turn.and_then(|turn| echoes::of(self.protocol, &self.name, turn));
        let served_model = self.served_model;
        out.push(ChatEvent::Finished(Box::new(Finished { finish, detail, calls, echo, served_model })));
        Ok(())
    }
}
