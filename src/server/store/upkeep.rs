//! Looks after the database though nobody asks: whether its files are still there, whether it stores again after it did not,
//! and that its write-ahead log does not stay as large as it once was.

use super::Store;
use super::error::StoreResult;
use crate::server::tasks::Tasks;
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(2);

/// Looks after the database from now on.
pub fn start(store: &Store, tasks: &Tasks) {
    let store = store.clone();
    tasks.every("database upkeep", EVERY, move || {
        let store = store.clone();
        async move { store.look_after().await }
    });
}

impl Store {
    async fn look_after(&self) -> StoreResult<()> {
        if let Err(error) = self.writer.check_files() {
            self.health.failed(&error);
        } else if self.health.has_failed() {
            self.prove().await;
        } else {
            self.writer.shrink_log().await?;
        }
        Ok(())
    }
}
