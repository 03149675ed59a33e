//! The two ways to the agents: through the server that uses the database, or to the database where none does. A SQLite
//! database has one user at a time; its lock says whether that is a server, and where.

use crate::domain::agent::import::ImportReport;
use crate::domain::id::OwnerId;
use crate::domain::wire::from_json;
use crate::server::agents::Agents;
use crate::server::agents::imports::Importing;
use crate::server::clock::SystemClock;
use crate::server::config::Config;
use crate::server::lock::{self, InUse};
use crate::server::runs::events::EventBus;
use crate::server::state;
use crate::server::store::Store;
use crate::server::store::scope::Scope;
use crate::server::work::tls::install_tls;
use anyhow::{Context, bail};
use reqwest::header::{CONTENT_TYPE, IF_MATCH};
use reqwest::{Client, RequestBuilder, Url};
use std::sync::Arc;
use std::time::Duration;

/// Longer than the server takes to give a request up.
const PATIENCE: Duration = Duration::from_secs(120);

/// A way to the agents.
pub enum Door {
    Server { client: Client, base: Url },
    Database { agents: Box<Agents>, store: Box<Store>, scope: Scope },
}

impl Door {
    /// Returns the way to the server that is named, or to the one that uses the database, or to the database.
    ///
    /// # Errors
    /// There is no database, it is used by something that is no server, or cannot be opened.
    pub async fn open(config: &Config, server: Option<&str>) -> anyhow::Result<Self> {
        if let Some(server) = server {
            return to_server(server);
        }
        if let Some(path) = config.sqlite_file().filter(|path| !path.exists()) {
            bail!("there is no database at {}: start the server once, or name one with --server", path.display());
        }
        match lock::take(config) {
            Ok(()) => {}
            Err(error) => match error.downcast_ref::<InUse>() {
                Some(InUse { server: Some(server), .. }) => return to_server(server),
                Some(InUse { database, server: None }) => {
                    bail!("another Runboard is using {}: name it with --server, or end it first", database.display())
                }
                None => return Err(error),
            },
        }
        let store = Store::open(&config.database, Arc::new(SystemClock)).await.context("cannot open the database")?;
        if store.migration_status().await?.iter().any(|(_, applied)| !applied) {
            bail!("the database's schema is not up to date: run `runboard migrate up` first");
        }
        let agents = state::agents(config, &store, &EventBus::default());
        Ok(Self::Database { agents: Box::new(agents), store: Box::new(store), scope: Scope::of(OwnerId::LOCAL) })
    }

    /// Returns agents as a file.
    ///
    /// # Errors
    /// There is no agent of a name, or the server cannot be reached.
    pub async fn export(&self, names: &[String]) -> anyhow::Result<String> {
        match self {
            Self::Database { agents, scope, .. } => Ok(agents.export(scope, names).await?),
            Self::Server { client, base } => {
                let mut url = base.join("api/agents/export")?;
                if !names.is_empty() {
                    url.query_pairs_mut().extend_pairs(names.iter().map(|name| ("name", name)));
                }
                answer(base, client.get(url)).await
            }
        }
    }

    /// Imports agents from a file.
    ///
    /// # Errors
    /// The file cannot be used, or the server cannot be reached.
    pub async fn import(&self, text: &str, how: Importing) -> anyhow::Result<ImportReport> {
        match self {
            Self::Database { agents, scope, .. } => Ok(agents.import(scope, text.to_owned(), how).await?),
            Self::Server { client, base } => {
                let mut url = base.join("api/agents/import")?;
                url.query_pairs_mut().append_pair("dry_run", &how.dry_run.to_string());
                let mut request = client.post(url).header(CONTENT_TYPE, "application/toml").body(text.to_owned());
                if let Some(expected) = how.expected {
                    request = request.header(IF_MATCH, format!("\"{expected}\""));
                }
                let report = answer(base, request).await?;
                from_json(&report).map_err(|error| anyhow::anyhow!("{base} is another version of Runboard: {error}"))
            }
        }
    }

    /// Leaves the database as a server would.
    pub async fn close(self) {
        if let Self::Database { store, agents, .. } = self {
            drop(agents);
            store.close().await;
        }
    }
}

fn to_server(server: &str) -> anyhow::Result<Door> {
    install_tls();
    let base = Url::parse(&format!("{}/", server.trim_end_matches('/'))).ok();
    let base = base.filter(|base| matches!(base.scheme(), "http" | "https") && base.has_host());
    let base = base.context("--server: must be the URL of a server, such as http://127.0.0.1:3000")?;
    let client = Client::builder().timeout(PATIENCE).build().context("cannot make an HTTP client")?;
    Ok(Door::Server { client, base })
}

/// Returns the body of a successful response, or what the server has against the request.
async fn answer(base: &Url, request: RequestBuilder) -> anyhow::Result<String> {
    let unreachable = || format!("no server answers at {base}: is it running? Name another with --server");
    let response = request.send().await.map_err(reqwest::Error::without_url).with_context(unreachable)?;
    let status = response.status();
    let body = response.text().await.map_err(reqwest::Error::without_url).with_context(unreachable)?;
    if status.is_success() {
        return Ok(body);
    }
    let problem: Option<serde_json::Value> = serde_json::from_str(&body).ok();
    match problem.as_ref().and_then(|problem| problem.get("detail")?.as_str()) {
        Some(detail) => bail!("{detail}"),
        None => bail!("{base} answered {status}: is it a Runboard server?"),
    }
}
