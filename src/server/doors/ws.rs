//! The WebSocket door, `/api/ws`: one connection, many topics.

mod socket;

use super::caller::Caller;
use super::problem::Answer;
use crate::domain::id::AgentId;
use crate::domain::live::{ClientMessage, ServerMessage, Topic};
use crate::error::AppError;
use crate::server::live::feed::{self, Asked, FeedEnd};
use crate::server::live::frame::Frame;
use crate::server::state::AppState;
use crate::server::store::scope::Scope;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use futures::{Sink, SinkExt, Stream, StreamExt};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use socket::Socket;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::handshake::server::create_response_with_body;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

/// Messages that wait for a slow reader before its feeds pause.
const OUTBOX: usize = 64;
/// Largest message taken from a client, in bytes.
const MAX_MESSAGE: usize = 64 * 1024;
/// Bytes read at a time, which each connection has a buffer for. Clients send little but pings and topics.
const READ_BUFFER: usize = 1024;
/// Topics on one connection.
const MAX_TOPICS: usize = 100;
/// Agents whose rows a client may ask for by themselves.
const MAX_ROWS: usize = 200;
/// Unusable messages after which a connection is closed.
const MAX_ERRORS: u32 = 20;

/// How long a connection waits for a client that may have gone without a word.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How often the client is asked for a sign of life; every WebSocket client responds by itself.
    pub probe: Duration,
    /// How long it may give none, or take nothing.
    pub silence: Duration,
    /// How long a connection that ends waits for the client to take the last words, and to end it too.
    pub linger: Duration,
}

impl Patience {
    /// Two probes may be lost.
    const USUAL: Self =
        Self { probe: Duration::from_secs(30), silence: Duration::from_secs(75), linger: Duration::from_secs(2) };
}

/// Upgrades to a WebSocket. Host and Origin have been checked before.
///
/// # Errors
/// The request is no upgrade.
pub async fn upgrade(State(state): State<AppState>, Caller(scope): Caller, mut request: Request) -> Answer<Response> {
    let response = create_response_with_body(&request, Body::empty)
        .map_err(|error| AppError::malformed(format!("This address takes WebSockets only: {error}.")))?;
    let upgrade = request.extensions_mut().remove::<OnUpgrade>();
    let upgrade = upgrade.ok_or_else(|| AppError::malformed("This connection cannot become a WebSocket."))?;
    tokio::spawn(async move {
        match upgrade.await {
            Ok(connection) => {
                let socket = Socket::new(TokioIo::new(connection), config()).await;
                serve(state, scope, socket, Patience::USUAL).await;
            }
            Err(error) => tracing::debug!(%error, "a connection did not become a WebSocket"),
        }
    });
    Ok(response)
}

fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER)
        // Each message goes out at once.
        .write_buffer_size(0)
        // A frame that announces more is refused at its header, before any of it is waited for.
        .max_message_size(Some(MAX_MESSAGE))
        .max_frame_size(Some(MAX_MESSAGE))
}

/// One client's connection.
struct Connection {
    state: AppState,
    scope: Scope,
    out: mpsc::Sender<Frame>,
    feeds: HashMap<Topic, AbortHandle>,
    errors: u32,
}

