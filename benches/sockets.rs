//! Ten thousand watchers of one agent: how much memory each takes, how long an update takes to reach them all, and whether
//! any misses one. Beside it, the same clients at a bare axum server that hands the same frame to as many sockets by a
//! broadcast channel.
//!
//! Each server is a process of its own, this program started again, so that its memory is its own and both ends have
//! files enough.

use crate::support;
use axum::Router;
use axum::extract::State;
use axum::extract::ws::{Message as Out, Utf8Bytes, WebSocketUpgrade};
use axum::response::Response;
use axum::routing::any;
use axum::serve::ListenerExt;
use futures::{SinkExt, StreamExt, stream};
use runboard::domain::agent::{AgentSettings, Draft};
use runboard::domain::id::OwnerId;
use runboard::domain::live::{ServerMessage, Topic};
use runboard::domain::request::RunRequest;
use runboard::domain::run::Trigger;
use runboard::server::file_limit;
use runboard::server::live::hub::Channel;
use runboard::server::store::scope::Scope;
use rustix::time::{ClockId, clock_gettime};
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines, stdin};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::{broadcast, mpsc};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::client_async_with_config;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

/// Watchers, where the file limit allows as many.
const SOCKETS: usize = 10_000;
/// Files that either end needs for other things.
const OTHER_FILES: u64 = 1_200;
/// Updates whose way is measured.
const ROUNDS: usize = 21;
/// Runs that are really executed while all watch; each is at least three updates.
const RUNS: usize = 5;
/// Sockets that are opened at a time.
const AT_ONCE: usize = 100;
/// Which server this process is to be; not set for the one that measures.
const ROLE: &str = "RUNBOARD_BENCH_SERVER";
const BARE: &str = "bare";
const RUNBOARD: &str = "runboard";

/// How a server has done.
#[derive(Clone, Copy, Debug)]
pub struct Delivery {
    /// Resident memory of the server with all its sockets, less that before them, by socket, in bytes.
    pub memory: usize,
    /// From the moment that the server has the update until a client has it: median over the updates of the 99th percentile
    /// over the sockets.
    pub p99: Duration,
    /// Updates that did not reach a socket.
    pub missed: usize,
}

/// The same sockets at both servers.
#[derive(Clone, Copy, Debug)]
pub struct Deliveries {
    pub sockets: usize,
    pub runboard: Delivery,
    pub bare: Delivery,
}

/// Nanoseconds by the clock that all processes share.
fn now() -> i64 {
    let now = clock_gettime(ClockId::Monotonic);
    now.tv_sec * 1_000_000_000 + now.tv_nsec
}

/// A server in a process of its own, driven by lines.
struct Server {
    child: Child,
    say: ChildStdin,
    hear: Lines<BufReader<ChildStdout>>,
    address: String,
    /// Subscribes a socket.
    greeting: String,
}

impl Server {
    async fn start(role: &str) -> Self {
        let program = std::env::current_exe().expect("this program");
        let mut command = Command::new(program);
        command.env(ROLE, role).env("RUST_LOG", "warn").stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().expect("a process");
        let say = child.stdin.take().expect("a pipe");
        let mut hear = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let address = hear.next_line().await.expect("a line").expect("an address");
        let greeting = hear.next_line().await.expect("a line").expect("a greeting");
        Self { child, say, hear, address, greeting }
    }

    /// Has it do something; returns what it says of it.
    async fn ask(&mut self, line: &str) -> String {
        self.say.write_all(format!("{line}\n").as_bytes()).await.expect("a server");
        self.hear.next_line().await.expect("a line").expect("a response")
    }

