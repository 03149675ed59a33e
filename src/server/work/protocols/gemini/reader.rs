//! Reads the pieces of a response.

use super::super::super::model::{ChatCall, ChatEvent, Finished, ModelError, TokenUsage};
use super::super::super::name::ModelName;
use super::super::super::wire::failure::error_in;
use super::super::super::wire::{WireData, WireEvent};
use super::super::AnswerReader;
use super::super::asked::Asked;
use super::super::limits::{MAX_PARTS, model_name};
use super::super::usage::later;
use super::finish::Stop;
use super::parts::Parts;
use super::usage;
use crate::domain::finish::Finish;
use serde_json::Value;

/// An answer so far.
pub(super) struct Reader {
    asked: Asked,
    parts: Parts,
    usage: TokenUsage,
    stop: Option<Stop>,
    served_model: Option<String>,
}

impl Reader {
    pub(super) fn new(protocol: &'static str, call: &ChatCall, name: &ModelName) -> Self {
        Self {
            asked: Asked::new(protocol, call, name),
            parts: Parts::default(),
            usage: TokenUsage::default(),
            stop: None,
            served_model: None,
        }
    }

    fn take(&mut self, response: &Value, out: &mut Vec<ChatEvent>) -> Result<(), ModelError> {
        // One within a list; others have been read before.
        if response["error"].is_object() {
            return Err(error_in(response));
        }
        self.served_model = model_name(&response["modelVersion"]).or_else(|| self.served_model.take());
        if let Some(counted) = usage::tokens(&response["usageMetadata"]) {
            self.usage = later(self.usage, counted);
            out.push(ChatEvent::Usage(self.usage));
        }
        if let Some(stop) = Stop::of_prompt(&response["promptFeedback"]) {
            self.stop = Some(stop);
        }
        // Others are other answers to the same question; none were asked for.
        let first = |candidate: &&Value| candidate["index"].as_u64().unwrap_or(0) == 0;
        for candidate in response["candidates"].as_array().into_iter().flatten().filter(first) {
            for part in candidate["content"]["parts"].as_array().into_iter().flatten() {
                self.part(part, out)?;
            }
            if let Some(stop) = Stop::of(candidate)? {
                self.stop = Some(stop);
            }
        }
        Ok(())
    }

    fn part(&mut self, part: &Value, out: &mut Vec<ChatEvent>) -> Result<(), ModelError> {
        if self.parts.len() >= MAX_PARTS {
            return Err(ModelError::lasting(format!("the answer has more than {MAX_PARTS} parts")));
        }
        match (part["text"].as_str(), part["thought"] == true) {
            (Some(text), false) => out.push(ChatEvent::Text(text.to_owned())),
            (Some(text), true) => out.push(ChatEvent::Reasoning(text.to_owned())),
            (None, _) if part["functionCall"].is_object() => {
                out.push(ChatEvent::Unseen(part["functionCall"]["args"].to_string().chars().count()));
            }
            (None, _) => {}
        }
        self.parts.push(part, &mut self.asked.maker)
    }
}

impl AnswerReader for Reader {
    fn read(&mut self, event: &WireEvent, out: &mut Vec<ChatEvent>) -> Result<(), ModelError> {
        let WireData::Json(data) = &event.data else { return Ok(()) };
        match data.as_array() {
            // Without `alt=sse` the response is a list.
            Some(pieces) => pieces.iter().try_for_each(|piece| self.take(piece, out)),
            None => self.take(data, out),
        }
    }

    fn is_complete(&self) -> bool {
        self.stop.is_some()
    }

    fn is_over(&self) -> bool {
        // Usage, and with some models further text, may follow the reason.
        false
    }

    fn kept(&self) -> usize {
        self.parts.kept()
    }

    fn finish(self: Box<Self>, out: &mut Vec<ChatEvent>) -> Result<(), ModelError> {
        let Stop { finish, detail } = self.stop.unwrap_or(Stop { finish: Finish::Stop, detail: None });
        let (calls, sent) = self.parts.into_calls();
        let echo = sent.and_then(|turn| self.asked.echo(turn));
        let finished = Finished { finish, detail, calls, echo, served_model: self.served_model };
        out.push(ChatEvent::Finished(Box::new(finished)));
        Ok(())
    }
}
