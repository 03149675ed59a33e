//! Reading: lists, the dashboard, and the claim of a run, with long histories and short ones.

use crate::Plan;
use crate::client::{self, Client, get, request};
use crate::history;
use crate::processes::{Process, SETTLING, database_size};
use crate::reference::BARE;
use crate::table::{Figure, Goal, Round, Unit, p50};
use runboard::domain::id::{AgentId, OwnerId};
use runboard::domain::request::RunRequest;
use runboard::domain::run::Trigger;
use runboard::server::store::scope::Scope;
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const SHORT: u64 = 1_000;
const MILLION: u64 = 1_000_000;
const LONG: u64 = 10_000_000;
const MANY_AGENTS: u32 = 5_000;
const CONNECTIONS: u64 = 16;
/// How long each rate is measured.
const TIME: Duration = Duration::from_secs(2);
const JSON: &str = "application/json";
const HTML: &str = "text/html; charset=utf-8";

/// A server on a history.
struct Site {
    server: Process,
    /// The first of its agents.
    agent: i64,
    dir: TempDir,
}

impl Site {
    async fn with(runs: u64) -> Self {
        let dir = TempDir::new().expect("a directory");
        let agent = history::make(dir.path(), runs).await;
        Self { server: Process::server(dir.path()), agent, dir }
    }

    fn address(&self) -> SocketAddr {
        self.server.address
    }

    fn list(&self) -> String {
        format!("/api/agents/{}/runs?limit=20", self.agent)
    }

    fn dashboard(&self) -> String {
        format!("/?agent={}", self.agent)
    }

    /// Starts a bare server of what this one responds with.
    async fn bare(&self, path: &str, kind: &str) -> Process {
        let file = self.dir.path().join("body");
        let body = Client::connect(self.address()).await.send(&get(path)).await.to_vec();
        std::fs::write(&file, body).expect("a file");
        Process::itself([BARE, kind, file.to_str().expect("a path")])
    }

    /// Returns how many times a second a list is served that is kept.
    async fn lists(&self) -> f64 {
        let list = get(&self.list());
        client::rate(self.address(), CONNECTIONS, TIME, move |_| list.clone()).await
    }

    /// Returns the same of lists that are not: each request is of a kind that never came before.
    async fn lists_read(&self) -> f64 {
        let (path, unlike) = (self.list(), rand::random::<u32>());
        let list = move |n| request("GET", &path, &[("accept-encoding", &format!("x-{unlike}-{n}"))]);
        client::rate(self.address(), CONNECTIONS, TIME, list).await
    }

    async fn p50(&self, path: &str) -> f64 {
        p50(&client::times(self.address(), &get(path), 100).await)
    }
}

fn figure(name: &'static str, unit: Unit, goal: Goal, against: &'static str, rounds: Vec<Round>) -> Figure {
    Figure { name, unit, goal, against, rounds }
}

/// Measures in turns, so that what slows the machine down for a while slows down both.
async fn in_turns(
    plan: &Plan,
    mut figure: impl AsyncFnMut() -> f64,
    mut reference: impl AsyncFnMut() -> f64,
) -> Vec<Round> {
    let mut rounds = Vec::new();
    for _ in 0..plan.rounds {
        rounds.push(Round::beside(figure().await, reference().await));
    }
    rounds
}

/// The list of runs, beside a bare handler.
pub async fn lists(plan: &Plan) -> Vec<Figure> {
    let site = Site::with(SHORT).await;
    let bare = site.bare(&site.list(), JSON).await;
    let handler = async || client::rate(bare.address, CONNECTIONS, TIME, |_| get("/")).await;
    let rounds = in_turns(plan, async || site.lists().await, handler).await;
    let against = "bare axum handler, the same bytes";
    vec![figure("GET …/runs?limit=20, 16 connections", Unit::PerSecond, Goal::RatioAtLeast(0.5), against, rounds)]
}

/// Lists and pages with a million runs, and what they take of memory and disk.
pub async fn million(plan: &Plan) -> Vec<Figure> {
    let (short, site) = (Site::with(SHORT).await, Site::with(MILLION).await);
    let size = database_size(site.dir.path());
    let beside = "the same with 1,000 runs";
    let kept = in_turns(plan, async || site.lists().await, async || short.lists().await).await;
    let read = in_turns(plan, async || site.lists_read().await, async || short.lists_read().await).await;
    let handler = "bare axum handler, the same bytes";
    let mut figures = vec![
        figure("GET …/runs?limit=20 with 1 M runs", Unit::PerSecond, Goal::RatioAtLeast(0.9), beside, kept),
        figure("The same, read from the database each time", Unit::PerSecond, Goal::RatioAtLeast(0.9), beside, read),
    ];
    for (name, path, kind, goal) in [
        ("Dashboard's first HTML, 1 M runs, 50 agents, one open, p50", site.dashboard(), HTML, 15.0),
        ("GET /api/agents with the same, p50", "/api/agents".to_owned(), JSON, 8.0),
    ] {
        let bare = site.bare(&path, kind).await;
        let handler_p50 = async || p50(&client::times(bare.address, &get("/"), 100).await);
        let rounds = in_turns(plan, async || site.p50(&path).await, handler_p50).await;
        figures.push(figure(name, Unit::Milliseconds, Goal::AtMost(goal), handler, rounds));
    }
    let tasks = request("POST", &format!("/api/agents/{}/task", site.agent), &[]);
    client::times(site.address(), &tasks, 600).await;
    tokio::time::sleep(SETTLING).await;
    let memory = vec![Round::alone(site.server.memory())];
    figures.push(figure(
        "Memory with 1 M runs, after all that and 600 more",
        Unit::Bytes,
        Goal::AtMost(80e6),
        "",
        memory,
    ));
    let size = vec![Round::alone(size)];
    figures.push(figure("File with 1 M runs, without steps", Unit::Bytes, Goal::AtMost(200e6), "", size));
    figures
}

