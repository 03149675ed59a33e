//! The providers' protocols: how a call is spelled, and how the answer is read. Pure: no connection, no clock.
//!
//! `bytes → events` is the work of [`wire`](super::wire), the same for all: server-sent events, a JSON document a line,
//! or one whole document are distinguished by how the body begins. A protocol makes the request and reads the events.

pub mod anthropic;
mod asked;
mod call_ids;
pub mod calls;
mod dialogue;
mod echoes;
pub mod gemini;
pub mod limits;
pub mod ollama;
pub mod openai_chat;
pub mod openai_responses;
pub mod think;
pub mod usage;
mod whole_calls;

use self::anthropic::Anthropic;
use self::gemini::Gemini;
use self::ollama::Ollama;
use self::openai_chat::OpenAiChat;
use self::openai_responses::OpenAiResponses;
use super::model::{ChatCall, ChatEvent, ModelError};
use super::name::{ModelName, Provider};
use super::providers::Endpoint;
use super::wire::{WireEvent, WireRequest};

/// Returns the protocol in which a model is asked at an endpoint. OpenAI's own address has a newer one than those who
/// are compatible with it.
pub fn spoken_at(name: &ModelName, endpoint: &Endpoint) -> Box<dyn Protocol> {
    match name.provider {
        Provider::Anthropic => Box::new(Anthropic),
        Provider::Gemini => Box::new(Gemini),
        Provider::Ollama => Box::new(Ollama),
        Provider::OpenAi if endpoint.is_openais() && openai_responses::has(&name.model) => Box::new(OpenAiResponses),
        provider => Box::new(OpenAiChat::of(provider)),
    }
}

/// One protocol, such as Chat Completions.
pub trait Protocol: Send + Sync + 'static {
    /// Names it in [`Echo::protocol`](super::model::Echo::protocol); part of what is stored, so it never changes.
    fn name(&self) -> &'static str;

    /// Spells the call, for the model `name` at `endpoint`. Echoes in the call's turns are this provider's, in this
    /// protocol.
    ///
    /// # Errors
    /// The call cannot be put into this protocol; the text says why.
    fn request(&self, call: &ChatCall, name: &ModelName, endpoint: &Endpoint) -> Result<WireRequest, ModelError>;

    /// Reads the answer to the call.
    fn reader(&self, call: &ChatCall, name: &ModelName) -> Box<dyn AnswerReader>;

    /// Adds to an error of this protocol's provider what helps, and corrects whether it may pass, where the provider's
    /// words say more than its status.
    fn explain(&self, error: ModelError, _name: &ModelName) -> ModelError {
        error
    }
}

/// Reads one answer out of its events. The [`Decoder`](super::wire::Decoder) calls it: it has handled errors that the
/// provider reports as events, and bounds the text and reasoning that come out.
pub trait AnswerReader: Send {
    /// Takes in an event. Unknown events and fields are passed over. Events pushed to `out` before an error count.
    ///
    /// # Errors
    /// The answer failed, or exceeds a bound.
    fn read(&mut self, event: &WireEvent, out: &mut Vec<ChatEvent>) -> Result<(), ModelError>;

    /// Whether the answer is known to be whole: the body may end, break off or be left open from now on. Usage may
    /// still come.
    fn is_complete(&self) -> bool;

    /// Whether nothing more can come that matters, such as after `[DONE]`: reading stops at once. With most protocols
    /// that is so as soon as the answer is complete.
    fn is_over(&self) -> bool {
        self.is_complete()
    }

    /// Bytes of JSON that are kept for the next request, which [`Self::finish`] reads again.
    fn kept(&self) -> usize;

    /// Yields the last events, with [`ChatEvent::Finished`] as the very last. Called once, when [`Self::is_complete`]
    /// and nothing more comes.
    ///
    /// # Errors
    /// The answer exceeds a bound.
    fn finish(self: Box<Self>, out: &mut Vec<ChatEvent>) -> Result<(), ModelError>;
}

#[cfg(test)]
mod tests;
