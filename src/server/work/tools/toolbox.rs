//! All tools of this server, and which of them an agent has picked.

use super::Tool;
use super::config::ToolsConfig;
use super::current_time::CurrentTime;
use super::http_request::HttpRequest;
use super::mcp::Server;
use super::resolved::{Picked, Resolved};
use super::schema::Dialect;
use crate::domain::tool::{BuiltInTool, ToolCatalogue, ToolInfo, ToolPick};
use crate::server::clock::SharedClock;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

/// All tools of this server. Cheap to clone. When the last clone is dropped, its servers end.
#[derive(Clone)]
pub struct Toolbox(Arc<Inner>);

struct Inner {
    built_in: Vec<(BuiltInTool, Arc<dyn Tool>)>,
    servers: BTreeMap<String, Arc<Server>>,
    started: AtomicBool,
    closing: CancellationToken,
    _close_on_drop: DropGuard,
    tasks: TaskTracker,
}

impl Toolbox {
    /// Creates a toolbox of the built-in tools and the declared MCP servers; starts nothing yet. `config` has been
    /// checked.
    pub fn new(config: &ToolsConfig, clock: SharedClock) -> Self {
        let built_in: Vec<(BuiltInTool, Arc<dyn Tool>)> = vec![
            (BuiltInTool::CurrentTime, Arc::new(CurrentTime::new(Arc::clone(&clock)))),
            (BuiltInTool::HttpRequest, Arc::new(HttpRequest::new(&config.http_request.allow_hosts))),
        ];
        let server = |(name, config)| -> (String, Arc<Server>) {
            (String::clone(name), Arc::new(Server::new(name, config, Arc::clone(&clock))))
        };
        Self::of(built_in, config.mcp.iter().map(server).collect())
    }

    /// Creates a toolbox without any tool.
    pub fn none() -> Self {
        Self::of(Vec::new(), BTreeMap::new())
    }

    fn of(built_in: Vec<(BuiltInTool, Arc<dyn Tool>)>, servers: BTreeMap<String, Arc<Server>>) -> Self {
        let closing = CancellationToken::new();
        Self(Arc::new(Inner {
            built_in,
            servers,
            started: AtomicBool::new(false),
            _close_on_drop: closing.clone().drop_guard(),
            closing,
            tasks: TaskTracker::new(),
        }))
    }

    /// Begins to connect to the MCP servers, in the background, and keeps them connected. Once is enough.
    pub async fn start(&self) {
        if !self.0.started.swap(true, Ordering::SeqCst) {
            for server in self.0.servers.values() {
                self.0.tasks.spawn(Arc::clone(server).run(self.0.closing.clone()));
            }
        }
    }

    /// Waits until each server of these picks is ready, has failed or turned out to be late; at most two minutes. For after
    /// [`Toolbox::start`].
    pub async fn settled(&self, picks: &[ToolPick]) {
        let picked = picks.iter().filter_map(|pick| match pick {
            ToolPick::BuiltIn(_) => None,
            ToolPick::Server(server) | ToolPick::ServerTool { server, .. } => self.0.servers.get(server),
        });
        for server in picked {
            server.tried().await;
        }
    }

    /// Ends the conversations with the servers, and their processes: within 4 s.
    pub async fn shut_down(&self) {
        self.0.closing.cancel();
        self.0.tasks.close();
        self.0.tasks.wait().await;
    }

    /// Returns the tools an agent has picked, as a model of this dialect takes them. A tool whose server is down, or
    /// that is gone, is among them if its schema is known: calling it yields an error that says so.
    pub fn resolve(&self, picks: &[ToolPick], dialect: Dialect) -> Resolved {
        let mut resolved = Resolved::new(dialect);
        for pick in picks {
            match self.tools(pick) {
                Err(why) => resolved.leave_out(pick.to_string(), why),
                Ok(tools) => resolved.add(&pick.to_string(), tools),
            }
            if let ToolPick::Server(name) = pick
                && let Some(server) = self.0.servers.get(name)
            {
                resolved.leave_out_all(&pick.to_string(), server.left_out());
            }
        }
        resolved
    }

    /// Returns the tools of one pick.
    fn tools(&self, pick: &ToolPick) -> Result<Vec<Picked>, String> {
        let server = |name: &str| {
            self.0.servers.get(name).ok_or_else(|| format!("runboard.toml declares no MCP server {name:?}"))
        };
        match pick {
            ToolPick::BuiltIn(built_in) => {
                let found = self.0.built_in.iter().find(|(name, _)| name == built_in);
                let (name, tool) = found.ok_or("this server does not have it")?;
                Ok(vec![(name.to_string(), Arc::clone(tool))])
            }
            ToolPick::ServerTool { server: name, tool } => Ok(vec![(pick.to_string(), server(name)?.tool(tool)?)]),
            ToolPick::Server(name) => {
                let tools = server(name)?.tools()?;
                let id = |tool: &str| ToolPick::ServerTool { server: name.clone(), tool: tool.to_owned() }.to_string();
                Ok(tools.into_iter().map(|tool| (id(tool.name()), tool as Arc<dyn Tool>)).collect())
            }
        }
    }

    /// Returns everything that can be picked, as it is now.
    pub fn catalogue(&self) -> ToolCatalogue {
        let info = |(name, tool): &(BuiltInTool, Arc<dyn Tool>)| ToolInfo {
            name: name.to_string(),
            description: tool.spec().description.clone(),
        };
        ToolCatalogue {
            built_in: self.0.built_in.iter().map(info).collect(),
            servers: self.0.servers.values().map(|server| server.info()).collect(),
        }
    }
}
