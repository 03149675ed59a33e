//! Tools of MCP servers. A server that is down is no reason for a run to fail: calls of its tools return that it is.

mod ask;
mod child;
mod connection;
mod content;
mod http;
mod messages;
mod name;
mod offer;
mod pipes;
mod places;
mod pulse;
mod supervisor;

use self::offer::{Listing, Offer, Offered};
use self::places::{MAX_CALLS, Place, Places};
use super::arguments;
use super::config::{McpServerConfig, Transport};
use super::text::head;
use super::{Tool, ToolError, ToolSpec};
use crate::domain::time::Timestamp;
use crate::domain::tool::{LeftOut, ToolServer, ToolServerState};
use crate::server::aside;
use crate::server::clock::SharedClock;
use crate::server::work::scrub::Scrubber;
use async_trait::async_trait;
use rmcp::model::{CallToolRequestParams, ClientRequest, Request};
use rmcp::{Peer, RoleClient, ServiceError};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

/// How much of an error is kept, in bytes.
const MAX_ERROR: usize = 1_000;
/// How much longer than its own limits a call may take, so that its own error comes first.
const GRACE: Duration = Duration::from_millis(500);

/// A declared server.
pub(super) struct Server {
    name: String,
    /// Or what is wrong with its configuration.
    transport: Result<Transport, String>,
    time_limit: Duration,
    scrubber: Scrubber,
    clock: SharedClock,
    status: watch::Sender<Status>,
    /// A call has failed in a way that may mean that the server is gone.
    suspect: Notify,
    /// Somebody has given up waiting for a call.
    given_up: Notify,
    /// For calls under way.
    places: Places,
}

/// How it goes with a server.
#[derive(Clone, Debug)]
struct Status {
    state: ToolServerState,
    error: Option<String>,
    next_try: Option<Timestamp>,
    /// Present while the server is ready.
    peer: Option<Peer<RoleClient>>,
    offer: Offer,
    /// Whether the first attempt to reach it is over.
    tried: bool,
}

impl Server {
    pub(super) fn new(name: &str, config: &McpServerConfig, clock: SharedClock) -> Self {
        let status = Status {
            state: ToolServerState::Connecting,
            error: None,
            next_try: None,
            peer: None,
            offer: Offer::default(),
            tried: false,
        };
        Self {
            name: name.to_owned(),
            transport: config.transport().map_err(|mistakes| mistakes.join("; ")),
            time_limit: config.time_limit(),
            scrubber: Scrubber::new(config.secrets()),
            clock,
            status: watch::Sender::new(status),
            suspect: Notify::new(),
            given_up: Notify::new(),
            places: Places::new(),
        }
    }

    /// Keeps the server connected until `closing` is cancelled; then nothing of it is left.
    pub(super) async fn run(self: Arc<Self>, closing: CancellationToken) {
        supervisor::supervise(&self, &closing).await;
    }

    /// Waits until the first attempt to reach the server is over.
    pub(super) async fn tried(&self) {
        // It cannot fail: the sender is this server's own.
        let _ = self.status.subscribe().wait_for(|status| status.tried).await;
    }

    /// Returns the server as people see it.
    pub(super) fn info(&self) -> ToolServer {
        let status = self.status.borrow();
        ToolServer {
            name: self.name.clone(),
            state: status.state,
            error: status.error.clone(),
            next_try: status.next_try,
            tools: status.offer.infos(),
            left_out: status.offer.left_out.clone(),
        }
    }

    /// Returns the tools that it offers and no agent can be given, with the reasons.
    pub(super) fn left_out(&self) -> Vec<LeftOut> {
        self.status.borrow().offer.left_out.clone()
    }

    /// Whether a call is under way.
    fn is_busy(&self) -> bool {
        self.places.are_in_use()
    }

    /// Returns all of its tools, as far as they are known.
    ///
    /// # Errors
    /// None is; the text says why.
    pub(super) fn tools(self: &Arc<Self>) -> Result<Vec<Arc<McpTool>>, String> {
        let status = self.status.borrow();
        let tools: Vec<_> = status.offer.tools.iter().map(|offered| self.tool_of(offered)).collect();
        match (tools.is_empty(), status.state) {
            (false, _) => Ok(tools),
            (true, ToolServerState::Ready) => Err(format!("the MCP server {} offers no tools", self.name)),
            (true, _) => Err(self.why_not(&status)),
        }
    }

    /// Returns one of its tools, also one that it offers no longer.
    ///
    /// # Errors
    /// It is not known; the text says why.
    pub(super) fn tool(self: &Arc<Self>, name: &str) -> Result<Arc<McpTool>, String> {
        let status = self.status.borrow();
        match (status.offer.known(name), status.state) {
            (Some(offered), _) => Ok(self.tool_of(offered)),
            (None, ToolServerState::Ready) => Err(match status.offer.why_left_out(name) {
                Some(why) => format!("the MCP server {} offers it, but {why}", self.name),
                None => self.no_tool(name),
            }),
            (None, _) => Err(self.why_not(&status)),
        }
    }

    fn tool_of(self: &Arc<Self>, offered: &Arc<Offered>) -> Arc<McpTool> {
        Arc::new(McpTool { server: Arc::clone(self), offered: Arc::clone(offered) })
    }

    /// Returns the peer to send a call of the tool to.
    fn peer(&self, tool: &str) -> Result<Peer<RoleClient>, ToolError> {
        let status = self.status.borrow();
        match &status.peer {
            Some(peer) if status.offer.has(tool) => Ok(peer.clone()),
            Some(_) => Err(ToolError::new(self.no_tool(tool))),
            None => Err(ToolError::new(self.why_not(&status))),
        }
    }

