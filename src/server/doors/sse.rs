//! Server-sent events, `/api/agents/{id}/events`: the stream of `agent:{id}` for curl and scripts.

use super::caller::Caller;
use super::problem::Problem;
use super::rest::extract::Id;
use crate::domain::id::AgentId;
use crate::domain::live::Topic;
use crate::server::live::feed::{self, FeedEnd};
use crate::server::state::AppState;
use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures::{Stream, StreamExt};
use std::convert::Infallible;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

/// Messages that wait for a slow reader before the feed pauses.
const OUTBOX: usize = 64;

/// Streams an agent's snapshot and updates. Each event is named by its `type` and carries `seq` as its id.
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
        let end = feed::run(&state.hub, &state.snapshots, &scope, Topic::Agent(agent), &out).await;
        if let FeedEnd::Failed(error) = end {
            tracing::debug!(%agent, %error, "an event stream ended");
        }
    });
    let events = ReceiverStream::new(outbox).take_until(closing.cancelled_owned()).map(|frame| {
        let event = Event::default().event(frame.kind).data(frame.text());
        Ok(match frame.seq {
            Some(seq) => event.id(seq.to_string()),
            None => event,
        })
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}
