//! The signs of life of a program: what it says, and whether it reads. Knows neither pipes nor the protocol.

use std::sync::atomic::{AtomicU64, Ordering};
use thiserror::Error;
use tokio_util::sync::CancellationToken;

/// The signs of life of a program.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    beats: AtomicU64,
    stuck: CancellationToken,
}

/// A message was not written: the program does not read. Nothing of what was asked has been done.
#[derive(Clone, Copy, Debug, Error)]
#[error("its program does not read what it is sent, and is begun again")]
pub(super) struct Unread;

impl Pulse {
    /// Takes note of something that the program has written, be it a message or not.
    pub(super) fn beat(&self) {
        self.beats.fetch_add(1, Ordering::Relaxed);
    }

    /// Returns a number that grows with all that the program writes.
    pub(super) fn beats(&self) -> u64 {
        self.beats.load(Ordering::Relaxed)
    }

    /// Takes note that the program has read nothing for too long.
    pub(super) fn stop(&self) {
        self.stuck.cancel();
    }

    pub(super) fn has_stopped(&self) -> bool {
        self.stuck.is_cancelled()
    }

    /// Waits until the program has read nothing for too long.
    pub(super) async fn stopped(&self) {
        self.stuck.cancelled().await;
    }
}
