//! A model's actions besides writing: tools, built in or of MCP servers. Knows no runs, no models and no database.

mod arguments;
mod cause;
pub mod config;
mod current_time;
mod http_request;
mod mcp;
mod resolved;
pub mod schema;
mod text;
mod toolbox;

pub use self::config::ToolsConfig;
pub use self::resolved::{Missing, Resolved};
pub use self::toolbox::Toolbox;

use async_trait::async_trait;
use serde_json::Value;
use std::time::Duration;
use thiserror::Error;

/// A tool's description for the model.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolSpec {
    /// 1 to 64 of `a-z A-Z 0-9 _ -`. A server's tool is `server__tool`.
    pub name: String,
    pub description: String,
    /// A JSON schema of its arguments: as its server wrote it, or once it is [`Resolved`] as the provider takes it.
    pub parameters: Value,
}

/// Why a call failed, in words for the model and for people. Holds no secrets of the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct ToolError {
    pub message: String,
}

impl ToolError {
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

/// Something a model may call.
#[async_trait]
pub trait Tool: Send + Sync + 'static {
    fn spec(&self) -> &ToolSpec;

    /// Returns how long a call may take; whoever calls drops the future then.
    fn time_limit(&self) -> Duration;

    /// Does the work; returns text of at most [`MAX_RESULT`] bytes. Dropping the future ends the work.
    ///
    /// # Errors
    /// The arguments are not what the schema asks for, or the work failed; the text says what would be right.
    async fn call(&self, arguments: Value) -> Result<String, ToolError>;
}

/// Most that is kept of one result, in bytes.
pub const MAX_RESULT: usize = 1024 * 1024;
