//! Opening the database, SQLite with one writer and several readers, and its schema. Of PostgreSQL `postgres` knows how.

use super::Stopwatches;
use super::error::{StoreError, StoreResult};
use super::pool::{Pool, Purpose, Sessions};
use super::sqlite::SqliteConnections;
use super::writer::{Bounds, Writer};
use super::{Store, postgres, sqlite};
use crate::server::clock::SharedClock;
use crate::server::config::database::DatabaseConfig;
use crate::server::private;
use migration::{Migrator, MigratorTrait};
use sea_orm::{DatabaseTransaction, DbBackend, DbErr};
use std::sync::Arc;
use std::time::Duration;

/// How long a caller waits for a free connection. Longer than a statement waits for a lock in SQLite: whoever holds the
/// connection that writes is waiting too.
pub(super) const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(12);
const SQLITE_READERS: u32 = 8;

impl Store {
    /// Opens a database. Creates a SQLite file that is not there; does not migrate.
    ///
    /// # Errors
    /// The database cannot be reached, or is not one that can hold everything.
    pub async fn open(config: &DatabaseConfig, clock: SharedClock) -> StoreResult<Self> {
        Self::open_with(config, clock, Bounds::default()).await
    }

    pub(super) async fn open_with(config: &DatabaseConfig, clock: SharedClock, bounds: Bounds) -> StoreResult<Self> {
        let (writer, read) = match config.sqlite_file() {
            Some(path) => {
                let url = config.url.expose();
                private::create(&path).map_err(|error| StoreError::Storage(DbErr::Custom(error.to_string())))?;
                if std::fs::metadata(&path).is_ok_and(|file| file.len() == 0) {
                    sqlite::prepare(url).await?;
                }
                let (writer, files) = Writer::sqlite(url, &path, bounds).await?;
                let read = SqliteConnections::new(url, SQLITE_READERS).to(files).open().await?;
                (writer, Pool::new(read, Sessions::Own, ACQUIRE_TIMEOUT))
            }
            None => {
                let pool = postgres::connect(config).await?;
                (Writer::Postgres(pool.clone()), pool)
            }
        };
        Ok(Self {
            writer: Arc::new(writer),
            read,
            clock,
            stopwatches: Stopwatches::default(),
            health: Arc::default(),
            offers: Default::default(),
            days_before: Default::default(),
            kept: Default::default(),
            pricing: None,
        })
    }

    /// Brings the schema up to date, counts the runs of a database that has no roll-ups of them yet, and writes down the
    /// settings of agents that have no version yet.
    ///
    /// # Errors
    /// A migration fails; on SQLite those before it stay applied.
    pub async fn migrate(&self) -> StoreResult<()> {
        if let Writer::Sqlite(sqlite) = &*self.writer {
            let solo = sqlite.solo().await?;
            Migrator::up(solo.connection(), None).await?;
            solo.keep();
            return self.write_alone(|txn, _| Box::pin(self.finish_migrating(txn))).await;
        }
        self.write(|txn, _| {
            Box::pin(async move {
                self.lock_setup(txn).await?;
                Migrator::up(txn, None).await?;
                self.finish_migrating(txn).await
            })
        })
        .await
    }

    /// Does what migrations leave to the server.
    async fn finish_migrating(&self, txn: &DatabaseTransaction) -> StoreResult<()> {
        self.count_uncounted(txn).await?;
        self.record_unrecorded(txn).await
    }

    /// Takes back the newest `steps` migrations, or all of them.
    ///
    /// # Errors
    /// A migration fails; on SQLite those before it stay taken back.
    pub async fn migrate_down(&self, steps: Option<u32>) -> StoreResult<()> {
        if let Writer::Sqlite(sqlite) = &*self.writer {
            let solo = sqlite.solo().await?;
            Migrator::down(solo.connection(), steps).await?;
            solo.keep();
            return Ok(());
        }
        self.write(|txn, _| {
            Box::pin(async move {
                self.lock_setup(txn).await?;
                Ok(Migrator::down(txn, steps).await?)
            })
        })
        .await
    }

    /// Returns every migration's name and whether it is applied, oldest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn migration_status(&self) -> StoreResult<Vec<(String, bool)>> {
        let txn = self.read.begin(Purpose::Read).await?;
        let pending = Migrator::get_pending_migrations_read_only(&txn).await?;
        txn.commit().await?;
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