/// Serves a connection until one of both ends it or the client is found to have gone.
pub async fn serve<S, E>(state: AppState, scope: Scope, socket: S, patience: Patience)
where
    S: Stream<Item = Result<Message, E>> + Sink<Message> + Send + 'static,
    E: Send,
{
    let (mut sink, mut stream) = socket.split();
    let (out, mut outbox) = mpsc::channel(OUTBOX);
    let closing = state.closing.clone();
    // Writing has a task of its own: a client that sends much and reads nothing must not stop us from reading.
    let mut writer = tokio::spawn(async move {
        let mut probe = tokio::time::interval(patience.probe);
        loop {
            let message = tokio::select! {
                frame = outbox.recv() => match frame.map(|frame: Frame| Utf8Bytes::try_from(frame.json())) {
                    Some(Ok(text)) => Message::Text(text),
                    // Not UTF-8, which JSON always is.
                    Some(Err(_)) => continue,
                    None => break,
                },
                _ = probe.tick() => Message::Ping(Default::default()),
                () = closing.cancelled() => {
                    let frame = CloseFrame { code: CloseCode::Away, reason: "the server is ending".into() };
                    let _ = timeout(patience.linger, sink.send(Message::Close(Some(frame)))).await;
                    break;
                }
            };
            if !matches!(timeout(patience.silence, sink.send(message)).await, Ok(Ok(()))) {
                break;
            }
        }
        // Whoever waits to write learns of the end now, even if the client does not read it.
        drop(outbox);
        let _ = sink.close().await;
    });
    let mut connection = Connection { state, scope, out, feeds: HashMap::new(), errors: 0 };
    while connection.errors < MAX_ERRORS {
        let text = tokio::select! {
            message = timeout(patience.silence, stream.next()) => match message {
                Ok(Some(Ok(Message::Text(text)))) => text,
                Ok(Some(Ok(Message::Binary(_)))) => {
                    connection.error("send text, not binary".to_owned(), None).await;
                    continue;
                }
                Ok(Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)))) => continue,
                Ok(Some(Ok(Message::Close(_)) | Err(_)) | None) | Err(_) => break,
            },
            () = connection.out.closed() => break,
        };
        connection.handle(&text).await;
    }
    for feed in connection.feeds.values() {
        feed.abort();
    }
    drop(connection);
    if timeout(patience.linger, &mut writer).await.is_err() {
        writer.abort();
    }
    // Messages that the client has still sent are read: a socket closed over unread bytes would take our last words
    // along.
    let _ = timeout(patience.linger, async { while let Some(Ok(_)) = stream.next().await {} }).await;
}

impl Connection {
    async fn handle(&mut self, text: &str) {
        match serde_json::from_str(text) {
            Ok(ClientMessage::Ping { message_id }) => {
                let server_now = self.state.store.now();
                self.send(&ServerMessage::Pong { server_now, message_id }).await;
            }
            Ok(ClientMessage::Subscribe { only: Some(only), message_id, .. }) if only.len() > MAX_ROWS => {
                self.error(format!("at most {MAX_ROWS} agents in \"only\""), message_id).await;
            }
            Ok(ClientMessage::Subscribe { topics, only, message_id }) => {
                let only: Option<Arc<[AgentId]>> = only.map(Arc::from);
                for topic in topics {
                    match topic.parse() {
                        Ok(topic) => {
                            let only = only.clone().filter(|_| topic == Topic::Agents);
                            self.subscribe(Asked { topic, only }, message_id.clone()).await;
                        }
                        Err(error) => self.error(error, message_id.clone()).await,
                    }
                }
            }
            Ok(ClientMessage::Unsubscribe { topics, message_id }) => {
                for topic in topics {
                    match topic.parse::<Topic>() {
                        Ok(topic) => drop(self.feeds.remove(&topic).map(|feed| feed.abort())),
                        Err(error) => self.error(error, message_id.clone()).await,
                    }
                }
            }
            Err(error) => {
                // The id is worth having even when the rest is not what it should be.
                let message_id = serde_json::from_str::<serde_json::Value>(text)
                    .ok()
                    .and_then(|value| value.get("message_id")?.as_str().map(str::to_owned));
                self.error(format!("not a message this server understands: {error}"), message_id).await;
            }
        }
    }

    /// Begins a feed. Subscribing again is how a client asks for a fresh snapshot.
    async fn subscribe(&mut self, asked: Asked, message_id: Option<String>) {
        let topic = asked.topic;
        if let Some(feed) = self.feeds.remove(&topic) {
            feed.abort();
        }
        self.feeds.retain(|_, feed| !feed.is_finished());
        if self.feeds.len() >= MAX_TOPICS {
            return self.error(format!("at most {MAX_TOPICS} topics on one connection"), message_id).await;
        }
        let (hub, snapshots, scope, out) =
            (self.state.hub.clone(), self.state.snapshots.clone(), self.scope, self.out.clone());
        let feed = tokio::spawn(async move {
            if let FeedEnd::Failed(error) = feed::run(&hub, &snapshots, &scope, asked, &out).await {
                let error = ServerMessage::Error { message: format!("{topic}: {error}"), message_id };
                let _ = out.send(Frame::of(&error)).await;
            }
        });
        self.feeds.insert(topic, feed.abort_handle());
    }

    async fn error(&mut self, message: String, message_id: Option<String>) {
        self.errors += 1;
        self.send(&ServerMessage::Error { message, message_id }).await;
    }

    async fn send(&self, message: &ServerMessage) {
        let _ = self.out.send(Frame::of(message)).await;
    }
}
