//! How an execution is made to end early, and why.

use std::sync::{Arc, OnceLock};
use tokio_util::sync::CancellationToken;

/// Why an execution was cut short. The first reason given stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CutReason {
    /// A person asked for it.
    Stopped,
    /// It took longer than its agent allows.
    TimedOut,
    /// The lease expired or went to another worker: its result must not be written.
    LostLease,
    /// Its steps could not be recorded.
    Unrecorded,
    /// The server is ending.
    ShuttingDown,
}

/// One execution's cut: tripped once, seen by every clone.
#[derive(Clone, Debug, Default)]
pub struct Cut {
    token: CancellationToken,
    reason: Arc<OnceLock<CutReason>>,
}

impl Cut {
    /// Ends the execution. A second call changes nothing.
    pub fn trip(&self, reason: CutReason) {
        let _ = self.reason.set(reason);
        self.token.cancel();
    }

    /// Completes when the execution has been cut; at once if it already is.
    pub async fn tripped(&self) {
        self.token.cancelled().await;
    }

    /// Returns why it was cut, or `None` while it may go on.
    pub fn reason(&self) -> Option<CutReason> {
        self.reason.get().copied()
    }
}
