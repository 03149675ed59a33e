//! Opening the database: SQLite with one writer and several readers, or a pool on PostgreSQL.

use super::Stopwatches;
use super::Store;
use super::error::StoreResult;
use crate::server::clock::SharedClock;
use migration::{Migrator, MigratorTrait};
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbBackend};
use std::time::Duration;

/// How long a statement waits for a lock that another process holds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a caller waits for a free connection. Longer than the above: whoever holds the writer is waiting too.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(12);
const SQLITE_READERS: u32 = 8;
const POSTGRES_CONNECTIONS: u32 = 20;

impl Store {
    /// Opens the database at a `sqlite:` or `postgres:` URL. Creates a SQLite file that is not there; does not
    /// migrate.
    ///
    /// # Errors
    /// The URL is not understood or the database cannot be reached.
    pub async fn open(url: &str, clock: SharedClock) -> StoreResult<Self> {
        if url.starts_with("sqlite:") {
            let write = sqlite(url, 1).await?;
            let read = sqlite(url, SQLITE_READERS).await?;
            return Ok(Self { write, read, clock, stopwatches: Stopwatches::default() });
        }
        let mut options = ConnectOptions::new(url);
        options.max_connections(POSTGRES_CONNECTIONS).acquire_timeout(ACQUIRE_TIMEOUT).sqlx_logging(false);
        let pool = Database::connect(options).await?;
        Ok(Self { write: pool.clone(), read: pool, clock, stopwatches: Stopwatches::default() })
    }

    /// Brings the schema up to date.
    ///
    /// # Errors
    /// A migration fails; those before it stay applied.
    pub async fn migrate(&self) -> StoreResult<()> {
        if self.is_exclusive() {
            return Ok(Migrator::up(&self.write, None).await?);
        }
        // On a connection of its own: migrations use the pool's others meanwhile.
        let lock = self.begin().await?;
        self.lock_setup(&lock).await?;
        Migrator::up(&self.write, None).await?;
        Ok(lock.commit().await?)
    }

    /// Takes back the newest `steps` migrations, or all of them.
    ///
    /// # Errors
    /// A migration fails; those before it stay taken back.
    pub async fn migrate_down(&self, steps: Option<u32>) -> StoreResult<()> {
        Ok(Migrator::down(&self.write, steps).await?)
    }

    /// Every migration's name and whether it is applied, oldest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn migration_status(&self) -> StoreResult<Vec<(String, bool)>> {
        let pending: Vec<String> =
            Migrator::get_pending_migrations(&self.write).await?.iter().map(|m| m.name().to_owned()).collect();
        Ok(Migrator::migrations()
            .iter()
            .map(|m| (m.name().to_owned(), !pending.iter().any(|name| name == m.name())))
            .collect())
    }

    /// Whether one process at a time owns this database, so that at start no lease can be alive.
    pub fn is_exclusive(&self) -> bool {
        self.backend() == DbBackend::Sqlite
    }
}

async fn sqlite(url: &str, connections: u32) -> StoreResult<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .sqlx_logging(false)
        // A local file does not drop connections; an idle one keeps its page cache and its statements.
        .idle_timeout(None::<Duration>)
        .max_lifetime(None::<Duration>)
        .test_before_acquire(false)
        .map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                // FULL: an accepted run survives a power cut.
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(BUSY_TIMEOUT)
                .foreign_keys(true)
                .pragma("cache_size", "-16000")
                .pragma("temp_store", "memory")
        });
    Ok(Database::connect(options).await?)
}
