//! What a model may do besides writing: tools, built in or of MCP servers. Knows no runs, no models and no database.

use crate::domain::tool::{BuiltInTool, ToolPick};
use crate::server::clock::SharedClock;
use async_trait::async_trait;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;

/// What a model is told of a tool.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolSpec {
    /// 1 to 64 of `a-z A-Z 0-9 _ -`. A server's tool is `server__tool`.
    pub name: String,
    pub description: String,
    /// A JSON schema of type object.
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

    /// How long a call may take; whoever calls drops the future then.
    fn time_limit(&self) -> Duration;

    /// Does the work and answers text. Dropping the future ends the work.
    ///
    /// # Errors
    /// The arguments are not what the schema asks for, or the work failed; the text says what would be right.
    async fn call(&self, arguments: Value) -> Result<String, ToolError>;
}

#[derive(Clone)]
pub struct Toolbox(SharedClock);
#[derive(Default)]
pub struct Resolved {
    pub tools: Vec<Arc<dyn Tool>>,
    pub missing: Vec<String>,
}
#[derive(Default)]
pub struct ToolsConfig;
struct Now(SharedClock, ToolSpec);
#[async_trait]
impl Tool for Now {
    fn spec(&self) -> &ToolSpec {
        &self.1
    }
    fn time_limit(&self) -> Duration {
        Duration::from_secs(5)
    }
    async fn call(&self, _arguments: Value) -> Result<String, ToolError> {
        Ok(self.0.now().to_string())
    }
}
impl Toolbox {
    pub fn new(_config: &ToolsConfig, clock: SharedClock) -> Self {
        Self(clock)
    }
    pub fn resolve(&self, picks: &[ToolPick]) -> Resolved {
        let spec = ToolSpec {
            name: "current_time".into(),
            description: "Time".into(),
            parameters: json!({"type":"object","properties":{}}),
        };
        let mut resolved = Resolved::default();
        for pick in picks {
            match pick {
                ToolPick::BuiltIn(BuiltInTool::CurrentTime) => {
                    resolved.tools.push(Arc::new(Now(Arc::clone(&self.0), spec.clone())))
                }
                other => resolved.missing.push(other.to_string()),
            }
        }
        resolved
    }
}
