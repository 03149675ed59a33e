//! The one seam to language models: [`ChatModel`]. Everything a provider may do wrong ends here as a [`ModelError`].

use super::name::Provider;
use super::tools::ToolSpec;
use crate::domain::failure::{Failure, FailureCause};
use crate::domain::finish::Finish;
use crate::domain::money::NanoDollars;
use crate::domain::step::StepCall;
use async_trait::async_trait;
use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;

/// One message for a model.
#[derive(Clone, Debug, PartialEq)]
pub enum ChatTurn {
    System(String),
    User(String),
    /// Something the model said before.
    Assistant {
        text: String,
        /// The tools it asked for.
        calls: Vec<ToolCall>,
        /// The same in its provider's own form; a protocol is given only its own.
        echo: Option<Echo>,
    },
    /// The result of a tool it asked for.
    Tool {
        /// The id of the call, as in [`ToolCall::id`].
        call_id: String,
        name: String,
        content: String,
    },
}

/// Things that a provider wants back to the letter with a turn of its model: reasoning, signatures, blocks of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Echo {
    /// It is sent back to this provider only …
    pub provider: Provider,
    /// … in this protocol only, by the name that [`Protocol::name`](super::protocols::Protocol::name) returns.
    pub protocol: String,
    /// Whatever the protocol's reader made of the turn; its `request` reads it again.
    pub content: Value,
}

/// A tool call that a model asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolCall {
    /// The id of this call, which its result carries; made up where the model gave none.
    pub id: String,
    /// The tool's name.
    pub name: String,
    pub arguments: Arguments,
}

impl ToolCall {
    /// Returns the id; `None` where there is none, not even a made-up one.
    pub fn known_id(&self) -> Option<String> {
        Some(self.id.clone()).filter(|id| !id.is_empty())
    }

    /// Returns the call for the record of its model's step.
    pub fn record(&self) -> StepCall {
        let (arguments, arguments_text) = match &self.arguments {
            Arguments::Read(value) => (value.clone(), None),
            Arguments::Unreadable { raw, .. } => (Value::Null, Some(raw.clone())),
        };
        StepCall { id: self.known_id(), name: self.name.clone(), arguments, arguments_text, arguments_cut: false }
    }
}

/// The arguments of a tool call.
#[derive(Clone, Debug, PartialEq)]
pub enum Arguments {
    /// Mostly an object. Empty, null or missing arguments are `{}`.
    Read(Value),
    /// Something that is not JSON: the call is not made, and the model is shown why.
    Unreadable { raw: String, why: String },
}

impl Arguments {
    /// Returns the arguments as JSON that any server takes: what is unreadable stands as text in an object.
    pub fn sendable(&self) -> Value {
        match self {
            Self::Read(Value::Object(fields)) => Value::Object(fields.clone()),
            Self::Read(other) => serde_json::json!({ "arguments": other }),
            Self::Unreadable { raw, .. } => serde_json::json!({ "unreadable_arguments": raw }),
        }
    }
}

/// JSON as it is, the raw text of what is unreadable.
impl fmt::Display for Arguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(value) => value.fmt(f),
            Self::Unreadable { raw, .. } => f.write_str(raw),
        }
    }
}

/// One request to a model.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatCall {
    /// `provider/model`.
    pub model: String,
    /// Oldest first.
    pub turns: Vec<ChatTurn>,
    /// The tools the model may call, as its provider takes them; made once for all calls of a run.
    pub tools: Arc<[ToolSpec]>,
    /// Tokens that the model may write, its reasoning included; `None` leaves it to the provider.
    pub max_output_tokens: Option<i64>,
    /// Whether the run repeats an earlier one.
    pub is_retry: bool,
    /// 1 for the first try of this call, 2 for its first repetition.
    pub attempt: u32,
}

/// Tokens as the provider counted them. `None` is "not reported", never 0.
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
    /// The provider's own bill for the call, where it says one.
    pub billed: Option<NanoDollars>,
}

/// A piece of a streamed answer.
#[derive(Clone, Debug, PartialEq)]
pub enum ChatEvent {
    Text(String),
    /// Text in which the model thinks to itself: shown apart from the answer.
    Reasoning(String),
    /// The model has written this many characters that are not shown, such as the arguments of a call.
    Unseen(usize),
    /// All counts so far; a later one replaces it. Some providers never send any.
    Usage(TokenUsage),
    /// The answer is over. Exactly one, and the last.
    Finished(Box<Finished>),
}

/// How an answer ended, and what came with it. Whether it will do is for the executor to judge.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    pub finish: Finish,
    /// The provider's own word or sentence about it, such as `SAFETY` or the text of a refusal.
    pub detail: Option<String>,
    /// The tools the model asks for.
    pub calls: Vec<ToolCall>,
    /// See [`ChatTurn::Assistant`].
    pub echo: Option<Echo>,
    /// The model that answered, as the provider calls it.
    pub served_model: Option<String>,
}

impl Finished {
    /// Creates an end for this reason, with nothing else to say.
    pub fn new(finish: Finish) -> Self {
        Self { finish, detail: None, calls: Vec::new(), echo: None, served_model: None }
    }
}

/// Why a model did not answer. The text names status and cause and holds no keys.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct ModelError {
    pub cause: FailureCause,
    /// HTTP status of the provider's response, or of the error it reported, where there was one.
    pub status: Option<u16>,
    /// The environment variable that is missing, where that is the cause.
    pub variable: Option<&'static str>,
    pub message: String,
    /// Whether the same call may succeed in a moment: 429, 5xx, connection errors, broken streams.
    pub is_passing: bool,
    /// How long the provider asked to wait before that.
    pub retry_after: Option<Duration>,
}

impl ModelError {
    /// Creates an error that repeating does not help.
    pub fn lasting(message: impl Into<String>) -> Self {
        let (message, cause) = (message.into(), FailureCause::ModelCall);
        Self { cause, status: None, variable: None, message, is_passing: false, retry_after: None }
    }

    /// Creates an error that may be gone in a moment.
    pub fn passing(message: impl Into<String>) -> Self {
        Self { is_passing: true, ..Self::lasting(message) }
    }

    /// Returns the same error for a cause that is known more precisely.
    #[must_use]
    pub fn because(self, cause: FailureCause) -> Self {
        Self { cause, ..self }
    }

    /// Returns the failure of the run that ends with this error.
    pub fn into_failure(self) -> Failure {
        let detail = match self.cause {
            FailureCause::ProviderStatus => self.status.map(|status| status.to_string()),
            FailureCause::MissingKey => self.variable.map(str::to_owned),
            _ => None,
        };
        Failure { cause: self.cause, detail, error: self.message }
    }
}

/// The events of one answer. It ends after [`ChatEvent::Finished`]; an error ends it too.
pub type ChatStream = BoxStream<'static, Result<ChatEvent, ModelError>>;

/// A source of chat completions.
#[async_trait]
pub trait ChatModel: Send + Sync + 'static {
    /// Begins a streamed completion.
    ///
    /// # Errors
    /// The provider is unknown, not configured, out of reach, or refuses the call.
    async fn stream(&self, call: ChatCall) -> Result<ChatStream, ModelError>;
}
