//! Connections to a SQLite file: their settings, and which of them may be used again.

use super::connect::ACQUIRE_TIMEOUT;
use super::error::StoreResult;
use crate::server::database_file::PinnedFiles;
use sea_orm::sqlx::sqlite::{SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sea_orm::sqlx::{self, Connection};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};
use std::sync::Arc;
use std::time::Duration;

/// Kibibytes of pages that a connection that writes keeps, and one that reads. Whatever is written empties the caches of those
/// that read (pager_reset in SQLite's pager.c), so theirs need only hold what one transaction reads again.
pub(super) const WRITE_CACHE: u32 = 8_000;
const READ_CACHE: u32 = 2_000;
/// How long a statement waits for a lock that another process holds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Size in bytes down to which the write-ahead log is cut after a peak. Twice what it reaches between two checkpoints.
pub(super) const MAX_IDLE_LOG: u64 = 8 * 1024 * 1024;

/// Connections to a SQLite file that is there.
#[derive(Clone)]
pub(super) struct SqliteConnections {
    url: String,
    count: u32,
    busy_timeout: Duration,
    /// Size of the page cache of each, in KiB.
    cache: u32,
    files: Option<Arc<PinnedFiles>>,
}

impl SqliteConnections {
    /// Creates this many of them.
    pub fn new(url: &str, count: u32) -> Self {
        Self { url: url.to_owned(), count, busy_timeout: BUSY_TIMEOUT, cache: READ_CACHE, files: None }
    }

    /// Sets how long a statement waits for a lock that another connection holds.
    pub fn waiting(self, busy_timeout: Duration) -> Self {
        Self { busy_timeout, ..self }
    }

    /// Sets the size of each one's page cache, in KiB.
    pub fn caching(self, cache: u32) -> Self {
        Self { cache, ..self }
    }

    /// Checks of each connection, once it is open, whether these are the files it found.
    pub fn to(self, files: Arc<PinnedFiles>) -> Self {
        Self { files: Some(files), ..self }
    }

    /// Opens them, the first at once and others when they are needed.
    pub async fn open(&self) -> StoreResult<DatabaseConnection> {
        let Self { url, count, busy_timeout, cache, files } = self.clone();
        let mut options = ConnectOptions::new(url);
        options
            .max_connections(count)
            .min_connections(1)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .sqlx_logging(false)
            // A local file does not drop connections; an idle one keeps its page cache and its statements.
            .idle_timeout(None::<Duration>)
            .max_lifetime(None::<Duration>)
            .test_before_acquire(false)
            .map_sqlx_sqlite_pool_opts(move |pool| {
                let files = files.clone();
                let look = move || match files.as_deref().and_then(PinnedFiles::missing) {
                    Some(file) => Err(sqlx::Error::Configuration(format!("{} was replaced", file.display()).into())),
                    None => Ok(()),
                };
                pool.after_release(|connection, _| Box::pin(is_outside(connection)))
                    .after_connect(move |_, _| Box::pin(std::future::ready(look())))
            })
            .map_sqlx_sqlite_opts(move |sqlite| {
                sqlite
                    // It is there; were it removed, another must not take its place unnoticed.
                    .create_if_missing(false)
                    .journal_mode(SqliteJournalMode::Wal)
                    // FULL: an accepted run survives a power cut.
                    .synchronous(SqliteSynchronous::Full)
                    .busy_timeout(busy_timeout)
                    .foreign_keys(true)
                    .pragma("cache_size", format!("-{cache}"))
                    // Size to which the write-ahead log is cut when it begins from its start again.
                    .pragma("journal_size_limit", MAX_IDLE_LOG.to_string())
                    .pragma("temp_store", "memory")
            });
        Ok(Database::connect(options).await?)
    }
}

/// Makes an empty file a database that can give back space bit by bit. Later that would take writing all of it again; and it is too
/// late once the file has a write-ahead log.
pub(super) async fn prepare(url: &str) -> StoreResult<()> {
    let mut options = ConnectOptions::new(url.to_owned());
    options.max_connections(1).sqlx_logging(false).map_sqlx_sqlite_opts(|sqlite| sqlite.create_if_missing(false));
    let connection = Database::connect(options).await?;
    for sql in ["PRAGMA auto_vacuum = INCREMENTAL", "CREATE TABLE first_page (id INTEGER)", "DROP TABLE first_page"] {
        connection.execute_unprepared(sql).await?;
    }
    Ok(connection.close().await?)
}

/// Whether a connection that comes back to its pool is outside of any transaction. One that is not (SQLite has rolled back
/// by itself, so the driver's ROLLBACK failed) would read the same old state for ever; it is closed.
async fn is_outside(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        // The rollback of a transaction that was dropped may still be under way.
        connection.ping().await?;
    }
    Ok(!connection.is_in_transaction())
}
