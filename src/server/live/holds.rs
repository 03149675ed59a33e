//! Whether everything is on hold, for those who look at it: sent when it changes here, and found out every 2 seconds, since
//! other processes hold and release as well and what waits comes and goes.

use super::hub::{Channel, Hub};
use crate::domain::hold::HoldStatus;
use crate::domain::id::OwnerId;
use crate::domain::live::{ServerMessage, Topic};
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::timeout;

/// How often it is read while nothing is known to have changed.
const ROUND: Duration = Duration::from_secs(2);

/// Sends each owner's watchers whatever is new, until the engine is gone.
pub(super) async fn keep(hub: &Hub, mut changes: watch::Receiver<()>) {
    let mut sent: HashMap<OwnerId, HoldStatus> = HashMap::new();
    loop {
        let watched = hub.owners_of_holds();
        sent.retain(|owner, _| watched.contains(owner));
        for owner in watched {
            let Some(scope) = hub.scope_of(Channel::Hold(owner)) else { continue };
            match hub.store().hold_status(&scope).await {
                // The first that is read goes out too: a watcher's snapshot may be older.
                Ok(status) if sent.get(&owner) != Some(&status) => {
                    let (topic, server_now, data) = (Topic::Hold, hub.store().now(), Box::new(status.clone()));
                    hub.update(Channel::Hold(owner), &ServerMessage::HoldState { topic, server_now, data });
                    sent.insert(owner, status);
                }
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "looking whether everything is on hold"),
            }
        }
        // Whoever publishes is part of the engine, which outlives this.
        if let Ok(Err(_)) = timeout(ROUND, changes.changed()).await {
            std::future::pending::<()>().await;
        }
    }
}
