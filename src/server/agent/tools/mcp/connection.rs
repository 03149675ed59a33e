//! Reaches a server: starts its program or opens a session over HTTP, shakes hands, and asks what it offers.

use super::super::config::Transport;
use super::child::Child;
use crate::server::agent::genai_model::install_tls;
use crate::server::agent::scrub::Scrubber;
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Client, Url, redirect};
use rmcp::model::{ClientCapabilities, ClientConfig, Implementation, Tool};
use rmcp::service::{ClientInitializeError, NotificationContext, RunningService, ServiceError};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::async_rw::AsyncRwTransport;
use rmcp::transport::streamable_http_client::{StreamableHttpClientTransportConfig, StreamableHttpError};
use rmcp::{ClientHandler, Peer, RoleClient, ServiceExt};
use std::collections::HashMap;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// How long an HTTP connection may take to open.
const OPEN_LIMIT: Duration = Duration::from_secs(10);

/// A server that has answered.
pub(super) struct Connection {
    pub(super) service: RunningService<RoleClient, Handler>,
    /// The server's process, if it was started here.
    pub(super) child: Option<Child>,
    pub(super) tools: Vec<Tool>,
    /// Tells that the server's tools have changed.
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
    /// # Errors
    /// Why there is no connection, in words that may hold secrets still. Dropping the future leaves nothing behind.
    pub(super) async fn open(server: &str, transport: &Transport, scrubber: &Scrubber) -> Result<Self, String> {
        let handler = Handler::default();
        let changed = Arc::clone(&handler.changed);
        let (service, child) = match transport {
            Transport::Http { url, headers } => {
                let transport = http(url, headers.clone())?;
                (handler.serve(transport).await.map_err(|error| initialize_words(&error))?, None)
            }
            Transport::Program { command, args, env } => {
                let started = Child::start(server, (command, args, env), scrubber);
                let (mut child, (stdout, stdin)) =
                    started.map_err(|error| format!("cannot start {command}: {error}"))?;
                let served = tokio::select! {
                    served = handler.serve(AsyncRwTransport::new(stdout, stdin)) => served,
                    how = child.ended() => return Err(format!("{command} {how}")),
                };
                match served {
                    Ok(service) => (service, Some(child)),
                    // Its standard output closes a moment before it has ended.
                    Err(error) => match tokio::time::timeout(Duration::from_secs(1), child.ended()).await {
                        Ok(how) => return Err(format!("{command} {how}")),
                        Err(_) => return Err(initialize_words(&error)),
                    },
                }
            }
        };
        let tools = list(service.peer()).await.map_err(|error| words(&error))?;
        Ok(Self { service, child, tools, changed })
    }
}

/// The tools that a server offers.
///
/// # Errors
/// It does not answer, or not as it should.
pub(super) async fn list(peer: &Peer<RoleClient>) -> Result<Vec<Tool>, ServiceError> {
    match peer.peer_info().is_none_or(|info| info.capabilities.tools.is_some()) {
        true => peer.list_all_tools().await,
        false => Ok(Vec::new()),
    }
}

fn http(url: &Url, headers: HashMap<HeaderName, HeaderValue>) -> Result<StreamableHttpClientTransport<Client>, String> {
    install_tls();
    let client = Client::builder()
        // A redirect would carry the headers' secrets elsewhere.
        .redirect(redirect::Policy::none())
        .connect_timeout(OPEN_LIMIT)
        .user_agent(concat!("Runboard/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| format!("there is no HTTP client: {error}"))?;
    let config = StreamableHttpClientTransportConfig::with_uri(url.as_str()).custom_headers(headers);
    Ok(StreamableHttpClientTransport::with_client(client, config))
}

fn initialize_words(error: &ClientInitializeError) -> String {
    match error {
        ClientInitializeError::TransportError { error, .. } => innermost(error.error.as_ref()),
        ClientInitializeError::JsonRpcError(error) => error.message.to_string(),
        other => other.to_string(),
    }
}

/// What went wrong, without the layers around it.
pub(super) fn words(error: &ServiceError) -> String {
    match error {
        ServiceError::McpError(error) => error.message.to_string(),
        ServiceError::TransportSend(error) => innermost(error.error.as_ref()),
        ServiceError::TransportClosed => "the connection ended".to_owned(),
        other => other.to_string(),
    }
}

/// The innermost cause; unlike those around it, it repeats no URL.
fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut cause = error;
    loop {
        let inner = match cause.downcast_ref() {
            // It does not say that this is its source.
            Some(StreamableHttpError::<reqwest::Error>::Client(inner)) => Some(inner as &(dyn Error + 'static)),
            _ => cause.source(),
        };
        match inner {
            Some(inner) => cause = inner,
            None => return cause.to_string(),
        }
    }
}
