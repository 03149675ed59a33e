//! The figures of the last 24 hours, computed again after changes, at most once in 2 seconds, and only for those who look at
//! them.

use super::hub::{Channel, Hub};
use crate::domain::id::OwnerId;
use crate::domain::live::{ServerMessage, Topic};
use parking_lot::Mutex;
use std::collections::HashSet;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::sleep;

/// Time between two summaries.
const PACE: Duration = Duration::from_secs(2);

/// Owners whose figures may be others than those sent last.
#[derive(Default)]
pub(super) struct Figures {
    owners: Mutex<HashSet<OwnerId>>,
    some: Notify,
}

impl Figures {
    pub fn changed(&self, owner: OwnerId) {
        self.owners.lock().insert(owner);
        self.some.notify_one();
    }

    /// Called when time has passed, or it is not known what was missed.
    pub fn all_changed(&self, hub: &Hub) {
        for owner in hub.owners_of_figures() {
            self.changed(owner);
        }
    }

    fn take(&self) -> HashSet<OwnerId> {
        std::mem::take(&mut *self.owners.lock())
    }
}

/// Sends each owner's figures whenever they may have changed, at most once in 2 seconds.
pub(super) async fn keep(hub: &Hub, figures: &Figures) {
    loop {
        figures.some.notified().await;
        for owner in figures.take() {
            let Some(scope) = hub.scope_of(Channel::Summary(owner)) else { continue };
            match hub.store().summary(&scope).await {
                Ok(summary) => {
                    let (topic, server_now, data) = (Topic::Summary, hub.store().now(), Box::new(summary));
                    hub.update(Channel::Summary(owner), &ServerMessage::SummaryState { topic, server_now, data });
                }
                Err(error) => {
                    tracing::warn!(%error, "computing the figures of the last 24 hours");
                    figures.changed(owner);
                }
            }
        }
        sleep(PACE).await;
    }
}