    fn no_tool(&self, tool: &str) -> String {
        format!("the MCP server {} has no tool {tool:?}", self.name)
    }

    fn why_not(&self, status: &Status) -> String {
        let name = &self.name;
        match (status.state, status.error.as_deref()) {
            (ToolServerState::Down, last) => {
                let again = if status.next_try.is_some() { " and will be tried again soon" } else { "" };
                format!("the MCP server {name} is down{again}: {}", last.unwrap_or("it said nothing"))
            }
            (_, Some(last)) => format!("the MCP server {name} is not ready yet, try again in a moment: it {last}"),
            (_, None) => format!("the MCP server {name} is still starting, try again in a moment"),
        }
    }

    fn connecting(&self) {
        self.status.send_modify(|status| {
            status.state = ToolServerState::Connecting;
            status.next_try = None;
        });
    }

    /// Called when it takes longer than most, and is waited for.
    fn late(&self, error: &str) {
        tracing::warn!(server = self.name, "MCP server {error}");
        self.status.send_modify(|status| {
            status.error = Some(error.to_owned());
            status.tried = true;
        });
    }

    fn ready(&self, peer: Peer<RoleClient>, tools: Listing) {
        self.status.send_modify(|status| {
            status.state = ToolServerState::Ready;
            status.error = None;
            status.peer = Some(peer);
            status.offer.renew(tools);
            status.tried = true;
            tracing::info!(server = self.name, tools = status.offer.tools.len(), "MCP server is ready");
        });
    }

    fn offer(&self, tools: Listing) {
        self.status.send_modify(|status| status.offer.renew(tools));
    }

    fn down(&self, error: &str, next_try: Option<Timestamp>) {
        let error = self.cleaned(error);
        tracing::warn!(server = self.name, "MCP server is down: {error}");
        self.status.send_modify(|status| {
            status.state = ToolServerState::Down;
            status.error = Some(error);
            status.next_try = next_try;
            status.peer = None;
            status.tried = true;
        });
    }

    /// Returns an error's text, fit for the log and for people.
    fn cleaned(&self, error: &str) -> String {
        head(&self.scrubber.clean_head(error, 4 * MAX_ERROR), MAX_ERROR).to_owned()
    }

    /// Returns a place for a call, once there is one.
    async fn place(&self) -> Result<Place<'_>, ToolError> {
        self.places.take(self.time_limit).await.ok_or_else(|| {
            ToolError::new(format!(
                "the MCP server {} has {MAX_CALLS} calls under way, as many as it is sent at once, and had no place for \
                 this one within {} s: it was not sent, so nothing was done",
                self.name,
                self.time_limit.as_secs()
            ))
        })
    }

    /// Returns the reason why a call failed before the tool itself gave a result.
    fn failed(&self, error: &ServiceError) -> ToolError {
        let words = self.cleaned(&connection::words(error));
        match error {
            ServiceError::McpError(_) => ToolError::new(words),
            _ if connection::is_unread(error) => {
                ToolError::new(format!("the MCP server {} was not asked, so nothing was done: {words}", self.name))
            }
            _ => {
                self.suspect.notify_one();
                ToolError::new(format!(
                    "the MCP server {} broke off the call, and may or may not have done what was asked: {words}",
                    self.name
                ))
            }
        }
    }

    fn took_too_long(&self) -> ToolError {
        let (name, limit) = (&self.name, self.time_limit.as_secs());
        ToolError::new(format!(
            "the MCP server {name} did not answer within {limit} s, its time_limit_s in runboard.toml; it was asked to \
             stop, and may or may not have done what was asked"
        ))
    }
}

/// Tells a server's keeper, when it is dropped before there is an answer, that somebody has given up waiting for one.
struct Waiting<'a>(Option<&'a Notify>);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(given_up) = self.0.take() {
            given_up.notify_one();
        }
    }
}

/// A tool of a server.
pub(super) struct McpTool {
    server: Arc<Server>,
    offered: Arc<Offered>,
}

impl McpTool {
    /// Returns its name, as its server calls it.
    pub(super) fn name(&self) -> &str {
        &self.offered.name
    }
}

#[async_trait]
impl Tool for McpTool {
    fn spec(&self) -> &ToolSpec {
        &self.offered.spec
    }

    /// Waiting for a place takes as long at most as the call itself, whose time counts from when it is sent.
    fn time_limit(&self) -> Duration {
        self.server.time_limit.saturating_mul(2).saturating_add(GRACE)
    }

    /// Dropping the future sends the server the protocol's cancellation and does not wait for it.
    async fn call(&self, arguments: Value) -> Result<String, ToolError> {
        let arguments = arguments::object(arguments)?;
        let _place = self.server.place().await?;
        let peer = self.server.peer(&self.offered.name)?;
        let call = CallToolRequestParams::new(self.offered.name.clone()).with_arguments(arguments);
        let asked = ask::ask(&peer, ClientRequest::CallToolRequest(Request::new(call)));
        let mut waiting = Waiting(Some(&self.server.given_up));
        let answer = tokio::time::timeout(self.server.time_limit, asked).await;
        if answer.is_ok() {
            waiting.0 = None;
        }
        let result = answer.map_err(|_| self.server.took_too_long())?.map_err(|error| self.server.failed(&error))?;
        let scrubber = self.server.scrubber.clone();
        let scrubbed = move |text: String| scrubber.without_keys(&text);
        // It may be megabytes.
        let text = aside::run(move || match content::text(&result) {
            Ok(text) => Ok(scrubbed(text)),
            Err(error) => Err(ToolError::new(scrubbed(error.message))),
        });
        text.await
    }
}
