//! Runs: how many a second, what each costs, and how long it takes to start one.

use crate::Plan;
use crate::client::{self, Client};
use crate::processes::Process;
use crate::reference;
use crate::support;
use crate::table::{Figure, Goal, Round, Unit, p50};
use runboard::domain::agent::{AgentSettings, Draft};
use runboard::domain::id::{AgentId, OwnerId};
use runboard::domain::request::RunRequest;
use runboard::domain::run::{RunStatus, Trigger};
use runboard::server::store::scope::Scope;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::task::JoinSet;

const RUNS: u64 = 2_000;
const CLIENTS: u64 = 16;
/// Each executes at most 100 runs at once.
const AGENTS: u64 = 4;
/// How often it is looked whether all runs are over.
const LOOK: Duration = Duration::from_millis(50);

/// Creates agents that run the demo model; returns their ids.
async fn agents(server: SocketAddr) -> Vec<u64> {
    let mut client = Client::connect(server).await;
    let mut ids = Vec::new();
    for n in 0..AGENTS {
        let body =
            json!({ "name": format!("Bench {n}"), "model": "demo/quick", "max_concurrent_runs": 100 }).to_string();
        let head = format!(
            "POST /api/agents HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let agent: Value = serde_json::from_slice(client.send(format!("{head}{body}").as_bytes()).await).expect("JSON");
        ids.push(agent["id"].as_u64().expect("an id"));
    }
    ids
}

fn task(agents: &[u64], n: u64) -> Vec<u8> {
    client::request("POST", &format!("/api/agents/{}/task", agents[(n % agents.len() as u64) as usize]), &[])
}

/// Starts so many runs with as many clients at a time.
async fn start(server: SocketAddr, agents: &[u64], runs: u64, clients: u64) {
    let mut starting = JoinSet::new();
    for at in 0..clients {
        let agents = agents.to_vec();
        starting.spawn(async move {
            let mut client = Client::connect(server).await;
            for n in (at..runs).step_by(clients as usize) {
                client.send(&task(&agents, n)).await;
            }
        });
    }
    starting.join_all().await;
}

/// Waits until these agents have so many runs that succeeded, and none that did not.
async fn over(server: SocketAddr, agents: &[u64], runs: u64) {
    let mut client = Client::connect(server).await;
    loop {
        let mut succeeded = 0;
        for agent in agents {
            let path = format!("/api/agents/{agent}/details?include=stats");
            let details: Value = serde_json::from_slice(client.send(&client::get(&path)).await).expect("JSON");
            let runs = &details["stats"]["runs"];
            assert_eq!(runs["failed"], 0, "{details}");
            succeeded += runs["success"].as_u64().expect("a count");
        }
        if succeeded >= runs {
            return;
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// Runs started over REST and executed by the demo model.
pub async fn rest(plan: &Plan) -> Vec<Figure> {
    let (mut rates, mut bytes, mut calls) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        let dir = TempDir::new().expect("a directory");
        let server = Process::server(dir.path());
        let agents = agents(server.address).await;
        let synced = reference::synced_rate(dir.path());
        let (before, begun) = (server.written(), Instant::now());
        start(server.address, &agents, RUNS, CLIENTS).await;
        over(server.address, &agents, RUNS).await;
        let (took, after) = (begun.elapsed(), server.written());
        rates.push(Round::beside(RUNS as f64 / took.as_secs_f64(), synced));
        bytes.push(Round::alone((after.bytes - before.bytes) / RUNS as f64));
        calls.push(Round::alone((after.calls - before.calls) / RUNS as f64));
    }
    vec![
        Figure {
            name: "Runs a second, queued to success, demo/quick, 16 clients",
            unit: Unit::PerSecond,
            goal: Goal::AtLeast(500.0),
            against: "4 kB writes with fdatasync, one by one",
            rounds: rates,
        },
        Figure {
            name: "Bytes written for each of them",
            unit: Unit::Bytes,
            goal: Goal::AtMost(40e3),
            against: "",
            rounds: bytes,
        },
        Figure {
            name: "Write calls for each of them",
            unit: Unit::Count,
            goal: Goal::AtMost(15.0),
            against: "",
            rounds: calls,
        },
    ]
}

/// Runs started and executed within this process, by a model that answers at once.
pub async fn instantly(plan: &Plan) -> Vec<Figure> {
    let mut rounds = Vec::new();
    for _ in 0..plan.rounds {
        let dir = TempDir::new().expect("a directory");
        let (state, _) = support::server(&dir).await;
        let scope = Scope::of(OwnerId::LOCAL);
        let mut agents = Vec::new();
        for n in 0..AGENTS {
            let settings = AgentSettings { max_concurrent_runs: 100, ..AgentSettings::named(format!("Bench {n}")) };
            agents
                .push(state.agents.create(&scope, Draft::new(settings, None, Vec::new())).await.expect("an agent").id);
        }
        let synced = reference::synced_rate(dir.path());
        let begun = Instant::now();
        let mut starting = JoinSet::new();
        for at in 0..CLIENTS {
            let (runs, agents): (_, Vec<AgentId>) = (state.runs.clone(), agents.clone());
            starting.spawn(async move {
                for n in (at..RUNS).step_by(CLIENTS as usize) {
                    let agent = agents[(n % AGENTS) as usize];
                    runs.accept_task_run(&scope, agent, Trigger::Api, &RunRequest::default()).await.expect("a run");
                }
            });
        }
        starting.join_all().await;
        loop {
            let mut succeeded = 0;
            for agent in &agents {
                let counts = state.store.run_counts(&scope, *agent).await.expect("counts");
                succeeded += counts.get(&RunStatus::Success).copied().unwrap_or(0);
            }
            if succeeded as u64 == RUNS {
                break;
            }
            tokio::time::sleep(LOOK / 5).await;
        }
        rounds.push(Round::beside(RUNS as f64 / begun.elapsed().as_secs_f64(), synced));
        state.closing.cancel();
    }
    vec![Figure {
        name: "The same within the process, with a model that answers at once",
        unit: Unit::PerSecond,
        goal: Goal::AtLeast(1_500.0),
        against: "4 kB writes with fdatasync, one by one",
        rounds,
    }]
}

/// How long one client waits for each run it starts, while those before are executed.
pub async fn starting(plan: &Plan) -> Vec<Figure> {
    let mut rounds = Vec::new();
    for _ in 0..plan.rounds {
        let dir = TempDir::new().expect("a directory");
        let server = Process::server(dir.path());
        let agents = agents(server.address).await;
        let synced = p50(&reference::synced_writes(dir.path(), 300));
        let times = client::times(server.address, &task(&agents, 0), 400).await;
        rounds.push(Round::beside(p50(&times), synced));
    }
    vec![Figure {
        name: "POST …/task, one client, p50 while runs execute",
        unit: Unit::Milliseconds,
        goal: Goal::AtMost(2.0),
        against: "one 4 kB write with fdatasync",
        rounds,
    }]
}
