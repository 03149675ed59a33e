//! A server within this process: on a free port, with a database of its own and a model that answers at once.

use async_trait::async_trait;
use futures::StreamExt;
use futures::stream;
use runboard::domain::finish::Finish;
use runboard::domain::retention::RetentionLimits;
use runboard::domain::views::assets::AssetNames;
use runboard::server::clock::SystemClock;
use runboard::server::config::Config;
use runboard::server::config::database::DatabaseConfig;
use runboard::server::config::file::ConfigFile;
use runboard::server::serve_on;
use runboard::server::state::AppState;
use runboard::server::work::executor::ChatExecutor;
use runboard::server::work::model::{ChatCall, ChatEvent, ChatModel, ChatStream, Finished, ModelError, TokenUsage};
use runboard::server::work::pricing::Prices;
use runboard::server::work::providers::ProvidersConfig;
use runboard::server::work::tls::install_tls;
use runboard::server::work::tools::Toolbox;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::TcpListener;

/// Answers at once.
struct Instantly;

#[async_trait]
impl ChatModel for Instantly {
    async fn stream(&self, _call: ChatCall) -> Result<ChatStream, ModelError> {
        let usage = TokenUsage { prompt: Some(10), completion: Some(5), ..TokenUsage::default() };
        let end = ChatEvent::Finished(Box::new(Finished::new(Finish::Stop)));
        Ok(stream::iter([ChatEvent::Text("Done.".into()), ChatEvent::Usage(usage), end].map(Ok)).boxed())
    }
}

/// As many as the program has unless it is told otherwise.
const WORKERS: usize = 128;
/// The database's file in the server's directory.
const DATABASE: &str = "bench.db";

/// Starts a server on an empty database in `dir`; returns its state and its address.
pub async fn server(dir: &TempDir) -> (AppState, String) {
    install_tls();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let config = Config {
        addr: listener.local_addr().expect("an address"),
        data_dir: dir.path().into(),
        database: DatabaseConfig::at(&format!("sqlite://{}", dir.path().join(DATABASE).display())).expect("a URL"),
        workers: WORKERS,
        providers: ProvidersConfig::from_env(|_| None).expect("no providers"),
        retention: RetentionLimits::NONE,
        retention_is_said: true,
        file: ConfigFile::default(),
    };
    let executor = Arc::new(ChatExecutor::new(
        Arc::new(Instantly),
        Prices::new(&config.providers),
        Toolbox::none(),
        Arc::new(SystemClock),
    ));
    let assets = AssetNames::default();
    let state =
        AppState::wire(&config, Arc::new(SystemClock), Toolbox::none(), executor, assets).await.expect("a database");
    state.runs.start(&state.tasks).await.expect("recovery");
    tokio::spawn(serve_on(listener, state.clone()));
    (state, format!("http://{}", config.addr))
}
