//! Reads the events of a message.

use super::super::super::model::{ChatCall, ChatEvent, Finished, ModelError, ToolCall};
use super::super::super::name::ModelName;
use super::super::super::wire::{WireData, WireEvent};
use super::super::AnswerReader;
use super::super::asked::Asked;
use super::super::echoes::Kept;
use super::super::limits::{MAX_PARTS, model_name};
use super::super::whole_calls::push_arguments;
use super::blocks::{self, Block};
use super::finish::Stop;
use super::usage::Usage;
use crate::domain::finish::Finish;
use serde_json::Value;

/// An answer so far.
pub(super) struct Reader {
    asked: Asked,
    /// Each with the number that its events have.
    blocks: Vec<(Option<u64>, Block)>,
    keeping: Kept,
    usage: Usage,
    stop: Option<Stop>,
    is_over: bool,
    served_model: Option<String>,
}

impl Reader {
    pub(super) fn new(protocol: &'static str, call: &ChatCall, name: &ModelName) -> Self {
        Self {
            asked: Asked::new(protocol, call, name),
            blocks: Vec::new(),
            keeping: Kept::default(),
            usage: Usage::default(),
            stop: None,
            is_over: false,
            served_model: None,
        }
    }

    fn begin(&mut self, index: &Value, block: &Value, out: &mut Vec<ChatEvent>) -> Result<(), ModelError> {
        if self.blocks.len() >= MAX_PARTS {
            return Err(ModelError::lasting(format!("the answer has more than {MAX_PARTS} parts")));
        }
        let block = Block::new(block, &mut self.keeping)?;
        match &block {
            Block::Text(text) if !text.is_empty() => out.push(ChatEvent::Text(text.clone())),
            Block::Thinking { text, .. } if !text.is_empty() => out.push(ChatEvent::Reasoning(text.clone())),
            _ => {}
        }
        self.blocks.push((index.as_u64(), block));
        Ok(())
    }

    /// Returns the block of an event: by its number, else the last one.
    fn block(&mut self, index: &Value) -> Option<&mut Block> {
        let index = index.as_u64();
        let found = match index {
            Some(_) => self.blocks.iter_mut().rev().find(|(number, _)| *number == index),
            None => self.blocks.last_mut(),
        };
        found.map(|(_, block)| block)
    }

    fn grow(&mut self, index: &Value, delta: &Value, out: &mut Vec<ChatEvent>) -> Result<(), ModelError> {
        let Some(block) = self.block(index) else {
            return Err(ModelError::passing("the provider sent a piece of something that it had not begun"));
        };
        let piece = |field: &str| delta[field].as_str().unwrap_or_default();
        match block {
            Block::Text(text) => {
                text.push_str(piece("text"));
                out.push(ChatEvent::Text(piece("text").to_owned()));
            }
            Block::Thinking { text, signature } => {
                text.push_str(piece("thinking"));
                signature.push_str(piece("signature"));
                out.push(ChatEvent::Reasoning(piece("thinking").to_owned()));
            }
            Block::Call { json, .. } => {
                let piece = piece("partial_json");
                push_arguments(json, piece)?;
                out.push(ChatEvent::Unseen(piece.chars().count()));
            }
            Block::Other(_) => {}
        }
        Ok(())
    }

    /// Takes in a message that came whole, in place of a stream.
    fn whole(&mut self, message: &Value, out: &mut Vec<ChatEvent>) -> Result<(), ModelError> {
        for block in message["content"].as_array().into_iter().flatten() {
            self.begin(&Value::Null, block, out)?;
        }
        self.head(message, out);
        self.end(message);
        self.over();
        Ok(())
    }

    fn head(&mut self, message: &Value, out: &mut Vec<ChatEvent>) {
        self.served_model = model_name(&message["model"]);
        self.count(&message["usage"], out);
    }

    fn count(&mut self, usage: &Value, out: &mut Vec<ChatEvent>) {
        if usage.is_object() {
            self.usage.take(usage);
            out.extend(self.usage.tokens().map(ChatEvent::Usage));
        }
    }

    fn end(&mut self, delta: &Value) {
        if let Some(stop) = Stop::read(delta) {
            self.stop = Some(stop);
        }
    }

    fn over(&mut self) {
        self.is_over = true;
        self.stop.get_or_insert_with(Stop::plain);
    }

    fn calls(&mut self, is_cut: bool) -> Result<Vec<ToolCall>, ModelError> {
        let last = self.blocks.len().saturating_sub(1);
        let maker = &mut self.asked.maker;
        let blocks = self.blocks.iter().enumerate();
        blocks.filter_map(|(n, (_, block))| block.call(maker, is_cut && n == last).transpose()).collect()
    }
}

impl AnswerReader for Reader {
    fn read(&mut self, event: &WireEvent, out: &mut Vec<ChatEvent>) -> Result<(), ModelError> {
        let WireData::Json(data) = &event.data else { return Ok(()) };
        match data["type"].as_str().unwrap_or(&event.name) {
            "message_start" => self.head(&data["message"], out),
            "content_block_start" => self.begin(&data["index"], &data["content_block"], out)?,
            "content_block_delta" => self.grow(&data["index"], &data["delta"], out)?,
            "message_delta" => {
                self.count(&data["usage"], out);
                self.end(&data["delta"]);
            }
            "message_stop" => self.over(),
            "message" => self.whole(data, out)?,
            _ => {}
        }
        Ok(())
    }

    fn is_complete(&self) -> bool {
        self.stop.is_some()
    }

    fn is_over(&self) -> bool {
        self.is_over
    }

    fn kept(&self) -> usize {
        self.keeping.bytes()
    }

    fn finish(mut self: Box<Self>, out: &mut Vec<ChatEvent>) -> Result<(), ModelError> {
        let Stop { finish, detail } = self.stop.take().unwrap_or_else(Stop::plain);
        let calls = self.calls(finish.is_cut())?;
        let blocks: Vec<Block> = self.blocks.into_iter().map(|(_, block)| block).collect();
        let is_needed = finish == Finish::Pause || !calls.is_empty() && blocks.iter().any(Block::is_own);
        let is_whole = !self.keeping.is_too_much();
        let echo = (is_needed && is_whole).then(|| blocks::sent(&blocks, &calls));
        let echo = echo.and_then(|turn| self.asked.echo(turn));
        let finished = Finished { finish, detail, calls, echo, served_model: self.served_model };
        out.push(ChatEvent::Finished(Box::new(finished)));
        Ok(())
    }
}
