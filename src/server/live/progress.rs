//! How runs get on between their transitions, for those who watch one: its steps, and what is being written.

mod paced;

use super::frame::Frame;
use super::hub::{Channel, Hub, News};
use crate::domain::id::RunId;
use crate::domain::live::{ServerMessage, Topic};
use crate::server::aside::{self, Panicked};
use crate::server::markdown;
use crate::server::runs::events::Progress;
use paced::Paced;
use std::collections::HashMap;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

/// Passes progress on until `closing`. Nothing is computed for a run that nobody watches.
pub(super) async fn relay(hub: Hub, mut progress: Receiver<Progress>, closing: CancellationToken) {
    // Something may have been said before.
    hub.resync(|channel| matches!(channel, Channel::Run(_)));
    // The output of runs that are watched, while it is written.
    let mut outputs: HashMap<RunId, Paced> = HashMap::new();
    loop {
        let due = outputs.iter().filter_map(|(run, output)| Some((output.due()?, *run))).min();
        let heard = tokio::select! {
            heard = progress.recv() => heard,
            run = waited(due) => {
                tell(&hub, &mut outputs, run).await;
                continue;
            }
            () = closing.cancelled() => return,
        };
        match heard {
            Ok(Progress::Step(step)) => {
                // Its last words come before its record.
                tell(&hub, &mut outputs, step.run_id).await;
                let (run, topic) = (step.run_id, Topic::Run(step.run_id));
                if hub.is_watched(Channel::Run(run)) {
                    let frame = aside::caught(move || {
                        let blocks = step.said.as_deref().map(markdown::blocks);
                        Frame::of(&ServerMessage::StepUpdate { topic, data: Box::new((*step).clone()), blocks })
                    });
                    send(&hub, run, frame.await);
                }
            }
            Ok(Progress::Output(piece)) => {
                let run = piece.run;
                match hub.is_watched(Channel::Run(run)) {
                    true => outputs.entry(run).or_default().take(piece),
                    false => drop(outputs.remove(&run)),
                }
                // Runs that have ended or are no longer watched.
                outputs.retain(|run, output| output.due().is_some() || hub.is_watched(Channel::Run(*run)));
            }
            Err(RecvError::Lagged(lost)) => {
                tracing::warn!(lost, "the relay of progress fell behind; watchers of runs get snapshots");
                hub.resync(|channel| matches!(channel, Channel::Run(_)));
            }
            Err(RecvError::Closed) => return,
        }
    }
}

/// Returns the run that is due, once it is.
async fn waited(due: Option<(Instant, RunId)>) -> RunId {
    match due {
        Some((at, run)) => {
            sleep_until(at).await;
            run
        }
        None => std::future::pending().await,
    }
}

/// Sends what a run has written since it was sent last, if anything.
async fn tell(hub: &Hub, outputs: &mut HashMap<RunId, Paced>, run: RunId) {
    let topic = Topic::Run(run);
    if outputs.get(&run).is_none_or(|output| output.due().is_none()) {
        return;
    }
    let Some(mut output) = outputs.remove(&run) else { return };
    // A long text takes its time, which is not the other tasks'.
    let made = aside::caught(move || {
        let delta = output.delta();
        let frame = delta.map(|delta| Frame::of(&ServerMessage::OutputDelta { topic, data: Box::new(delta) }));
        (output, frame)
    });
    match made.await {
        Ok((output, frame)) => {
            if let Some(frame) = frame {
                send(hub, run, Ok(frame));
            }
            outputs.insert(run, output);
        }
        Err(panicked) => send(hub, run, Err(panicked)),
    }
}

/// Sends a frame. Where making it panicked, those who watch get a snapshot in its stead, and all others notice nothing.
fn send(hub: &Hub, run: RunId, frame: Result<Frame, Panicked>) {
    match frame {
        Ok(frame) => hub.send(Channel::Run(run), News::Progress(frame)),
        Err(error) => {
            tracing::error!(%run, %error, "making a live update");
            hub.send(Channel::Run(run), News::Resync);
        }
    }
}
