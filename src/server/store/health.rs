//! Whether what is accepted is stored: known from writes that were committed, and proved by one when none was lately.
//!
//! A write that fails makes the store unhealthy at once; only a write that is proved makes it healthy again.

use super::Store;
use super::error::{StoreError, StoreResult};
use sea_orm::{ConnectionTrait, DbBackend, DbErr};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, watch};
use tokio::time::timeout;

/// How long a committed write proves that the next one can be committed too.
const PROVED_FOR: Duration = Duration::from_secs(5);
/// How long whoever asks waits for a proof.
const PATIENCE: Duration = Duration::from_secs(2);

/// How the latest write went.
#[derive(Clone, Debug)]
enum Latest {
    /// No write yet.
    None,
    Committed(Instant),
    Failed {
        error: StoreError,
        /// When the first of the failures in a row was.
        since: Instant,
    },
}

pub(super) struct Health {
    latest: watch::Sender<Latest>,
    /// Held by whoever is proving.
    proving: Arc<Mutex<()>>,
    /// Changes when a proof has ended, however it did.
    proofs: watch::Sender<()>,
}

impl Default for Health {
    fn default() -> Self {
        Self { latest: watch::Sender::new(Latest::None), proving: Arc::default(), proofs: watch::Sender::new(()) }
    }
}

impl Health {
    /// Called when a transaction was committed. One that was taken back says nothing: it has needed no room.
    pub fn committed(&self) {
        // Not after a failure: this transaction may have changed nothing either. Then nobody is woken: it is no news.
        self.latest.send_if_modified(|latest| {
            let is_news = !matches!(latest, Latest::Failed { .. });
            if is_news {
                *latest = Latest::Committed(Instant::now());
            }
            is_news
        });
    }

    /// Called when a transaction ended with an error. Where the request was wrong, that says nothing of the database.
    pub fn erred(&self, error: &StoreError) {
        let is_damaged = matches!(error, StoreError::Damaged(_));
        if is_damaged || (error.is_passing() && !error.is_serialization()) {
            self.failed(error);
        }
    }

    /// Called when nothing can be stored.
    pub fn failed(&self, error: &StoreError) {
        self.latest.send_modify(|latest| {
            let since = match latest {
                Latest::Failed { since, .. } => *since,
                Latest::None | Latest::Committed(_) => {
                    tracing::error!(%error, "nothing can be stored");
                    Instant::now()
                }
            };
            *latest = Latest::Failed { error: error.clone(), since };
        });
    }

    fn proved(&self) {
        self.latest.send_modify(|latest| {
            if let Latest::Failed { since, .. } = latest {
                tracing::info!(after_s = since.elapsed().as_secs(), "the database stores again");
            }
            *latest = Latest::Committed(Instant::now());
        });
    }

    /// Whether the latest write failed.
    pub fn has_failed(&self) -> bool {
        matches!(*self.latest.borrow(), Latest::Failed { .. })
    }
}

impl Store {
    /// Whether what is written now is stored. At most one proving write is under way, however many ask.
    ///
    /// # Errors
    /// Why it would not be, or `Busy` when that cannot be found out within 2 s.
    pub async fn ready(&self) -> StoreResult<()> {
        self.writer.check_files()?;
        // Subscribed first, so that a proof that ends after this look is not missed.
        let (mut latest, mut proofs) = (self.health.latest.subscribe(), self.health.proofs.subscribe());
        let is_proved = |latest: &Latest| matches!(latest, Latest::Committed(at) if at.elapsed() < PROVED_FOR);
        if is_proved(&latest.borrow()) {
            return Ok(());
        }
        if let Ok(proving) = Arc::clone(&self.health.proving).try_lock_owned() {
            let store = self.clone();
            // On its own, so that it is not given up half-way when whoever asked has no more patience.
            tokio::spawn(async move {
                store.prove().await;
                drop(proving);
                store.health.proofs.send_replace(());
            });
        }
        // Writes that failed meanwhile may have begun before there was room again: the proof decides.
        let known = async {
            tokio::select! {
                _ = latest.wait_for(is_proved) => {}
                _ = proofs.changed() => {}
            }
        };
        let _ = timeout(PATIENCE, known).await;
        match &*self.health.latest.borrow() {
            Latest::Committed(at) if at.elapsed() < PROVED_FOR => Ok(()),
            Latest::Failed { error, .. } => Err(error.clone()),
            Latest::None | Latest::Committed(_) => {
                Err(StoreError::Busy(DbErr::Custom("a write is taking longer than 2 s".to_owned())))
            }
        }
    }

    /// Commits a write that changes nothing of what is stored, but goes all the way to the disk.
    pub(super) async fn prove(&self) {
        let sql = match self.backend() {
            DbBackend::Postgres => "SELECT pg_logical_emit_message(TRUE, 'runboard', 'a proof that writes are stored')",
            // Not used for anything; SQLite writes its page even when the number stays the same.
            _ => "PRAGMA user_version = 0",
        };
        let proof =
            self.write(|txn, _| Box::pin(async move { Ok(txn.execute_unprepared(sql).await.map(drop)?) })).await;
        match proof {
            Ok(()) => self.health.proved(),
            // Whatever prevented it: it was asked for nothing that could be wrong.
            Err(error) => self.health.failed(&error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::clock::ManualClock;
    use crate::server::config::database::DatabaseConfig;
    use crate::server::store::writer::Writer;
    use futures::poll;
    use std::pin::pin;

    fn full() -> StoreError {
        StoreError::DiskFull(DbErr::Custom("no room".to_owned()))
    }

    #[test]
    fn after_a_failure_only_a_proof_counts() {
        let health = Health::default();
        health.committed();
        assert!(!health.has_failed());
        health.erred(&full());
        assert!(health.has_failed());
        health.committed();
        assert!(health.has_failed(), "that transaction may have been empty");
        health.proved();
        assert!(!health.has_failed());
    }

    /// However many other writes succeed and fail while it is under way.
    #[tokio::test]
    async fn whoever_asks_waits_for_the_proof() {
        let dir = tempfile::TempDir::new().unwrap();
        let config = DatabaseConfig::at(&format!("sqlite://{}", dir.path().join("runboard.db").display())).unwrap();
        let store = Store::open(&config, ManualClock::at(0)).await.unwrap();
        let Writer::Sqlite(sqlite) = &*store.writer else { panic!() };
        store.health.failed(&full());
        let turn = sqlite.solo().await.unwrap();
        let mut ready = pin!(store.ready());
        assert!(poll!(&mut ready).is_pending());
        store.health.committed();
        store.health.erred(&full());
        assert!(poll!(&mut ready).is_pending(), "the proof waits for its turn");
        turn.keep();
        ready.await.unwrap();
    }

    #[test]
    fn what_was_asked_wrongly_says_nothing_of_the_database() {
        let health = Health::default();
        health.erred(&StoreError::Conflict("it is over".to_owned()));
        health.erred(&StoreError::Db(DbErr::RecordNotInserted));
        assert!(!health.has_failed());
        health.erred(&StoreError::Damaged(DbErr::Custom("malformed".to_owned())));
        assert!(health.has_failed(), "that does say something");
    }
}