/// The dashboard's first page with five thousand agents, all of which had runs within the last day.
pub async fn agents(plan: &Plan) -> Vec<Figure> {
    let dir = TempDir::new().expect("a directory");
    let agent = history::make_of(dir.path(), history::A_DAY, MANY_AGENTS).await;
    let site = Site { server: Process::server(dir.path()), agent, dir };
    let bare = site.bare("/", HTML).await;
    let handler = async || p50(&client::times(bare.address, &get("/"), 100).await);
    let first = in_turns(plan, async || site.p50("/").await, handler).await;
    // Figures that are older than two seconds are summed up again.
    let mut alone = Vec::new();
    for _ in 0..plan.rounds {
        tokio::time::sleep(SETTLING).await;
        alone.push(Round::alone(client::times(site.address(), &get("/"), 1).await[0].as_secs_f64() * 1e3));
    }
    let searches = get("/?q=number+49&sort=name");
    let mut searched = Vec::new();
    for _ in 0..plan.rounds {
        searched.push(Round::alone(p50(&client::times(site.address(), &searches, 100).await)));
    }
    let size = client::size(site.address(), "/").await as f64;
    vec![
        figure(
            "Dashboard's first HTML, 5,000 agents, p50",
            Unit::Milliseconds,
            Goal::AtMost(20.0),
            "bare axum handler, the same bytes",
            first,
        ),
        figure("The same after a while without any", Unit::Milliseconds, Goal::AtMost(100.0), "", alone),
        figure("The same with a search, by name, p50", Unit::Milliseconds, Goal::AtMost(20.0), "", searched),
        figure("The first of them, compressed", Unit::Bytes, Goal::AtMost(40e3), "", vec![Round::alone(size)]),
    ]
}

/// Memory of a server that has just been started.
pub async fn idle(plan: &Plan) -> Vec<Figure> {
    let mut rounds = Vec::new();
    for _ in 0..plan.rounds {
        let dir = TempDir::new().expect("a directory");
        let server = Process::server(dir.path());
        tokio::time::sleep(SETTLING).await;
        rounds.push(Round::alone(server.memory()));
    }
    vec![figure("Memory, idle", Unit::Bytes, Goal::AtMost(40e6), "", rounds)]
}

/// Returns how long it takes to claim a run that is queued.
async fn claims(data: &Path, agent: i64) -> f64 {
    let store = history::store_at(data).await;
    let queued = store
        .create_task_run_with(&Scope::of(OwnerId::LOCAL), AgentId(agent), Trigger::Api, &RunRequest::default())
        .await
        .expect("a run");
    let mut times = Vec::new();
    for _ in 0..200 {
        let begun = Instant::now();
        let claim = store.claim_runs("bench", 1, &[]).await.expect("claims").pop().expect("a claim");
        times.push(begun.elapsed());
        store.release_claim(&claim).await.expect("releasing");
    }
    store.request_stop(&Scope::of(OwnerId::LOCAL), queued.run.id).await.expect("stopping");
    store.close().await;
    p50(&times)
}

/// Times that must not grow with the history: ten million runs beside a thousand.
pub async fn long(plan: &Plan) -> Vec<Figure> {
    let (short_dir, long_dir) = (TempDir::new().expect("a directory"), TempDir::new().expect("a directory"));
    let agents = (history::make(short_dir.path(), SHORT).await, history::make(long_dir.path(), LONG).await);
    let claim = async |dir: &TempDir, agent| claims(dir.path(), agent).await;
    let claims =
        in_turns(plan, async || claim(&long_dir, agents.1).await, async || claim(&short_dir, agents.0).await).await;
    let serve = |dir: TempDir, agent| Site { server: Process::server(dir.path()), agent, dir };
    let (short, long) = (serve(short_dir, agents.0), serve(long_dir, agents.1));
    let beside = "the same with 1,000 runs";
    let lists = in_turns(plan, async || 1e3 / long.lists_read().await, async || 1e3 / short.lists_read().await).await;
    let (of_long, of_short) = (long.dashboard(), short.dashboard());
    let pages = in_turns(plan, async || long.p50(&of_long).await, async || short.p50(&of_short).await).await;
    vec![
        figure(
            "10 M runs: one list, read each time, 16 connections",
            Unit::Milliseconds,
            Goal::RatioAtMost(1.5),
            beside,
            lists,
        ),
        figure("10 M runs: dashboard's first HTML, p50", Unit::Milliseconds, Goal::RatioAtMost(1.5), beside, pages),
        figure("10 M runs: claim of a run, p50", Unit::Milliseconds, Goal::RatioAtMost(1.5), beside, claims),
    ]
}
