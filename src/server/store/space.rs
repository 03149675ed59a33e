//! Space in the SQLite file that nothing is in any more: given back to the disk bit by bit, so that nobody waits for it. PostgreSQL
//! looks after its own.
//!
//! A file can give back space only if it was made so, or was written again once ([`Store::write_again`]); else what is freed is
//! used for what comes next, and the file stays as large as it was.

use super::Store;
use super::error::StoreResult;
use super::writer::{Sqlite, Writer};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

/// Pages that are given back in one transaction: some milliseconds.
const STEP: i64 = 200;
/// Free pages that stay: what comes next needs some.
const SPARE: i64 = 1_000;

/// How the file is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    /// Bytes of the file.
    pub bytes: i64,
    /// Bytes of it that nothing is in.
    pub free: i64,
    /// Whether it can give space back bit by bit.
    pub gives_back: bool,
}

impl Store {
    /// Returns how the SQLite file is filled; `None` on PostgreSQL.
    pub async fn space(&self) -> StoreResult<Option<Space>> {
        let Writer::Sqlite(_) = &*self.writer else { return Ok(None) };
        let db = self.read.connections();
        let (size, pages) = (pragma(db, "page_size").await?, pragma(db, "page_count").await?);
        let (free, mode) = (pragma(db, "freelist_count").await?, pragma(db, "auto_vacuum").await?);
        Ok(Some(Space { bytes: pages * size, free: free * size, gives_back: mode == 2 }))
    }

    /// Gives back some of the SQLite file's free space; returns whether there is more to give back. Does nothing on PostgreSQL, and with
    /// a file that cannot.
    pub async fn give_back_some(&self) -> StoreResult<bool> {
        let Writer::Sqlite(sqlite) = &*self.writer else { return Ok(false) };
        let db = self.read.connections();
        let spare = pragma(db, "freelist_count").await? - SPARE;
        if spare <= 0 || pragma(db, "auto_vacuum").await? != 2 {
            return Ok(false);
        }
        on_its_own(sqlite, &[&format!("PRAGMA incremental_vacuum({})", spare.min(STEP))]).await?;
        Ok(spare > STEP)
    }

    /// Writes the SQLite file again, without free space and so that it can give back space from then on. Nothing else is written
    /// meanwhile, and the disk needs room for all of it once more. Does nothing on PostgreSQL.
    pub async fn write_again(&self) -> StoreResult<()> {
        let Writer::Sqlite(sqlite) = &*self.writer else { return Ok(()) };
        // A copy of the file in memory might be more than there is.
        let statements = ["PRAGMA temp_store = FILE", "PRAGMA auto_vacuum = INCREMENTAL", "VACUUM"];
        on_its_own(sqlite, &statements).await?;
        on_its_own(sqlite, &["PRAGMA temp_store = MEMORY", "PRAGMA wal_checkpoint(TRUNCATE)"]).await
    }
}

/// Executes statements outside of any transaction, on the connection that writes.
async fn on_its_own(sqlite: &Sqlite, statements: &[&str]) -> StoreResult<()> {
    let solo = sqlite.solo().await?;
    for sql in statements {
        // All rows are fetched: that is what moves the pages.
        solo.connection().query_all_raw(Statement::from_string(DbBackend::Sqlite, *sql)).await?;
    }
    solo.keep();
    Ok(())
}

async fn pragma(db: &DatabaseConnection, name: &str) -> StoreResult<i64> {
    let row = db.query_one_raw(Statement::from_string(DbBackend::Sqlite, format!("PRAGMA {name}"))).await?;
    row.map_or(Ok(0), |row| Ok(row.try_get_by_index::<i64>(0)?))
}
