//! Opening the database: SQLite with one writer and several readers, or a pool on PostgreSQL.

use super::Stopwatches;
use super::Store;
use super::error::{StoreError, StoreResult};
use super::sqlite::SqliteConnections;
use super::writer::Writer;
use crate::server::clock::SharedClock;
use crate::server::database_file::path_of;
use crate::server::private;
use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectOptions, Database, DbBackend, DbErr};
use std::sync::Arc;
use std::time::Duration;

/// How long a caller waits for a free connection. Longer than a statement waits for a lock in SQLite: whoever holds the
/// connection that writes is waiting too.
pub(super) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(12);
const SQLITE_READERS: u32 = 8;
const POSTGRES_CONNECTIONS: u32 = 20;

impl Store {
    /// Opens the database at a `sqlite:` or `postgres:` URL. Creates a SQLite file that is not there; does not
    /// migrate.
    ///
    /// # Errors
    /// The URL is not understood or the database cannot be reached.
    pub async fn open(url: &str, clock: SharedClock) -> StoreResult<Self> {
        if let Some(path) = path_of(url) {
            private::create(&path).map_err(|error| StoreError::Storage(DbErr::Custom(error.to_string())))?;
            let (writer, files) = Writer::sqlite(url, &path).await?;
            let read = SqliteConnections::new(url, SQLITE_READERS).to(files).open().await?;
            return Ok(Self {
                writer: Arc::new(writer),
                read,
                clock,
                health: Arc::default(),
                stopwatches: Stopwatches::default(),
            });
        }
        let mut options = ConnectOptions::new(url);
        options.max_connections(POSTGRES_CONNECTIONS).acquire_timeout(ACQUIRE_TIMEOUT).sqlx_logging(false);
        let pool = Database::connect(options).await?;
        Ok(Self {
            writer: Arc::new(Writer::Postgres(pool.clone())),
            read: pool,
            clock,
            health: Arc::default(),
            stopwatches: Stopwatches::default(),
        })
    }

    /// Brings the schema up to date.
    ///
    /// # Errors
    /// A migration fails; those before it stay applied.
    pub async fn migrate(&self) -> StoreResult<()> {
        if self.is_exclusive() {
            let turn = self.writer.turn().await?;
            Migrator::up(turn.connection(), None).await?;
            turn.keep();
            return Ok(());
        }
        // The lock is on a connection of its own: migrations use the pool's others meanwhile.
        self.write(|txn, _| {
            Box::pin(async move {
                self.lock_setup(txn).await?;
                Ok(Migrator::up(&self.read, None).await?)
            })
        })
        .await
    }

    /// Takes back the newest `steps` migrations, or all of them.
    ///
    /// # Errors
    /// A migration fails; those before it stay taken back.
    pub async fn migrate_down(&self, steps: Option<u32>) -> StoreResult<()> {
        let turn = self.writer.turn().await?;
        Migrator::down(turn.connection(), steps).await?;
        turn.keep();
        Ok(())
    }

    /// Every migration's name and whether it is applied, oldest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn migration_status(&self) -> StoreResult<Vec<(String, bool)>> {
        let pending = Migrator::get_pending_migrations_read_only(&self.read).await?;
        let pending: Vec<String> = pending.iter().map(|m| m.name().to_owned()).collect();
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
