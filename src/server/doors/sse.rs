//! Server-sent events, `/api/agents/{id}/events`: the stream of `agent:{id}` for curl and scripts.

use super::caller::Caller;
use super::problem::Problem;
use super::rest::extract::Id;
use crate::domain::id::AgentId;
use crate::domain::live::Topic;
use crate::server::live::feed::{self, FeedEnd};
use crate::server::live::frame::Frame;
use crate::server::state::AppState;
use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures::{Stream, StreamExt, stream};
use std::convert::Infallible;
use std::future::ready;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

/// Messages that wait for a slow reader before the feed pauses.
const OUTBOX: usize = 64;

/// How long a client is asked to wait before it comes back to a server that is ending.
const BACK_IN: Duration = Duration::from_secs(2);

/// Streams an agent's snapshot and updates. Each event is named by its `type` and carries `seq` as its id. When the server
/// ends, the last event says so and when to come back (`retry`, HTML Standard, 9.2.6).
///
/// # Errors
/// 404 when there is no such agent.
pub async fn events(
    State(state): State<AppState>,
    Caller(scope): Caller,
    Id(agent): Id<AgentId>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    // Before the stream begins there is still a status to respond with.
    state.store.require_agent(&scope, agent).await?;
    let (out, outbox) = mpsc::channel(OUTBOX);
    let closing = state.closing.clone();
    tokio::spawn(async move {
        let end = feed::run(&state.hub, &state.snapshots, &scope, Topic::Agent(agent).into(), &out).await;
        if let FeedEnd::Failed(error) = end {
            tracing::debug!(%agent, %error, "an event stream ended");
        }
    });
    let frames = ReceiverStream::new(outbox).take_until(closing.clone().cancelled_owned()).map(|frame| event(&frame));
    let last = stream::once(async move { closing.is_cancelled().then(farewell) }).filter_map(ready);
    Ok(Sse::new(frames.chain(last).map(Ok)).keep_alive(KeepAlive::default()))
}

fn event(frame: &Frame) -> Event {
    let event = Event::default().event(frame.kind()).data(frame.text());
    match frame.seq() {
        Some(seq) => event.id(seq.to_string()),
        None => event,
    }
}

/// Returns the last event of a server that is ending.
fn farewell() -> Event {
    Event::default().event("closing").retry(BACK_IN).data(r#"{"type":"closing","message":"the server is ending"}"#)
}
