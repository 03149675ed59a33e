//! Clients of `/api/ws` that have gone without a word: asleep, cut off, or stuck.

use crate::support::app::TestApp;
use crate::support::{PATIENCE, eventually};
use futures::channel::mpsc::{Receiver, Sender, channel};
use futures::{Sink, SinkExt, Stream, StreamExt, sink, stream};
use runboard::domain::id::{AgentId, OwnerId};
use runboard::server::doors::ws::{Patience, serve};
use runboard::server::live::hub::Channel;
use runboard::server::store::scope::Scope;
use serde_json::json;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;

/// Long enough for a client that responds, short enough for a test.
const SHORT: Patience =
    Patience { probe: Duration::from_millis(100), silence: Duration::from_secs(3), linger: Duration::from_millis(100) };

/// The server's end of a connection, made of two channels.
struct Wire {
    from_client: Receiver<Message>,
    to_client: Sender<Message>,
}

impl Stream for Wire {
    type Item = Result<Message, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.from_client.poll_next_unpin(context).map(|message| message.map(Ok))
    }
}

impl Sink<Message> for Wire {
    type Error = <Sender<Message> as Sink<Message>>::Error;

    fn poll_ready(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.to_client.poll_ready_unpin(context)
    }

    fn start_send(mut self: Pin<&mut Self>, message: Message) -> Result<(), Self::Error> {
        self.to_client.start_send_unpin(message)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.to_client.poll_flush_unpin(context)
    }

    fn poll_close(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.to_client.poll_close_unpin(context)
    }
}

/// Returns a client that watches an agent, and the server's task for it.
async fn watching(app: &TestApp, agent: i64) -> (Sender<Message>, Receiver<Message>, JoinHandle<()>) {
    let (mut say, from_client) = channel(8);
    let (to_client, mut hear) = channel(8);
    let scope = Scope::of(OwnerId::LOCAL);
    let served = tokio::spawn(serve(app.state.clone(), scope, Wire { from_client, to_client }, SHORT));
    let subscribe = json!({ "type": "subscribe", "topics": [format!("agent:{agent}")] });
    say.send(Message::text(subscribe.to_string())).await.unwrap();
    while !matches!(hear.next().await.unwrap(), Message::Text(text) if text.contains("agent_state")) {}
    (say, hear, served)
}

async fn is_dropped(app: &TestApp, agent: i64, served: JoinHandle<()>) {
    tokio::time::timeout(PATIENCE, served).await.expect("the connection goes on").unwrap();
    let channel = Channel::Agent(OwnerId::LOCAL, AgentId(agent));
    eventually("its feed ends", async || (!app.state.hub.is_watched(channel)).then_some(())).await;
}

#[tokio::test]
async fn a_client_that_gives_no_sign_of_life_is_dropped() {
    let app = TestApp::start().await;
    let agent = app.agent("quick").await;
    let (_say, hear, served) = watching(&app, agent).await;
    // It takes whatever comes, as a network does whose far end is gone.
    let taken = tokio::spawn(hear.map(Ok).forward(sink::drain()));
    is_dropped(&app, agent, served).await;
    taken.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_client_that_talks_and_takes_nothing_is_dropped() {
    let app = TestApp::start().await;
    let agent = app.agent("quick").await;
    let (mut say, _hear, served) = watching(&app, agent).await;
    // Every ping calls for a response, and none is taken.
    let mut pings = stream::repeat_with(|| Ok(Message::text(r#"{"type":"ping"}"#)));
    let talking = tokio::spawn(async move { say.send_all(&mut pings).await });
    is_dropped(&app, agent, served).await;
    assert!(talking.await.unwrap().is_err(), "nobody listens any more");
}

#[tokio::test]
async fn a_client_that_only_answers_probes_stays() {
    let app = TestApp::start().await;
    let agent = app.agent("quick").await;
    let (mut say, mut hear, served) = watching(&app, agent).await;
    // As many probes as take more than twice the patience.
    for _ in 0..2 * SHORT.silence.as_millis() / SHORT.probe.as_millis() {
        while !matches!(hear.next().await.expect("the connection stays"), Message::Ping(_)) {}
        say.send(Message::Pong(Default::default())).await.unwrap();
    }
    assert!(app.state.hub.is_watched(Channel::Agent(OwnerId::LOCAL, AgentId(agent))));
    drop(say);
    is_dropped(&app, agent, served).await;
}
