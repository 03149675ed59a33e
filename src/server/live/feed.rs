//! One watcher's feed of one topic: a snapshot first, then updates in order; a snapshot again whenever some are
//! missing. The WebSocket and SSE both send it.

use super::frame::Frame;
use super::hub::{Hub, News};
use crate::domain::id::AgentId;
use crate::domain::live::{Deleted, ServerMessage, Topic};
use crate::error::AppError;
use crate::server::reads::snapshots::Snapshots;
use crate::server::store::error::{StoreError, StoreResult};
use crate::server::store::scope::Scope;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;

/// Pause before a snapshot is tried again while the database cannot be read.
const PAUSE: Duration = Duration::from_millis(500);

/// How often a run that another process executes is read again.
const ELSEWHERE: Duration = Duration::from_secs(2);

/// How a feed ended.
#[derive(Debug)]
pub enum FeedEnd {
    /// The watcher has gone.
    Gone,
    /// The thing was deleted; the watcher has been sent the news.
    Deleted,
    /// The thing is not there, or the server cannot read it.
    Failed(AppError),
}

/// A watcher's subscription.
#[derive(Clone, Debug)]
pub struct Asked {
    pub topic: Topic,
    /// Of `agents`, the rows of these agents alone; `None` for all.
    pub only: Option<Arc<[AgentId]>>,
}

impl From<Topic> for Asked {
    fn from(topic: Topic) -> Self {
        Self { topic, only: None }
    }
}

/// Feeds a topic into `out` until the watcher goes or the thing does. A watcher that reads slowly holds nobody up: this
/// waits, falls behind, and continues with a snapshot. Things outside of its scope do not exist for it: nothing is
/// passed on before a snapshot was read within the scope.
pub async fn run(hub: &Hub, snapshots: &Snapshots, scope: &Scope, asked: Asked, out: &mpsc::Sender<Frame>) -> FeedEnd {
    let Asked { topic, only } = asked;
    let mut has_complained = false;
    let mut last_known = None;
    loop {
        // Watch before reading: what is committed after the snapshot is then in the channel.
        let mut news = match &only {
            Some(only) => hub.watch_rows(scope, only),
            None => hub.watch(scope, topic),
        };
        // Boxed: reading takes many times the memory of watching, and watching goes on for hours.
        let snapshot = match Box::pin(read(snapshots, scope, topic, only.as_deref())).await {
            Ok(snapshot) => snapshot,
            Err(error) if error.is_passing() => {
                // Being busy passes by itself; the rest is reported to the watcher once.
                if !matches!(error, StoreError::Busy(_)) && !std::mem::replace(&mut has_complained, true) {
                    let message = format!("{topic}: {}", AppError::from(error));
                    let _ = out.send(Frame::of(&ServerMessage::Error { message, message_id: None })).await;
                }
                tokio::time::sleep(PAUSE).await;
                continue;
            }
            Err(error) => {
                return match (topic, last_known, error) {
                    // It was there: it is being deleted, and readers no longer find it while its runs come to their ends.
                    (Topic::Agent(id), Some(known), StoreError::NoAgent(_)) => {
                        let gone = ServerMessage::AgentDeleted { topic, seq: known + 1, data: Deleted { id } };
                        let _ = out.send(Frame::of(&gone)).await;
                        FeedEnd::Deleted
                    }
                    (_, _, error) => FeedEnd::Failed(error.into()),
                };
            }
        };
        if let ServerMessage::RunState { data, .. } = &snapshot {
            hub.belongs_to(data.run.id, data.run.agent_id);
        }
        let mut known = snapshot.seq().unwrap_or_default();
        let elsewhere = snapshots.is_executed_elsewhere(&snapshot);
        let frame = Frame::of(&snapshot);
        drop(snapshot);
        if out.send(frame).await.is_err() {
            return FeedEnd::Gone;
        }
        loop {
            let heard = tokio::select! {
                heard = news.recv() => heard,
                () = out.closed() => return FeedEnd::Gone,
                () = tokio::time::sleep(ELSEWHERE), if elsewhere => break,
            };
            match heard {
                Ok(News::Update(frame)) => {
                    let seq = frame.seq().unwrap_or_default();
                    // Only an agent's topic carries every number: a run skips its siblings, the others mix agents.
                    let contiguous = matches!(topic, Topic::Agent(_));
                    if matches!(topic, Topic::Agent(_) | Topic::Run(_)) && seq <= known {
                        continue;
                    }
                    if contiguous && seq > known + 1 {
                        break;
                    }
                    known = seq;
                    if out.send(frame).await.is_err() {
                        return FeedEnd::Gone;
                    }
                }
                // Orders itself: a step by its revision, output by its offset.
                Ok(News::Progress(frame)) => {
                    if out.send(frame).await.is_err() {
                        return FeedEnd::Gone;
                    }
                }
                Ok(News::Deleted(frame)) => {
                    let _ = out.send(frame).await;
                    return FeedEnd::Deleted;
                }
                Ok(News::Resync) | Err(RecvError::Lagged(_)) => break,
                Err(RecvError::Closed) => return FeedEnd::Gone,
            }
        }
        last_known = Some(known);
    }
}

async fn read(
    snapshots: &Snapshots,
    scope: &Scope,
    topic: Topic,
    only: Option<&[AgentId]>,
) -> StoreResult<ServerMessage> {
    match only {
        Some(only) => snapshots.rows(scope, only).await,
        None => snapshots.read(scope, topic).await,
    }
}
