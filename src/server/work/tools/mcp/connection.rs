//! Reaches a server: starts its program or opens a session over HTTP, and shakes hands.

use super::super::cause::{innermost, plain};
use super::super::config::Transport;
use super::child::Child;
use super::http;
use super::pipes::Pipes;
use super::pulse::{Pulse, Unread};
use crate::server::work::scrub::Scrubber;
use rmcp::model::{ClientCapabilities, ClientConfig, Implementation};
use rmcp::service::{ClientInitializeError, NotificationContext, RunningService, ServiceError};
use rmcp::{ClientHandler, RoleClient, ServiceExt};
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// How much less time a program has to read a call than the call has itself, so that the call says so.
const AHEAD: Duration = Duration::from_millis(500);
/// How long a program may take to read a message at least.
const LEAST: Duration = Duration::from_secs(5);

/// A connection to a server that has completed the handshake.
pub(super) struct Connection {
    pub(super) service: RunningService<RoleClient, Handler>,
    /// The server's process with its signs of life, if it was started here.
    pub(super) program: Option<(Child, Arc<Pulse>)>,
    /// Notified when the server's tools have changed.
    pub(super) changed: Arc<Notify>,
}

/// This side of the conversation. It offers the server nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Handler {
    changed: Arc<Notify>,
}

impl ClientHandler for Handler {
    fn get_info(&self) -> ClientConfig {
        let this = Implementation::new("runboard", env!("CARGO_PKG_VERSION"));
        ClientConfig::new(ClientCapabilities::default(), this)
    }

    async fn on_tool_list_changed(&self, _: NotificationContext<RoleClient>) {
        self.changed.notify_one();
    }
}

impl Connection {
    /// A program may be as long at work without reading as a call may take: `time_limit`.
    ///
    /// # Errors
    /// Why there is no connection, in words that may hold secrets still. Dropping the future leaves nothing behind.
    pub(super) async fn open(
        server: &str,
        transport: &Transport,
        time_limit: Duration,
        scrubber: &Scrubber,
    ) -> Result<Self, String> {
        let handler = Handler::default();
        let changed = Arc::clone(&handler.changed);
        let (service, program) = match transport {
            Transport::Http { url, headers } => {
                let transport = http::transport(url, headers.clone())?;
                (handler.serve(transport).await.map_err(|error| initialize_words(&error))?, None)
            }
            Transport::Program { command, args, env } => {
                let started = Child::start(server, (command, args, env), scrubber);
                let (mut child, (stdout, stdin)) =
                    started.map_err(|error| format!("cannot start {command}: {}", plain(&error)))?;
                let pipes = Pipes::new(stdout, stdin, time_limit.saturating_sub(AHEAD).max(LEAST));
                let pulse = pipes.pulse();
                let served = tokio::select! {
                    served = handler.serve(pipes) => served,
                    how = child.ended() => return Err(format!("{command} {how}")),
                };
                match served {
                    Ok(service) => (service, Some((child, pulse))),
                    // Its standard output closes a moment before it has ended.
                    Err(error) => match tokio::time::timeout(Duration::from_secs(1), child.ended()).await {
                        Ok(how) => return Err(format!("{command} {how}")),
                        Err(_) => return Err(initialize_words(&error)),
                    },
                }
            }
        };
        Ok(Self { service, program, changed })
    }
}

fn initialize_words(error: &ClientInitializeError) -> String {
    match error {
        ClientInitializeError::TransportError { error, .. } => innermost(error.error.as_ref()),
        ClientInitializeError::JsonRpcError(error) => error.message.to_string(),
        other => other.to_string(),
    }
}

/// Whether an error says that a call was never read, so that nothing of it was done.
pub(super) fn is_unread(error: &ServiceError) -> bool {
    let ServiceError::TransportSend(error) = error else { return false };
    let inner = error.error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    inner.is_some_and(|inner| inner.is::<Unread>())
}

/// Whether an error says that the server, or what stands before it, has no room at the moment. It is there then; and whether it
/// knows the session it does not say.
pub(super) fn is_not_now(error: &ServiceError) -> bool {
    let ServiceError::TransportSend(error) = error else { return false };
    // Of a response that is none, `http` keeps the status as its first word.
    let words = innermost(error.error.as_ref());
    ["HTTP 429", "HTTP 502", "HTTP 503", "HTTP 504"].iter().any(|status| words.contains(status))
}

/// Returns the error's words, without the layers around it.
pub(super) fn words(error: &ServiceError) -> String {
    match error {
        ServiceError::McpError(error) => error.message.to_string(),
        ServiceError::TransportSend(error) => innermost(error.error.as_ref()),
        ServiceError::TransportClosed => "the connection ended".to_owned(),
        other => other.to_string(),
    }
}
