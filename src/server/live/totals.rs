//! The figures of the last 24 hours, computed again after changes, at most once in 2 seconds, and only while somebody
//! looks at them.

use super::hub::Hub;
use crate::domain::live::{ServerMessage, Topic};
use crate::server::store::Store;
use crate::server::store::scope::Scope;
use std::time::Duration;
use tokio::time::Instant;

/// Time between two summaries.
const PACE: Duration = Duration::from_secs(2);

/// Whether the figures have changed since they were last sent.
#[derive(Default)]
pub struct Totals {
    changed: bool,
    last_sent: Option<Instant>,
}

impl Totals {
    /// A run or an agent has changed, or time has passed.
    pub fn mark(&mut self) {
        self.changed = true;
    }

    /// Completes when figures may be sent; never while nothing has changed.
    pub async fn due(&self) {
        match (self.changed, self.last_sent) {
            (false, _) => std::future::pending().await,
            (true, None) => {}
            (true, Some(sent)) => tokio::time::sleep_until(sent + PACE).await,
        }
    }

    /// Sends the figures as they are now.
    pub async fn flush(&mut self, hub: &Hub, store: &Store) {
        self.changed = false;
        self.last_sent = Some(Instant::now());
        if !hub.is_watched(Topic::Summary) {
            return;
        }
        match store.summary(&Scope::local_owner()).await {
            Ok(summary) => {
                let data = Box::new(summary);
                let message = ServerMessage::SummaryState { topic: Topic::Summary, server_now: store.now(), data };
                hub.update(Topic::Summary, &message);
            }
            Err(error) => {
                tracing::warn!(%error, "computing the figures of the last 24 hours");
                self.changed = true;
            }
        }
    }
}
