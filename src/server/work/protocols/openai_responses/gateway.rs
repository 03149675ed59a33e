//! Gateways in front of OpenAI's address that take any request and respond in Chat Completions.

use super::super::super::model::{ChatEvent, ModelError};
use super::super::super::wire::{WireData, WireEvent};
use super::super::AnswerReader;
use super::reader::Reader;

/// Reads an answer in whichever of the two protocols it comes. Data for a later turn goes back with the one that was
/// asked in, so a gateway's reasoning does not.
pub(super) struct GatewayReader {
    responses: Box<Reader>,
    chat: Box<dyn AnswerReader>,
    is_chat: bool,
}

impl GatewayReader {
    pub(super) fn new(responses: Reader, chat: Box<dyn AnswerReader>) -> Self {
        Self { responses: Box::new(responses), chat, is_chat: false }
    }

    fn reader(&self) -> &dyn AnswerReader {
        if self.is_chat { self.chat.as_ref() } else { self.responses.as_ref() }
    }
}

impl AnswerReader for GatewayReader {
    fn read(&mut self, event: &WireEvent, out: &mut Vec<ChatEvent>) -> Result<(), ModelError> {
        self.is_chat |= matches!(&event.data, WireData::Json(data) if data["choices"].is_array());
        if self.is_chat { self.chat.read(event, out) } else { self.responses.read(event, out) }
    }

    fn is_complete(&self) -> bool {
        self.reader().is_complete()
    }

    fn is_over(&self) -> bool {
        self.reader().is_over()
    }

    fn kept(&self) -> usize {
        self.reader().kept()
    }

    fn finish(self: Box<Self>, out: &mut Vec<ChatEvent>) -> Result<(), ModelError> {
        if self.is_chat { self.chat.finish(out) } else { self.responses.finish(out) }
    }
}
