//! How many connections there may be at once: as many as there are files left for them.

use crate::server::file_limit;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

/// Files kept for all else at least: an eighth, within these bounds.
const KEPT: RangeInclusive<u64> = 64..=1_024;
/// Connections at most, whatever the system allows. Each takes about 10 kB.
const MOST: u64 = 50_000;
/// Connections at least, however few files there are: without any, nobody could be served at all.
pub(super) const LEAST: u64 = 16;
/// Fewer than these are worth a line in the log.
const EXPECTED: usize = 10_000;
/// Time between two lines in the log about refused connections.
const SAID: Duration = Duration::from_secs(60);

/// The places that connections take.
pub struct Places {
    free: Arc<Semaphore>,
    count: usize,
    /// Connections that are open, whatever is spoken on them.
    open: TaskTracker,
    said: Option<Instant>,
}

/// A connection's place. It is free again when this is dropped.
pub(super) struct Place {
    _permit: OwnedSemaphorePermit,
    _open: TaskTrackerToken,
}

impl Places {
    /// Returns as many as this process may have files for besides `kept`; where they are few, says so in the log.
    pub(super) fn by_file_limit(kept: u64) -> Self {
        let files = file_limit::files();
        let count = count(files, kept);
        if count < EXPECTED {
            tracing::warn!(
                connections = count,
                files,
                "the system allows few open files, so few connections are served at once; to have more, start the server \
                 with a higher limit: `ulimit -n 20000`, or LimitNOFILE=20000 in its systemd unit"
            );
        }
        Self::new(count)
    }

    /// Returns this many.
    pub fn new(count: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(count)), count, open: TaskTracker::new(), said: None }
    }

    /// Takes a place; `None` where all are taken, which the log says once a minute.
    pub(super) fn take(&mut self) -> Option<Place> {
        if let Ok(permit) = Arc::clone(&self.free).try_acquire_owned() {
            return Some(Place { _permit: permit, _open: self.open.token() });
        }
        if self.said.is_none_or(|said| said.elapsed() >= SAID) {
            self.said = Some(Instant::now());
            tracing::warn!(
                connections = self.count,
                "as many connections are open as the limit on open files allows (`ulimit -n`); more are refused with 503"
            );
        }
        None
    }

    /// Waits for a place; `None` when there will be none.
    pub(super) async fn next(&self) -> Option<Place> {
        let permit = Arc::clone(&self.free).acquire_owned().await.ok()?;
        Some(Place { _permit: permit, _open: self.open.token() })
    }

    /// Waits until every place has been left.
    pub(super) async fn left(self) {
        self.open.close();
        self.open.wait().await;
    }
}

fn count(files: u64, kept: u64) -> usize {
    let kept = (files / 8).clamp(*KEPT.start(), *KEPT.end()).max(kept);
    let count = files.saturating_sub(kept).clamp(LEAST, MOST);
    usize::try_from(count).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_kept_for_the_database_and_calls() {
        let places = |files| count(files, 207);
        assert_eq!([256, 1_024, 4_096, 20_000].map(places), [49, 817, 3_584, 18_976]);
        assert!(places(20_000) >= EXPECTED);
    }

    #[test]
    fn however_many_files_there_are_connections_are_neither_none_nor_endless() {
        let places = |files| count(files, 207);
        assert_eq!([0, 64, 207, 1 << 20, u64::MAX].map(places), [16, 16, 16, 50_000, 50_000]);
    }
}
