//! Which runs change, for those who look at runs of all agents: their ids, at most once a second. What the runs are like by now,
//! and whether they are among those that somebody wants, is read by whoever needs it.

use super::hub::{Channel, Hub};
use crate::domain::id::{OwnerId, RunId};
use crate::domain::live::{MOST_CHANGED, RunsPulse, ServerMessage, Topic};
use parking_lot::Mutex;
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::sleep;

/// Time between two messages.
const PACE: Duration = Duration::from_secs(1);

/// Runs that have changed since the last message, by owner; `None` where any may have.
#[derive(Default)]
pub(super) struct ChangedRuns {
    owners: Mutex<HashMap<OwnerId, Option<BTreeSet<RunId>>>>,
    some: Notify,
}

impl ChangedRuns {
    /// Called when a run of an owner has changed; without one, when any may have.
    pub fn changed(&self, owner: OwnerId, run: Option<RunId>) {
        let mut owners = self.owners.lock();
        let known = owners.entry(owner).or_insert_with(|| Some(BTreeSet::new()));
        match (known.as_mut(), run) {
            (Some(runs), Some(run)) if runs.len() < MOST_CHANGED || runs.contains(&run) => _ = runs.insert(run),
            _ => *known = None,
        }
        self.some.notify_one();
    }

    /// Called when it is not known what was missed.
    pub fn all_changed(&self, hub: &Hub) {
        for owner in hub.owners_of_runs() {
            self.changed(owner, None);
        }
    }

    fn take(&self) -> HashMap<OwnerId, Option<BTreeSet<RunId>>> {
        std::mem::take(&mut *self.owners.lock())
    }
}

/// Sends each owner's watchers what has changed, at most once a second.
pub(super) async fn keep(hub: &Hub, changed: &ChangedRuns) {
    loop {
        changed.some.notified().await;
        for (owner, runs) in changed.take() {
            let Some(scope) = hub.scope_of(Channel::Runs(owner)) else { continue };
            match hub.store().newest_run(&scope).await {
                Ok(newest) => {
                    let data = RunsPulse { newest, changed: runs.map(|runs| runs.into_iter().collect()) };
                    let (topic, server_now, data) = (Topic::Runs, hub.store().now(), Box::new(data));
                    hub.update(Channel::Runs(owner), &ServerMessage::RunsState { topic, server_now, data });
                }
                Err(error) => {
                    tracing::warn!(%error, "looking for the newest run");
                    changed.changed(owner, None);
                }
            }
        }
        sleep(PACE).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_runs_than_are_named_may_be_any() {
        let (changed, owner) = (ChangedRuns::default(), OwnerId(1));
        for id in 1..=MOST_CHANGED as i64 {
            changed.changed(owner, Some(RunId(id)));
            changed.changed(owner, Some(RunId(1)));
        }
        let runs = changed.take().remove(&owner).flatten().unwrap();
        assert_eq!((runs.len(), changed.take().len()), (MOST_CHANGED, 0));
        for id in 0..=MOST_CHANGED as i64 {
            changed.changed(owner, Some(RunId(id)));
        }
        assert_eq!(changed.take().get(&owner), Some(&None));
        changed.changed(owner, None);
        changed.changed(owner, Some(RunId(1)));
        assert_eq!(changed.take().get(&owner), Some(&None), "what is not known stays so");
    }
}
