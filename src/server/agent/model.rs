//! The one seam to language models: [`ChatModel`]. Everything a provider may do wrong ends here as a [`ModelError`].

use crate::domain::id::RunId;
use crate::domain::thread::Role;
use async_trait::async_trait;
use futures::stream::BoxStream;
use thiserror::Error;

/// One message for a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatTurn {
    pub role: Role,
    pub content: String,
}

/// One request to a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatCall {
    /// `provider/model`.
    pub model: String,
    /// Oldest first.
    pub turns: Vec<ChatTurn>,
    /// First run of the retry chain this call belongs to.
    pub chain: RunId,
    /// Whether the run repeats an earlier one.
    pub is_retry: bool,
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
}

/// A piece of a streamed answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChatEvent {
    Text(String),
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
