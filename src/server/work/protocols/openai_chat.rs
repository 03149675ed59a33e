//! OpenAI's Chat Completions, read leniently: the one protocol of all that call themselves compatible with it.
//!
//! Written after OpenAI's reference ("Chat Completions", "Streaming") and those of Groq, DeepSeek, xAI, Mistral and
//! OpenRouter. Their differences stand in [`rules`].

mod content;
mod counts;
mod echo;
mod reader;
mod request;
mod rules;

use self::reader::Reader;
use self::rules::Rules;
use super::super::model::{ChatCall, ModelError};
use super::super::name::{ModelName, Provider};
use super::super::providers::Endpoint;
use super::super::wire::WireRequest;
use super::{AnswerReader, Protocol};

/// Chat Completions with one provider's rules.
#[derive(Clone, Copy, Debug)]
pub struct OpenAiChat {
    rules: &'static Rules,
}

impl OpenAiChat {
    /// Returns the protocol as `provider` speaks it.
    pub fn of(provider: Provider) -> Self {
        Self { rules: rules::of(provider) }
    }
}

impl Protocol for OpenAiChat {
    fn name(&self) -> &'static str {
        "openai-chat"
    }

    fn request(&self, call: &ChatCall, name: &ModelName, endpoint: &Endpoint) -> Result<WireRequest, ModelError> {
        request::request(self.rules, call, name, endpoint)
    }

    fn reader(&self, call: &ChatCall, name: &ModelName) -> Box<dyn AnswerReader> {
        Box::new(Reader::new(self.rules, self.name(), call, name))
    }
}

#[cfg(test)]
mod tests;
