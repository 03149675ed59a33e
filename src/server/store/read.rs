//! The one way to read several things as of one instant.

use super::Store;
use super::error::{StoreError, StoreResult};
use super::pool::Purpose;
use super::write::{Within, Work};
use crate::server::backoff::Backoff;
use sea_orm::DatabaseTransaction;
use std::time::Duration;

/// How often a reading is tried whose statements were prepared before their tables were changed: once for each connection
/// that has such statements, as a rule.
const MAX_TRIES: u32 = 8;
const BACKOFF: Backoff = Backoff { first: Duration::from_millis(10), longest: Duration::from_millis(200) };

impl Store {
    /// Runs `work` in a transaction in which every read sees the same instant. `work` may run several times: a newer server
    /// may have changed a table after a connection has prepared statements for it.
    ///
    /// # Errors
    /// Those of `work`, and those of the database.
    pub(super) async fn read_at_once<'a, T>(
        &self,
        work: impl for<'t> Fn(&'t DatabaseTransaction, Within<'t, 'a>) -> Work<'t, T>,
    ) -> StoreResult<T> {
        let mut tries = 1;
        loop {
            match self.read_once(&work).await {
                Err(error) if error.is_stale_plan() && tries < MAX_TRIES => {
                    // The connection comes back a moment after its transaction has failed.
                    tokio::time::sleep(BACKOFF.pause(tries)).await;
                    self.read.forget_statements().await;
                    tries += 1;
                }
                read => return read,
            }
        }
    }

    async fn read_once<'a, T>(
        &self,
        work: &impl for<'t> Fn(&'t DatabaseTransaction, Within<'t, 'a>) -> Work<'t, T>,
    ) -> StoreResult<T> {
        let txn = self.read.begin(Purpose::Read).await.map_err(StoreError::from)?;
        let read = work(&txn, []).await?;
        txn.commit().await?;
        Ok(read)
    }
}
