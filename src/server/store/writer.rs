//! Turns to write, and the connection for it. Knows no statements.
//!
//! SQLite has one connection that writes. After a statement or COMMIT that failed (no room, an I/O error), SQLite may have
//! rolled back by itself, while the driver still counts itself inside a transaction: whatever came next would be a
//! savepoint that nobody ever commits. So a turn takes the connection out of its place, and puts it back only when it is
//! known to be outside of any transaction. In all other cases, a caller that went away included, it is closed, and the next
//! turn opens another.

use super::connect::ACQUIRE_TIMEOUT;
use super::error::{StoreError, StoreResult};
use super::generation::Generations;
use super::pool::{Pool, Purpose, Sessions};
use super::sqlite::{MAX_IDLE_LOG, SqliteConnections, WRITE_CACHE};
use crate::server::database_file::PinnedFiles;
use sea_orm::{ConnAcquireErr, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, Statement};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::timeout;

/// How long emptying the log may wait for readers, and hold up those who write.
const ANCHOR_PATIENCE: Duration = Duration::from_millis(100);

pub(super) enum Writer {
    Sqlite(Sqlite),
    /// The pool, which serves everybody.
    Postgres(Pool),
}

pub(super) struct Sqlite {
    /// How the connection is opened again.
    again: SqliteConnections,
    /// Empty while a turn lasts and after one that failed.
    place: Mutex<Option<Pool>>,
    files: Arc<PinnedFiles>,
    generations: Arc<Generations>,
    /// Stays open, so that SQLite has no reason to remove the write-ahead log while all others are replaced; empties it.
    anchor: DatabaseConnection,
}

/// The right to write: on SQLite one at a time.
pub(super) struct Turn<'w> {
    connection: Pool,
    place: Option<MutexGuard<'w, Option<Pool>>>,
    /// Of SQLite.
    generations: Option<&'w Generations>,
}

impl Writer {
    /// Opens the one connection of a SQLite file that writes, and pins the file for all others.
    pub async fn sqlite(url: &str, path: &Path) -> StoreResult<(Self, Arc<PinnedFiles>)> {
        let connections = SqliteConnections::new(url, 1).caching(WRITE_CACHE);
        let connection = connections.open().await?;
        let anchor = connections.clone().waiting(ANCHOR_PATIENCE).open().await?;
        // The first read makes the log and its index, if they are not there yet.
        anchor.execute_unprepared("SELECT COUNT(*) FROM sqlite_schema").await?;
        let files = PinnedFiles::of(path).map_err(|error| StoreError::Storage(DbErr::Custom(error.to_string())))?;
        let files = Arc::new(files);
        let again = connections.to(Arc::clone(&files));
        let place = Mutex::new(Some(one(connection)));
        let generations = Arc::default();
        Ok((Self::Sqlite(Sqlite { again, place, files: Arc::clone(&files), generations, anchor }), files))
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// `Busy` when those before take too long; on SQLite, its files are gone or cannot be opened again.
    pub async fn turn(&self) -> StoreResult<Turn<'_>> {
        match self {
            Self::Postgres(pool) => Ok(Turn { connection: pool.clone(), place: None, generations: None }),
            Self::Sqlite(Sqlite { again, place, generations, .. }) => {
                let waited = timeout(ACQUIRE_TIMEOUT, place.lock()).await;
                self.check_files()?;
                let mut place = waited.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?;
                let connection = match place.take() {
                    Some(connection) => connection,
                    None => one(again.open().await?),
                };
                Ok(Turn { connection, place: Some(place), generations: Some(generations) })
            }
        }
    }

    /// Returns the count of commits; `None` where other processes write too.
    pub fn generations(&self) -> Option<&Generations> {
        match self {
            Self::Sqlite(sqlite) => Some(&sqlite.generations),
            Self::Postgres(_) => None,
        }
    }

    /// # Errors
    /// `FileGone`.
    pub fn check_files(&self) -> StoreResult<()> {
        match self {
            Self::Sqlite(sqlite) => match sqlite.files.missing() {
                Some(file) => Err(StoreError::FileGone(file.to_owned())),
                None => Ok(()),
            },
            Self::Postgres(_) => Ok(()),
        }
    }

    /// Empties SQLite's write-ahead log if it has grown beyond what it needs. Leaves it as it is while readers are in the
    /// way.
    ///
    /// # Errors
    /// The log's contents cannot be written to the database's file.
    pub async fn shrink_log(&self) -> StoreResult<()> {
        let Self::Sqlite(Sqlite { files, anchor, .. }) = self else { return Ok(()) };
        // Most of it is brought over while others go on reading and writing.
        if files.wal_size() <= MAX_IDLE_LOG || !checkpoint(anchor, "PASSIVE").await? {
            return Ok(());
        }
        let turn = self.turn().await?;
        checkpoint(anchor, "TRUNCATE").await?;
        turn.keep();
        Ok(())
    }

    /// Closes the connections that write once the present turn is over.
    pub async fn close(&self) {
        let connections = match self {
            Self::Postgres(pool) => [Some(pool.connections().clone()), None],
            Self::Sqlite(Sqlite { place, anchor, .. }) => {
                [place.lock().await.take().map(|pool| pool.connections().clone()), Some(anchor.clone())]
            }
        };
        for connection in connections.into_iter().flatten() {
            if let Err(error) = connection.close().await {
                tracing::warn!(%error, "closing the database");
            }
        }
    }
}

/// Returns the one connection to a SQLite file that writes.
fn one(connection: DatabaseConnection) -> Pool {
    Pool::new(connection, Sessions::Own, ACQUIRE_TIMEOUT)
}

/// Writes the log's contents to the database's file; returns whether that was all of it.
async fn checkpoint(connection: &DatabaseConnection, mode: &str) -> StoreResult<bool> {
    let pragma = Statement::from_string(DbBackend::Sqlite, format!("PRAGMA wal_checkpoint({mode})"));
    let Some(row) = connection.query_one_raw(pragma).await? else { return Ok(false) };
    let (log, brought_over): (i32, i32) = (row.try_get("", "log")?, row.try_get("", "checkpointed")?);
    Ok(log == brought_over)
}

impl Turn<'_> {
    /// Returns the connection that writes, of SQLite.
    pub fn connection(&self) -> &DatabaseConnection {
        self.connection.connections()
    }

    /// Begins a transaction. On SQLite it takes the write lock at once, so it cannot fail half-way because somebody else has
    /// it.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        self.connection.begin(Purpose::Write).await
    }

    /// Called when the connection is outside of any transaction: the next turn may have it.
    pub fn keep(self) {
        if let Some(mut place) = self.place {
            *place = Some(self.connection);
        }
    }

    /// Called when BEGIN has failed. Where that is because somebody else holds the write lock, nothing has happened to
    /// the connection.
    pub fn not_begun(self, error: DbErr) -> StoreError {
        let error = StoreError::from(error);
        if error.is_sqlite_lock() {
            self.keep();
        }
        error
    }

    pub async fn commit(self, txn: DatabaseTransaction) -> StoreResult<()> {
        if let Some(generations) = self.generations {
            generations.begin();
        }
        txn.commit().await.map_err(StoreError::of_commit)?;
        if let Some(generations) = self.generations {
            generations.committed();
        }
        self.keep();
        Ok(())
    }

    /// Takes a transaction back in which no statement has failed.
    pub async fn roll_back(self, txn: DatabaseTransaction) {
        match txn.rollback().await {
            Ok(()) => self.keep(),
            Err(error) => tracing::warn!(%error, "rolling back"),
        }
    }
}
