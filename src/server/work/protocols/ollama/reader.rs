//! Reads the lines of an answer.

use super::super::super::model::{ChatCall, ChatEvent, Finished, ModelError, TokenUsage, ToolCall};
use super::super::super::name::ModelName;
use super::super::super::wire::{WireData, WireEvent};
use super::super::AnswerReader;
use super::super::asked::Asked;
use super::super::limits::model_name;
use super::super::think::ThinkSplitter;
use super::super::usage::count;
use super::super::whole_calls::arguments;
use crate::domain::finish::Finish;
use serde_json::Value;

/// An answer so far.
pub(super) struct Reader {
    asked: Asked,
    think: ThinkSplitter,
    thinking: String,
    calls: Vec<ToolCall>,
    has_said: bool,
    finish: Option<Finish>,
    served_model: Option<String>,
}

impl Reader {
    pub(super) fn new(protocol: &'static str, call: &ChatCall, name: &ModelName) -> Self {
        Self {
            asked: Asked::new(protocol, call, name),
            think: ThinkSplitter::default(),
            thinking: String::new(),
            calls: Vec::new(),
            has_said: false,
            finish: None,
            served_model: None,
        }
    }

    fn message(&mut self, message: &Value, out: &mut Vec<ChatEvent>) -> Result<(), ModelError> {
        if message.is_object() {
            // However little the line says, the model has begun.
            out.push(ChatEvent::Unseen(0));
        }
        let text = |field: &str| message[field].as_str().filter(|text| !text.is_empty());
        if let Some(thinking) = text("thinking") {
            let before = out.len();
            self.think.told_apart(out);
            self.note(&out[before..]);
            self.thinking.push_str(thinking);
            out.push(ChatEvent::Reasoning(thinking.to_owned()));
        }
        if let Some(content) = text("content") {
            let before = out.len();
            self.think.push(content, out);
            self.note(&out[before..]);
        }
        message["tool_calls"].as_array().into_iter().flatten().try_for_each(|call| self.call(call, out))
    }

    /// Notes what a piece of content turned out to be.
    fn note(&mut self, events: &[ChatEvent]) {
        for event in events {
            match event {
                ChatEvent::Reasoning(text) => self.thinking.push_str(text),
                _ => self.has_said = true,
            }
        }
    }

    /// Takes in a call: each comes whole, two of one tool in lines of their own too.
    fn call(&mut self, call: &Value, out: &mut Vec<ChatEvent>) -> Result<(), ModelError> {
        let function = &call["function"];
        let arguments = arguments(&function["arguments"]);
        out.push(ChatEvent::Unseen(arguments.to_string().chars().count()));
        self.calls.push(self.asked.maker.call(call["id"].as_str(), function["name"].as_str(), arguments)?);
        Ok(())
    }

    fn end(&mut self, reason: Option<&str>) -> Result<(), ModelError> {
        let is_empty = !self.has_said && self.thinking.is_empty() && self.calls.is_empty();
        self.finish = Some(match reason {
            // The server has only loaded the model, or dropped it.
            Some(word @ ("load" | "unload")) if is_empty => {
                return Err(ModelError::passing(format!("the server has only {word}ed the model")));
            }
            Some("length") => Finish::Length,
            // Servers before 0.1.38 say nothing.
            _ => Finish::Stop,
        });
        Ok(())
    }
}

impl AnswerReader for Reader {
    fn read(&mut self, event: &WireEvent, out: &mut Vec<ChatEvent>) -> Result<(), ModelError> {
        let WireData::Json(line) = &event.data else { return Ok(()) };
        self.served_model = model_name(&line["model"]).or_else(|| self.served_model.take());
        self.message(&line["message"], out)?;
        let [prompt, completion] = ["prompt_eval_count", "eval_count"].map(|field| count(&line[field]));
        if prompt.is_some() || completion.is_some() {
            out.push(ChatEvent::Usage(TokenUsage { prompt, completion, ..TokenUsage::default() }));
        }
        if line["done"] == true {
            self.end(line["done_reason"].as_str())?;
        }
        Ok(())
    }

    fn is_complete(&self) -> bool {
        self.finish.is_some()
    }

    fn kept(&self) -> usize {
        0
    }

    fn finish(mut self: Box<Self>, out: &mut Vec<ChatEvent>) -> Result<(), ModelError> {
        let before = out.len();
        self.think.finish(!self.calls.is_empty(), out);
        self.note(&out[before..]);
        let Self { asked, thinking, calls, finish, served_model, .. } = *self;
        let is_needed = !calls.is_empty() && !thinking.is_empty();
        let echo = is_needed.then(|| asked.echo(thinking.into())).flatten();
        let finish = finish.unwrap_or(Finish::Stop);
        let finished = Finished { finish, detail: None, calls, echo, served_model };
        out.push(ChatEvent::Finished(Box::new(finished)));
        Ok(())
    }
}
