//! The one seam to language models: [`ChatModel`]. Everything a provider may do wrong ends here as a [`ModelError`].

use super::tools::ToolSpec;
use async_trait::async_trait;
use futures::stream::BoxStream;
use serde_json::Value;
use std::time::Duration;
use thiserror::Error;

/// One message for a model.
#[derive(Clone, Debug, PartialEq)]
pub enum ChatTurn {
    System(String),
    User(String),
    /// What the model said before.
    Assistant {
        text: String,
        /// The tools it asked for.
        calls: Vec<ToolCall>,
        /// The same in its provider's own form, signatures of its reasoning included: some want it back to the letter.
        echo: Option<Value>,
    },
    /// What a tool it asked for has answered.
    Tool {
        call_id: String,
        name: String,
        content: String,
    },
}

/// A tool call that a model asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolCall {
    /// The model's own name for this call; the result carries it.
    pub id: String,
    /// The tool's name.
    pub name: String,
    pub arguments: Value,
}

/// One request to a model.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatCall {
    /// `provider/model`.
    pub model: String,
    /// Oldest first.
    pub turns: Vec<ChatTurn>,
    /// What the model may call.
    pub tools: Vec<ToolSpec>,
    /// Whether the run repeats an earlier one.
    pub is_retry: bool,
    /// 1 for the first try of this call, 2 for its first repetition.
    pub attempt: u32,
}

/// Tokens as the provider counted them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TokenUsage {
    /// Sent to the model, cached ones included.
    pub prompt: Option<i64>,
    /// Those of `prompt` that were read from the provider's cache.
    pub cached: Option<i64>,
    /// Those of `prompt` that were written to the provider's cache; some providers charge extra for them.
    pub cache_written: Option<i64>,
    /// Written by the model, its reasoning included.
    pub completion: Option<i64>,
    /// Those of `completion` that were spent on reasoning.
    pub reasoning: Option<i64>,
}

/// A piece of a streamed answer.
#[derive(Clone, Debug, PartialEq)]
pub enum ChatEvent {
    Text(String),
    /// The model has written so many characters that are not shown: it reasons, or says what to call a tool with.
    Unseen(usize),
    /// The tools the model asks for, all of them; comes at most once.
    Calls {
        calls: Vec<ToolCall>,
        /// See [`ChatTurn::Assistant`].
        echo: Option<Value>,
    },
    /// Comes at most once, near the end; some providers never send it.
    Usage(TokenUsage),
}

/// Why a model did not answer. The text names status and cause and holds no keys.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct ModelError {
    /// HTTP status the provider answered, where there was one.
    pub status: Option<u16>,
    pub message: String,
    /// Whether the same call may succeed in a moment: 429, 5xx, connection errors, broken streams.
    pub is_passing: bool,
    /// How long the provider asked to wait before that.
    pub retry_after: Option<Duration>,
}

impl ModelError {
    /// One that repeating does not help, from this side of the wire.
    pub fn lasting(message: impl Into<String>) -> Self {
        Self { status: None, message: message.into(), is_passing: false, retry_after: None }
    }
}

/// The events of one answer. It ends after the last event; an error ends it too.
pub type ChatStream = BoxStream<'static, Result<ChatEvent, ModelError>>;

/// Something that answers chat calls.
#[async_trait]
pub trait ChatModel: Send + Sync + 'static {
    /// Begins a streamed completion.
    ///
    /// # Errors
    /// The provider is unknown, not configured, out of reach, or refuses the call.
    async fn stream(&self, call: ChatCall) -> Result<ChatStream, ModelError>;
}
