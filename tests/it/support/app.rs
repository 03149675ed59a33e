//! A server as its users see it, on a free port, with what they would type at it.

use super::database::TestDatabase;
use super::eventually;
use super::owners::BySaying;
use super::stage::Stage;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use runboard::domain::retention::RetentionLimits;
use runboard::domain::views::assets::AssetNames;
use runboard::server::callers::{Callers, Local};
use runboard::server::clock::{SharedClock, SystemClock};
use runboard::server::config::Config;
use runboard::server::config::database::DatabaseConfig;
use runboard::server::config::file::ConfigFile;
use runboard::server::execution::RunExecutor;
use runboard::server::state::AppState;
use runboard::server::work::demo::DemoPace;
use runboard::server::work::executor::ChatExecutor;
use runboard::server::work::pricing::Prices;
use runboard::server::work::provider_model::ProviderModel;
use runboard::server::work::providers::ProvidersConfig;
use runboard::server::work::tools::{Toolbox, ToolsConfig};
use runboard::server::{serve_on, work};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub struct TestApp {
    pub url: String,
    pub state: AppState,
    pub stage: Stage,
    pub client: Client,
    database: TestDatabase,
    server: JoinHandle<anyhow::Result<()>>,
}

/// Status and JSON body of a response.
pub type Answer = (StatusCode, Value);

impl TestApp {
    /// Starts a server on SQLite whose executor is a [`Stage`].
    pub async fn start() -> Self {
        Self::on(TestDatabase::sqlite(), "127.0.0.1:0").await
    }

    /// Starts a server on a given database and address.
    pub async fn on(database: TestDatabase, addr: &str) -> Self {
        Self::with_clock(database, addr, Arc::new(SystemClock)).await
    }

    /// Does the same with a clock of the test's own.
    pub async fn with_clock(database: TestDatabase, addr: &str, clock: SharedClock) -> Self {
        Self::wired(database, addr, clock, Arc::new(Local), Toolbox::none(), |stage, _| Arc::new(stage.clone())).await
    }

    /// Starts a server whose callers say who they are.
    pub async fn of_several_owners(database: TestDatabase) -> Self {
        let (clock, callers) = (Arc::new(SystemClock), Arc::new(BySaying));
        let executor = |stage: &Stage, _| Arc::new(stage.clone()) as Arc<dyn RunExecutor>;
        Self::wired(database, "127.0.0.1:0", clock, callers, Toolbox::none(), executor).await
    }

    /// Starts a server whose agents really work, with the demo models at this pace.
    pub async fn at_work(database: TestDatabase, pace: DemoPace) -> Self {
        Self::with_tools(database, pace, &ToolsConfig::default()).await
    }

    /// Does the same with these tools.
    pub async fn with_tools(database: TestDatabase, pace: DemoPace, config: &ToolsConfig) -> Self {
        let tools = Toolbox::new(config, Arc::new(SystemClock));
        tools.start().await;
        Self::wired(database, "127.0.0.1:0", Arc::new(SystemClock), Arc::new(Local), tools, |_, tools| {
            let providers = ProvidersConfig::default();
            let prices = Prices::new(&providers);
            let model = ProviderModel::new(providers, Arc::new(SystemClock)).unwrap().with_demo_pace(pace);
            Arc::new(ChatExecutor::new(Arc::new(model), prices, tools, Arc::new(SystemClock)))
        })
        .await
    }

    async fn wired(
        database: TestDatabase,
        addr: &str,
        clock: SharedClock,
        callers: Arc<dyn Callers>,
        tools: Toolbox,
        executor: impl FnOnce(&Stage, Toolbox) -> Arc<dyn RunExecutor>,
    ) -> Self {
        work::tls::install_tls();
        let stage = Stage::default();
        let listener = TcpListener::bind(addr).await.unwrap();
        let config = Config {
            addr: listener.local_addr().unwrap(),
            data_dir: ".".into(),
            database: DatabaseConfig::at(&database.url).unwrap(),
            workers: 32,
            providers: ProvidersConfig::from_env(|_| None).unwrap(),
            retention: RetentionLimits::NONE,
            retention_is_said: true,
            file: ConfigFile::default(),
        };
        let at = |name: &str| format!("/pkg/x/{name}");
        let chunks = [("run".to_owned(), vec![at("shared.wasm"), at("run.wasm")])].into();
        let assets = AssetNames {
            js: at("x.js"),
            wasm: at("x.wasm"),
            chunks,
            css: at("x.css"),
            pages_css: Some(at("pages.css")),
        };
        let executor = executor(&stage, tools.clone());
        let state = AppState::wire(&config, clock, tools, executor, assets).await.unwrap();
        let state = AppState { callers, ..state };
        state.runs.start(&state.tasks).await.unwrap();
        let url = format!("http://{}", config.addr);
        let server = tokio::spawn(serve_on(listener, state.clone()));
        Self { url, state, stage, client: Client::new(), database, server }
    }

    /// Ends the server as SIGTERM would and hands over its database.
    pub async fn end(self) -> TestDatabase {
        self.state.closing.cancel();
        self.server.await.unwrap().unwrap();
        self.database
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(self.request(Method::POST, path).json(&body)).await
    }

    /// Sends a POST without a body.
    pub async fn poke(&self, path: &str) -> Answer {
        self.send(self.request(Method::POST, path)).await
    }

    /// Creates an agent whose runs do as `model` says; returns its id.
    pub async fn agent(&self, model: &str) -> i64 {
        // Models that the demo provider lacks are the stage's, under another name.
        let provider = if ["deaf", "panic", "wait"].contains(&model) { "ollama" } else { "demo" };
        self.agent_with(json!({ "name": "Test", "model": format!("{provider}/{model}") })).await
    }

    pub async fn agent_with(&self, body: Value) -> i64 {
        let (status, agent) = self.post("/api/agents", body).await;
        assert_eq!(status, StatusCode::CREATED, "{agent}");
        agent["id"].as_i64().unwrap()
    }

    /// Starts a task run; returns the run's id.
    pub async fn task(&self, agent: i64) -> i64 {
        let (status, started) = self.poke(&format!("/api/agents/{agent}/task")).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{started}");
        started["run_id"].as_i64().unwrap()
    }

    pub async fn run(&self, id: i64) -> Value {
        let (status, run) = self.get(&format!("/api/runs/{id}")).await;
        assert_eq!(status, StatusCode::OK, "{run}");
        run
    }

    /// Waits until a run has this status; returns the run.
    pub async fn run_is(&self, id: i64, status: &str) -> Value {
        eventually(&format!("run {id} is {status}"), async || {
            let run = self.run(id).await;
            (run["status"] == status).then_some(run)
        })
        .await
    }

    /// Starts a task run and waits until it has this status.
    pub async fn task_is(&self, agent: i64, status: &str) -> Value {
        let run = self.task(agent).await;
        self.run_is(run, status).await
    }
}

/// Asserts that the response is a problem+json, and returns its detail.
#[track_caller]
pub fn problem((status, body): &Answer, expected: u16) -> String {
    assert_eq!(status.as_u16(), expected, "{body}");
    assert_eq!(body["status"], expected, "{body}");
    for field in ["type", "title", "detail"] {
        assert!(body[field].as_str().is_some_and(|text| !text.is_empty()), "{field} in {body}");
    }
    body["detail"].as_str().unwrap().to_owned()
}