    fn memory(&self) -> usize {
        let id = self.child.id().expect("a running server");
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("a process's status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
        line.trim().trim_end_matches(" kB").parse::<usize>().expect("a number") * 1024
    }
}

/// A message that has reached a socket.
struct Heard {
    at: i64,
    seq: i64,
    text: Option<String>,
}

/// Opens a socket that tells of all it hears; returns once it has heard the first message.
async fn watch(address: &str, greeting: &str, is_first: bool, heard: mpsc::UnboundedSender<Heard>) {
    let stream = TcpStream::connect(address).await.expect("a connection");
    let config = WebSocketConfig::default().read_buffer_size(4 * 1024).write_buffer_size(0);
    let url = format!("ws://{address}/api/ws");
    let (mut socket, _) = client_async_with_config(url, stream, Some(config)).await.expect("a socket");
    socket.send(Message::text(greeting)).await.expect("a subscription");
    while !matches!(socket.next().await.expect("an open socket").expect("a frame"), Message::Text(_)) {}
    tokio::spawn(async move {
        while let Some(Ok(message)) = socket.next().await {
            let at = now();
            let Message::Text(text) = message else { continue };
            let seq = text.split_once("\"seq\":").map_or(0, |(_, rest)| {
                let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                digits.parse().unwrap_or(0)
            });
            // One of them keeps the words.
            let text = is_first.then(|| text.to_string());
            if heard.send(Heard { at, seq, text }).is_err() {
                return;
            }
        }
    });
}

fn percentile(sorted: &[i64], percent: usize) -> Duration {
    let at = (sorted.len() * percent).div_ceil(100).max(1) - 1;
    Duration::from_nanos(sorted.get(at).copied().unwrap_or_default().unsigned_abs())
}

fn median(mut of: Vec<Duration>) -> Duration {
    of.sort();
    of[of.len() / 2]
}

/// Opens the sockets at a server and sends updates; returns the figures, and the last update's words. `frame` is what
/// a bare server sends.
async fn deliver(role: &str, sockets: usize, frame: &str) -> (Delivery, String) {
    let mut server = Server::start(role).await;
    let (heard, mut hears) = mpsc::unbounded_channel();
    watch(&server.address, &server.greeting, true, heard.clone()).await;
    let before = server.memory();
    stream::iter(1..sockets)
        .for_each_concurrent(AT_ONCE, |_| watch(&server.address, &server.greeting, false, heard.clone()))
        .await;
    // Memory that opening them took has been given back by then.
    sleep(Duration::from_secs(3)).await;
    let memory = server.memory().saturating_sub(before) / (sockets - 1);

    let (mut text, mut missed) = (String::new(), 0);
    // Real runs: the last number that was given is the last that all hear, and they hear all before it.
    let updates: usize = server.ask("run").await.parse().expect("how many updates");
    for _ in 0..updates * sockets {
        match timeout(Duration::from_secs(20), hears.recv()).await {
            Ok(Some(_)) => {}
            _ => missed += 1,
        }
    }
    let mut p99 = Vec::new();
    for _ in 0..ROUNDS {
        sleep(Duration::from_millis(100)).await;
        let said = server.ask(&format!("send {frame}")).await;
        let (sent, seq) = said.split_once(' ').expect("a time and a number");
        let (sent, seq): (i64, i64) = (sent.parse().expect("a time"), seq.parse().expect("a number"));
        let mut took = Vec::with_capacity(sockets);
        while took.len() < sockets {
            match timeout(Duration::from_secs(20), hears.recv()).await {
                Ok(Some(heard)) => {
                    missed += usize::from(heard.seq != seq);
                    took.push(heard.at - sent);
                    text = heard.text.unwrap_or(text);
                }
                _ => {
                    missed += sockets - took.len();
                    break;
                }
            }
        }
        took.sort_unstable();
        p99.push(percentile(&took, 99));
    }
    (Delivery { memory, p99: median(p99), missed }, text)
}

/// Measures both servers with as many sockets as the file limit allows, ten thousand at most.
pub async fn measure() -> Deliveries {
    file_limit::raise();
    let most = usize::try_from(file_limit::files().saturating_sub(OTHER_FILES)).unwrap_or(SOCKETS);
    let sockets = SOCKETS.min(most).max(2);
    let (runboard, frame) = deliver(RUNBOARD, sockets, "").await;
    let (bare, _) = deliver(BARE, sockets, &frame).await;
    Deliveries { sockets, runboard, bare }
}

/// Is Runboard, on an agent whose watchers get its real updates and, when asked, one more of the last run's.
async fn runboard() {
    let dir = TempDir::new().expect("a directory");
    let (state, url) = support::server(&dir).await;
    let scope = Scope::of(OwnerId::LOCAL);
    let draft = Draft::new(AgentSettings::named("Watched"), None, Vec::new());
    let agent = state.agents.create(&scope, draft).await.expect("an agent").id;
    let topic = Topic::Agent(agent);
    println!("{}\n{{\"type\":\"subscribe\",\"topics\":[\"{topic}\"]}}", url.trim_start_matches("http://"));
    let mut lines = BufReader::new(stdin()).lines();
    let (mut last, mut seq) = (None, 0);
    while let Ok(Some(line)) = lines.next_line().await {
        let seq_now = async || state.store.live_seqs().await.expect("numbers")[&agent].1;
        if line == "run" {
            let before = seq_now().await;
            for _ in 0..RUNS {
                let run = state
                    .runs
                    .accept_task_run(&scope, agent, Trigger::Api, &RunRequest::default())
                    .await
                    .expect("a run")
                    .id;
                last = loop {
                    let run = state.store.run(&scope, run).await.expect("the run");
                    if run.status.is_terminal() {
                        break Some(run);
                    }
                    sleep(Duration::from_millis(5)).await;
                };
            }
            seq = seq_now().await;
            println!("{}", seq - before);
        } else if let Some(run) = last.clone() {
            seq += 1;
            let message = ServerMessage::RunUpdate { topic, seq, data: Box::new(run), normal: None };
            let sent = now();
            state.hub.update(Channel::of(&scope, topic), &message);
            println!("{sent} {seq}");
        }
    }
}

/// Hands the frame to whoever is there.
async fn bare_socket(State(sender): State<broadcast::Sender<Utf8Bytes>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(move |mut socket| async move {
        let mut frames = sender.subscribe();
        let _ = socket.send(Out::text("{}")).await;
        while let Ok(frame) = frames.recv().await {
            if socket.send(Out::Text(frame)).await.is_err() {
                return;
            }
        }
    })
}

async fn bare() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    println!("{}\n{{}}", listener.local_addr().expect("an address"));
    let sender = broadcast::Sender::new(64);
    let router = Router::new().route("/api/ws", any(bare_socket)).with_state(sender.clone());
    let listener = listener.tap_io(|socket| socket.set_nodelay(true).expect("a socket"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let mut lines = BufReader::new(stdin()).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        match line.strip_prefix("send ") {
            None => println!("0"),
            Some(frame) => {
                let frame = Utf8Bytes::from(frame.to_owned());
                let seq = frame.split_once("\"seq\":").map_or("0", |(_, rest)| rest.split(',').next().unwrap_or("0"));
                let said = format!("{} {seq}", now());
                let _ = sender.send(frame);
                println!("{said}");
            }
        }
    }
}

/// Is one of the servers where this process was started to be one. Call it first thing in `main`.
pub async fn serve_if_asked() -> bool {
    let Ok(role) = std::env::var(ROLE) else { return false };
    file_limit::raise();
    match role.as_str() {
        BARE => bare().await,
        _ => runboard().await,
    }
    true
}
