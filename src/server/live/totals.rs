//! The figures of the last 24 hours, computed again after changes, at most once in 2 seconds, and only while somebody
//! looks at them.

use super::hub::Hub;
use crate::domain::live::{ServerMessage, Topic};
use crate::server::store::scope::Scope;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::sleep;

/// Time between two summaries.
const PACE: Duration = Duration::from_secs(2);

/// Sends the figures whenever `changed` says that they may be others, at most one in 2 seconds.
pub(super) async fn keep(hub: &Hub, changed: &Notify) {
    loop {
        changed.notified().await;
        while hub.is_watched(Topic::Summary) {
            match hub.store().summary(&Scope::local_owner()).await {
                Ok(summary) => {
                    let (server_now, data) = (hub.store().now(), Box::new(summary));
                    hub.update(
                        Topic::Summary,
                        &ServerMessage::SummaryState { topic: Topic::Summary, server_now, data },
                    );
                    break;
                }
                Err(error) => {
                    tracing::warn!(%error, "computing the figures of the last 24 hours");
                    sleep(PACE).await;
                }
            }
        }
        sleep(PACE).await;
    }
}
