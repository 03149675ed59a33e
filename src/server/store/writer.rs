//! The connection that writes, and turns at it. Knows no statements.
//!
//! SQLite has one connection that writes. After a statement or COMMIT that failed (no room, an I/O error), SQLite may have
//! rolled back by itself, while the driver still counts itself inside a transaction: whatever came next would be a
//! savepoint that nobody ever commits. So a turn takes the connection out of its place, and puts it back only when it is
//! known how it is: outside of any transaction, or inside of a batch of which every statement so far has succeeded. In all
//! other cases, a caller that went away included, it is closed, and the next turn opens another.

mod batch;

pub(super) use self::batch::{Bounds, Company, Failure};

use self::batch::{Batch, Member, Place, Turn};
use super::connect::ACQUIRE_TIMEOUT;
use super::error::{StoreError, StoreResult};
use super::generation::Generations;
use super::pool::{Pool, Sessions};
use super::sqlite::{MAX_IDLE_LOG, SqliteConnections, WRITE_CACHE};
use crate::server::database_file::PinnedFiles;
use sea_orm::{ConnAcquireErr, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};
use std::mem;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
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
    place: Arc<Mutex<Place>>,
    bounds: Bounds,
    files: Arc<PinnedFiles>,
    generations: Arc<Generations>,
    /// Stays open, so that SQLite has no reason to remove the write-ahead log while all others are replaced; empties it.
    anchor: DatabaseConnection,
}

/// The connection of SQLite that writes, outside of any transaction, and the right to use it. Unless it is kept, it is
/// closed.
pub(super) struct Solo {
    connection: Pool,
    turn: Turn,
}

impl Writer {
    /// Opens the one connection of a SQLite file that writes, and pins the file for all others.
    pub async fn sqlite(url: &str, path: &Path, bounds: Bounds) -> StoreResult<(Self, Arc<PinnedFiles>)> {
        let connections = SqliteConnections::new(url, 1).caching(WRITE_CACHE);
        let connection = connections.open().await?;
        let anchor = connections.clone().waiting(ANCHOR_PATIENCE).open().await?;
        // The first read makes the log and its index, if they are not there yet.
        anchor.execute_unprepared("SELECT COUNT(*) FROM sqlite_schema").await?;
        let files = PinnedFiles::of(path).map_err(|error| StoreError::Storage(DbErr::Custom(error.to_string())))?;
        let files = Arc::new(files);
        let again = connections.to(Arc::clone(&files));
        let place = Arc::new(Mutex::new(Place::Idle(one(connection))));
        let generations = Arc::default();
        Ok((Self::Sqlite(Sqlite { again, place, bounds, files: Arc::clone(&files), generations, anchor }), files))
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
            Self::Sqlite(sqlite) => sqlite.check_files(),
            Self::Postgres(_) => Ok(()),
        }
    }

    /// Empties SQLite's write-ahead log if it has grown beyond what it needs. Leaves it as it is while readers are in the
    /// way.
    ///
    /// # Errors
    /// The log's contents cannot be written to the database's file.
    pub async fn shrink_log(&self) -> StoreResult<()> {
        let Self::Sqlite(sqlite) = self else { return Ok(()) };
        // Most of it is brought over while others go on reading and writing.
        if sqlite.files.wal_size() <= MAX_IDLE_LOG || !checkpoint(&sqlite.anchor, "PASSIVE").await? {
            return Ok(());
        }
        let solo = sqlite.solo().await?;
        checkpoint(&sqlite.anchor, "TRUNCATE").await?;
        solo.keep();
        Ok(())
    }

    /// Closes the connections that write, once the present turn is over.
    pub async fn close(&self) {
        let connections = match self {
            Self::Postgres(pool) => [Some(pool.connections().clone()), None],
            Self::Sqlite(Sqlite { place, anchor, .. }) => {
                let turn = batch::commit(Arc::clone(place).lock_owned().await).await;
                let idle = turn.ok().and_then(|mut turn| match mem::take(&mut *turn) {
                    Place::Idle(pool) => Some(pool.connections().clone()),
                    _ => None,
                });
                [idle, Some(anchor.clone())]
            }
        };
        for connection in connections.into_iter().flatten() {
            if let Err(error) = connection.close().await {
                tracing::warn!(%error, "closing the database");
            }
        }
    }
}

impl Sqlite {
    /// Waits for a turn to write within a transaction.
    ///
    /// # Errors
    /// `Busy` when those before take too long; the files are gone or cannot be opened again; the transaction cannot be
    /// begun.
    pub async fn join(&self, company: Company) -> StoreResult<Member> {
        let mut turn = self.turn().await?;
        match mem::take(&mut *turn) {
            Place::Open(batch) if batch.takes(company) => return Member::join(batch, turn).await,
            other => *turn = other,
        }
        let Solo { connection, mut turn } = self.alone(turn).await?;
        let (files, generations) = (Arc::clone(&self.files), Arc::clone(&self.generations));
        match Batch::begin(connection, company, self.bounds, files, generations).await {
            Ok(batch) => Member::join(batch, turn).await,
            Err((connection, error)) => {
                let error = StoreError::from(error);
                // Where somebody else holds the write lock, nothing has happened to the connection.
                if error.is_sqlite_lock() {
                    *turn = Place::Idle(connection);
                }
                Err(error)
            }
        }
    }

    /// Waits for a turn to use the connection without a transaction.
    ///
    /// # Errors
    /// As for [`Sqlite::join`].
    pub async fn solo(&self) -> StoreResult<Solo> {
        self.alone(self.turn().await?).await
    }

    /// Brings the connection outside of any transaction.
    async fn alone(&self, turn: Turn) -> StoreResult<Solo> {
        let mut turn = batch::commit(turn).await?;
        self.check_files()?;
        let connection = match mem::take(&mut *turn) {
            Place::Idle(connection) => connection,
            _ => one(self.again.open().await?),
        };
        Ok(Solo { connection, turn })
    }

    async fn turn(&self) -> StoreResult<Turn> {
        self.turn_within(ACQUIRE_TIMEOUT).await
    }

    async fn turn_within(&self, patience: Duration) -> StoreResult<Turn> {
        match timeout(patience, Arc::clone(&self.place).lock_owned()).await {
            Ok(turn) => Ok(turn),
            Err(_) => {
                self.check_files()?;
                Err(StoreError::Busy(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)))
            }
        }
    }

    fn check_files(&self) -> StoreResult<()> {
        match self.files.missing() {
            Some(file) => Err(StoreError::FileGone(file.to_owned())),
            None => Ok(()),
        }
    }
}

impl Solo {
    /// Returns the connection.
    pub fn connection(&self) -> &DatabaseConnection {
        self.connection.connections()
    }

    /// Called when the connection is outside of any transaction: the next turn may have it.
    pub fn keep(mut self) {
        *self.turn = Place::Idle(self.connection);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::AppError;
    use crate::server::private;
    use tempfile::TempDir;

    #[tokio::test]
    async fn whoever_waits_for_a_turn_in_vain_finds_the_database_busy() {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("runboard.db");
        private::create(&path).unwrap();
        let url = format!("sqlite://{}", path.display());
        let (Writer::Sqlite(sqlite), _) = Writer::sqlite(&url, &path, Bounds::default()).await.unwrap() else {
            panic!()
        };
        let turn = sqlite.solo().await.unwrap();
        let error = sqlite.turn_within(Duration::ZERO).await.map(drop).unwrap_err();
        assert!(matches!(error, StoreError::Busy(_)), "{error}");
        assert!(AppError::from(error).to_string().contains("busy"));
        turn.keep();
    }
}
