//! How many runs a second go through the engine with a model that answers at once, and how many list requests a
//! second the API answers. Measurements to read, not tests: run with `make bench`.

use async_trait::async_trait;
use futures::StreamExt;
use futures::stream::{self, FuturesUnordered};
use reqwest::Client;
use runboard::app::AssetNames;
use runboard::domain::agent::AgentInput;
use runboard::domain::id::AgentId;
use runboard::domain::run::{RunStatus, Trigger};
use runboard::server::agent::executor::ChatExecutor;
use runboard::server::agent::genai_model::install_tls;
use runboard::server::agent::model::{ChatCall, ChatEvent, ChatModel, ChatStream, ModelError, TokenUsage};
use runboard::server::agent::pricing::Prices;
use runboard::server::agent::providers::ProvidersConfig;
use runboard::server::clock::SystemClock;
use runboard::server::config::Config;
use runboard::server::serve_on;
use runboard::server::state::AppState;
use runboard::server::store::scope::Scope;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::net::TcpListener;

const RUNS: u64 = 2_000;
/// Each has a thousand runs in the end.
const AGENTS: u64 = 2;
const REQUESTS: u32 = 20_000;
const CONNECTIONS: u32 = 32;

/// Answers at once.
struct Instantly;

#[async_trait]
impl ChatModel for Instantly {
    async fn stream(&self, _call: ChatCall) -> Result<ChatStream, ModelError> {
        let usage = TokenUsage { prompt: Some(10), completion: Some(5), ..TokenUsage::default() };
        Ok(stream::iter([Ok(ChatEvent::Text("Done.".into())), Ok(ChatEvent::Usage(usage))]).boxed())
    }
}

async fn server(dir: &TempDir) -> (AppState, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let config = Config {
        addr: listener.local_addr().expect("an address"),
        data_dir: dir.path().into(),
        database_url: format!("sqlite://{}", dir.path().join("bench.db").display()),
        workers: 32,
        providers: ProvidersConfig::from_env(|_| None).expect("no providers"),
    };
    let executor = Arc::new(ChatExecutor::new(Arc::new(Instantly), Prices::new(&config.providers)));
    let assets = AssetNames { js: String::new(), wasm: String::new(), css: String::new() };
    let state = AppState::wire(&config, Arc::new(SystemClock), executor, assets).await.expect("a database");
    state.runs.start().await.expect("recovery");
    tokio::spawn(serve_on(listener, state.clone()));
    (state, format!("http://{}", config.addr))
}

async fn agents(state: &AppState) -> Vec<AgentId> {
    let mut ids = Vec::new();
    for n in 0..AGENTS {
        let input = AgentInput { max_concurrent_runs: 100, ..AgentInput::named(format!("Bench {n}")) };
        let agent = state.agents.create(&Scope::local_owner(), input).await.expect("an agent");
        ids.push(agent.id);
    }
    ids
}

/// Accepts all runs, then waits until the last has ended; answers how long each took.
async fn engine(state: &AppState, agents: &[AgentId]) -> (Duration, Duration) {
    let scope = Scope::local_owner();
    let begun = Instant::now();
    for n in 0..RUNS {
        let agent = agents[(n % AGENTS) as usize];
        state.runs.execute_agent_task(&scope, agent, Trigger::Api).await.expect("a run");
    }
    let accepted = begun.elapsed();
    loop {
        let mut over = 0;
        for agent in agents {
            let counts = state.store.run_counts(&scope, *agent).await.expect("counts");
            over += counts.get(&RunStatus::Success).copied().unwrap_or(0);
        }
        if over as u64 == RUNS {
            return (accepted, begun.elapsed());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn list(url: &str) -> Duration {
    let client = Client::new();
    let begun = Instant::now();
    let mut connections: FuturesUnordered<_> = (0..CONNECTIONS)
        .map(|_| {
            let (client, url) = (client.clone(), url.to_owned());
            tokio::spawn(async move {
                for _ in 0..REQUESTS / CONNECTIONS {
                    let response = client.get(&url).send().await.expect("an answer");
                    assert!(response.status().is_success());
                    response.bytes().await.expect("a body");
                }
            })
        })
        .collect();
    while let Some(done) = connections.next().await {
        done.expect("no panic");
    }
    begun.elapsed()
}

#[tokio::main]
async fn main() {
    install_tls();
    let dir = TempDir::new().expect("a directory");
    let (state, url) = server(&dir).await;
    let agents = agents(&state).await;

    let (accepted, over) = engine(&state, &agents).await;
    let rate = |count: f64, took: Duration| count / took.as_secs_f64();
    println!("engine: {RUNS} runs accepted in {accepted:.2?} ({:.0}/s)", rate(RUNS as f64, accepted));
    println!("engine: {RUNS} runs over in {over:.2?} ({:.0}/s)", rate(RUNS as f64, over));

    let listed = list(&format!("{url}/api/agents/{}/runs?limit=20", agents[0])).await;
    println!(
        "list: {REQUESTS} × GET /api/agents/{{id}}/runs?limit=20 with {} runs, {CONNECTIONS} connections, client on the \
         same machine: {listed:.2?} ({:.0}/s)",
        RUNS / AGENTS,
        rate(f64::from(REQUESTS), listed)
    );
}
