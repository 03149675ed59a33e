//! What the database needs though nobody asks: a look whether its files are still there, a proof that it stores again after
//! it did not, and a write-ahead log that does not stay as large as it once was.

use super::Store;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_secs(2);

/// Looks after the database until `closing`.
pub async fn keep(store: Store, closing: CancellationToken) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = closing.cancelled() => return,
        }
        if let Err(error) = store.writer.check_files() {
            store.health.failed(&error);
        } else if store.health.has_failed() {
            store.prove().await;
        } else if let Err(error) = store.writer.shrink_log().await {
            tracing::warn!(%error, "emptying the write-ahead log");
        }
    }
}
