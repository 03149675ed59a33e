//! A TCP server that sends exactly these bytes, and a model that asks it.

use super::*;
use crate::domain::finish::Finish;
use crate::server::clock::ManualClock;
use crate::server::work::model::{ChatEvent, ChatTurn, Echo, TokenUsage, ToolCall};
use crate::server::work::providers::Endpoint;
use futures::StreamExt;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// Fri, 27 Nov 2026 03:00:00 GMT
pub(in super::super) const NOW_MS: i64 = 1_795_748_400_000;
pub(in super::super) const KEY: &str = "sk-test-0123456789";

/// The handling of one connection after its request has been read.
#[derive(Clone, Default)]
struct Act {
    bytes: Vec<u8>,
    /// Sent for ever after `bytes`.
    endless: Option<Vec<u8>>,
    /// Whether the connection is held open until the other side closes it.
    holds: bool,
}

/// A server to be: one act per connection, the last one for all that follow.
pub(in super::super) struct Server {
    acts: Vec<Act>,
}

/// Responds to every request with these bytes and closes.
pub(in super::super) fn raw(bytes: impl Into<Vec<u8>>) -> Server {
    Server { acts: vec![Act { bytes: bytes.into(), ..Act::default() }] }
}

/// Responds with these server-sent events and closes.
pub(in super::super) fn sse(events: &[&str]) -> Server {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
    raw(format!("{head}{}", events.iter().map(|event| format!("{event}\n\n")).collect::<String>()))
}

impl Server {
    /// Serves the next connection as `other` says.
    pub(in super::super) fn then(mut self, other: Server) -> Self {
        self.acts.extend(other.acts);
        self
    }

    /// Goes on with `first`, then with `chunk` for ever.
    pub(in super::super) fn endless(mut self, first: Vec<u8>, chunk: Vec<u8>) -> Self {
        self.acts[0].bytes.extend(first);
        self.acts[0].endless = Some(chunk);
        self
    }

    /// Sends nothing more and holds the connection.
    pub(in super::super) fn holding(mut self) -> Self {
        self.acts[0].holds = true;
        self
    }

    pub(in super::super) async fn serve(self) -> Served {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/v1/", listener.local_addr().unwrap());
        let log = Arc::new(Log::default());
        let shared = Arc::clone(&log);
        let task = tokio::spawn(async move {
            for n in 0.. {
                let Ok((socket, _)) = listener.accept().await else { return };
                let act = self.acts[n.min(self.acts.len() - 1)].clone();
                tokio::spawn(play(socket, act, Arc::clone(&shared)));
            }
        });
        Served { base, log, task }
    }
}

#[derive(Default)]
struct Log {
    requests: Mutex<Vec<String>>,
    connected: Notify,
    closed: Notify,
}

/// A server at work; it ends when dropped.
pub(in super::super) struct Served {
    base: String,
    log: Arc<Log>,
    task: JoinHandle<()>,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Served {
    /// Returns a model whose `openai/…` is this server.
    pub(in super::super) fn model(&self) -> ProviderModel {
        let env = |name: &str| match name {
            "OPENAI_BASE_URL" => Some(self.base.clone()),
            "OPENAI_API_KEY" => Some(KEY.to_owned()),
            _ => None,
        };
        ProviderModel::new(ProvidersConfig::from_env(env).unwrap(), ManualClock::at(NOW_MS)).unwrap()
    }

    /// Asks this server in the protocol of `provider`.
    pub(in super::super) async fn ask(&self, provider: Provider) -> Collected {
        collect(&self.model_of(provider), call(&format!("{provider}/test"))).await
    }

    /// Returns a model whose `provider` is this server.
    pub(in super::super) fn model_of(&self, provider: Provider) -> ProviderModel {
        let endpoint = Endpoint { base: self.base.parse().unwrap(), key: KEY.into() };
        ProviderModel::new(ProvidersConfig::default().at(provider, endpoint), ManualClock::at(NOW_MS)).unwrap()
    }

    /// Returns the requests so far, head and body.
    pub(in super::super) fn requests(&self) -> Vec<String> {
        self.log.requests.lock().unwrap().clone()
    }

    /// Completes when a whole request has come.
    pub(in super::super) async fn connected(&self) {
        self.log.connected.notified().await;
    }

    /// Completes when the other side has closed a connection that was held.
    pub(in super::super) async fn closed(&self) {
        self.log.closed.notified().await;
    }
}

async fn play(mut socket: TcpStream, act: Act, log: Arc<Log>) {
    let request = read_request(&mut socket).await;
    log.requests.lock().unwrap().push(request);
    let _ = socket.write_all(&act.bytes).await;
    log.connected.notify_one();
    if let Some(chunk) = act.endless {
        while socket.write_all(&chunk).await.is_ok() {}
    }
    if act.holds {
        let _ = socket.read(&mut [0; 1]).await;
        log.closed.notify_one();
    }
    // Reading what is left before closing spares the other side a reset that would swallow the response.
    let _ = socket.shutdown().await;
}

async fn read_request(socket: &mut TcpStream) -> String {
    let mut request = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        match socket.read(&mut chunk).await {
            Ok(n @ 1..) => request.extend_from_slice(&chunk[..n]),
            _ => return text,
        }
    }
}

/// Returns a call with two messages of five words.
pub(in super::super) fn call(model: &str) -> ChatCall {
    ChatCall {
        model: model.to_owned(),
        turns: vec![ChatTurn::System("Be brief.".to_owned()), ChatTurn::User("What is new?".to_owned())],
        tools: [].into(),
        max_output_tokens: None,
        is_retry: false,
        attempt: 1,
    }
}

/// All of an answer.
#[derive(Debug, Default)]
pub(in super::super) struct Collected {
    pub(in super::super) text: String,
    pub(in super::super) pieces: usize,
    pub(in super::super) usage: Option<TokenUsage>,
    pub(in super::super) reasoning: String,
    pub(in super::super) calls: Vec<ToolCall>,
    pub(in super::super) echo: Option<Echo>,
    pub(in super::super) finish: Option<(Finish, Option<String>)>,
    pub(in super::super) served_model: Option<String>,
    pub(in super::super) error: Option<ModelError>,
}

pub(in super::super) async fn collect(model: &ProviderModel, call: ChatCall) -> Collected {
    let mut collected = Collected::default();
    let mut stream = match model.stream(call).await {
        Ok(stream) => stream,
        Err(error) => return Collected { error: Some(error), ..collected },
    };
    while let Some(event) = stream.next().await {
        assert!(collected.error.is_none() && collected.finish.is_none(), "nothing comes after the end");
        match event {
            Ok(ChatEvent::Text(text)) => {
                collected.text.push_str(&text);
                collected.pieces += 1;
            }
            Ok(ChatEvent::Reasoning(text)) => collected.reasoning.push_str(&text),
            Ok(ChatEvent::Unseen(_)) => {}
            Ok(ChatEvent::Usage(usage)) => collected.usage = Some(usage),
            Ok(ChatEvent::Finished(finished)) => {
                let finished = *finished;
                collected.finish = Some((finished.finish, finished.detail));
                (collected.calls, collected.echo) = (finished.calls, finished.echo);
                collected.served_model = finished.served_model;
            }
            Err(error) => collected.error = Some(error),
        }
    }
    collected
}
