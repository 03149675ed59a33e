//! The test's own tools: a server on a real port, databases of both kinds, an executor that does as the test says.

pub mod app;
pub mod database;
pub mod owners;
pub mod postgres;
pub mod process;
pub mod socket;
pub mod stage;
pub mod subject;

use std::time::Duration;
use tokio::time::Instant;

/// How long a condition may take to come true: far more than it ever should, on a machine with much else to do.
pub const PATIENCE: Duration = Duration::from_secs(120);
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Waits until `look` returns something.
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let until = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < until, "never happened: {what}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
