//! Writing down what has happened: tried for as long as the database cannot take it.
//!
//! Meanwhile the run stays registered with this process, so nobody here claims it again or takes it for abandoned. A write
//! whose confirmation was lost is tried again like the others; the store recognises its own.

use crate::server::backoff::Backoff;
use crate::server::store::error::{StoreError, StoreResult};
use parking_lot::{Mutex, MutexGuard};
use std::sync::Arc;
use std::time::{Duration, Instant};

const BACKOFF: Backoff = Backoff { first: Duration::from_millis(100), longest: Duration::from_secs(2) };
/// A run that was held up for less owes nothing to it.
const WORTH_SAYING: Duration = Duration::from_secs(1);

/// How long one run had to wait until what it did could be written down. Cheap to clone; every clone is the same.
#[derive(Clone, Debug, Default)]
pub struct Persistence(Arc<Mutex<Delay>>);

#[derive(Debug, Default)]
struct Delay {
    before: Duration,
    /// When the present wait began.
    since: Option<Instant>,
    because: &'static str,
}

impl Persistence {
    /// Writes until the database takes it. If the server ends before that, the run is recovered at the next start.
    ///
    /// # Errors
    /// The write cannot succeed however often it is tried.
    pub async fn until_stored<T, F>(&self, mut write: impl FnMut() -> F) -> StoreResult<Option<T>>
    where
        F: Future<Output = StoreResult<Option<T>>>,
    {
        let mut failures = 0;
        loop {
            match write().await {
                Err(error) if error.is_passing() => {
                    self.begin(&error);
                    failures += 1;
                    tokio::time::sleep(BACKOFF.pause(failures)).await;
                }
                written => {
                    self.end();
                    return written;
                }
            }
        }
    }

    /// Says in a sentence how long the run was held up and why; `None` when it is not worth saying.
    pub fn delay(&self) -> Option<String> {
        let delay = self.lock();
        let whole = delay.before + delay.since.map_or(Duration::ZERO, |since| since.elapsed());
        (whole >= WORTH_SAYING).then(|| {
            let (seconds, because) = (whole.as_secs(), delay.because);
            format!("For {seconds} s of that the server could not store what the run did, because {because}.")
        })
    }

    fn begin(&self, error: &StoreError) {
        let mut delay = self.lock();
        if delay.since.is_none() {
            tracing::warn!(%error, "waiting to write down what a run has done");
            delay.since = Some(Instant::now());
        }
        delay.because = match error {
            StoreError::DiskFull(_) => "the disk was full",
            StoreError::Storage(_) => "the database's files could not be written",
            StoreError::FileGone(_) => "the database's file was gone",
            StoreError::Refused(_) => "the database took no writes",
            StoreError::Unconfirmed(_) => "the database did not confirm that it was stored",
            _ => "the database was busy or out of reach",
        };
    }

    fn end(&self) {
        let mut delay = self.lock();
        if let Some(since) = delay.since.take() {
            delay.before += since.elapsed();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Delay> {
        self.0.lock()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::DbErr;
    use std::sync::atomic::{AtomicU32, Ordering};

    fn full() -> StoreError {
        StoreError::DiskFull(DbErr::Custom("no room".to_owned()))
    }

    #[tokio::test]
    async fn a_write_waits_for_room_and_says_so() {
        let (persistence, tries) = (Persistence::default(), AtomicU32::new(0));
        let written = persistence
            .until_stored(async || match tries.fetch_add(1, Ordering::SeqCst) {
                0..5 => Err(full()),
                _ => Ok(Some("stored")),
            })
            .await;
        assert_eq!((written.unwrap(), tries.into_inner()), (Some("stored"), 6));
        // Of five pauses, 3.1 seconds in all, half of each is left to chance: at least 1.55 seconds are worth saying.
        let said = persistence.delay().unwrap();
        assert!(said.starts_with("For ") && said.contains("because the disk was full"), "{said}");
    }

    #[tokio::test]
    async fn what_cannot_succeed_is_not_tried_again() {
        let persistence = Persistence::default();
        let written =
            persistence.until_stored(async || Err::<Option<()>, _>(StoreError::Conflict("no".to_owned()))).await;
        assert!(written.is_err());
        assert_eq!(persistence.delay(), None);
    }
}
