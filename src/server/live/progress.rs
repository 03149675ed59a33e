//! How runs get on between their transitions, for those who watch one: its steps, and what is being written.

use super::hub::{Frame, Hub, to_json};
use crate::domain::live::{OutputDelta, ServerMessage, Topic};
use crate::server::markdown;
use crate::server::runs::events::{OutputPiece, Progress};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

/// Passes progress on until `closing`. Nothing is computed for a run that nobody watches.
pub(super) async fn relay(hub: Hub, mut progress: Receiver<Progress>, closing: CancellationToken) {
    loop {
        let heard = tokio::select! {
            heard = progress.recv() => heard,
            () = closing.cancelled() => return,
        };
        match heard {
            Ok(Progress::Step(step)) => {
                let topic = Topic::Run(step.run_id);
                if hub.is_watched(topic) {
                    let data = Box::new((*step).clone());
                    let blocks = step.said().map(|said| markdown::blocks(said, 0));
                    send(&hub, topic, &ServerMessage::StepUpdate { topic, data, blocks });
                }
            }
            Ok(Progress::Output(piece)) => {
                let topic = Topic::Run(piece.run);
                if hub.is_watched(topic) {
                    // A long text takes its time, which is not the other tasks'.
                    let delta = tokio::task::spawn_blocking(move || delta(&piece)).await;
                    if let Ok(Some(delta)) = delta {
                        send(&hub, topic, &ServerMessage::OutputDelta { topic, data: Box::new(delta) });
                    }
                }
            }
            Err(RecvError::Lagged(lost)) => {
                tracing::warn!(lost, "the relay of progress fell behind; watchers of runs get snapshots");
                hub.resync(|topic| matches!(topic, Topic::Run(_)));
            }
            Err(RecvError::Closed) => return,
        }
    }
}

fn send(hub: &Hub, topic: Topic, message: &ServerMessage) {
    hub.send(topic, Frame::Progress { json: to_json(message) });
}

/// A piece together with what it makes of the Markdown: only the last block known so far can still change. `None` when
/// the output has begun anew meanwhile: the piece is void, or stands in the record of its step.
fn delta(piece: &OutputPiece) -> Option<OutputDelta> {
    let written = piece.whole.get();
    let whole = Some(written.text.as_str()).filter(|_| (written.step, written.begun) == (piece.step, piece.begun))?;
    let text = whole.get(..piece.offset + piece.text.len())?;
    let kept = markdown::count_blocks(text.get(..piece.offset)?).saturating_sub(1);
    Some(OutputDelta {
        step: piece.step,
        offset: piece.offset as i64,
        text: piece.text.clone(),
        kept_blocks: kept as i64,
        blocks: markdown::blocks(text, kept),
    })
}
