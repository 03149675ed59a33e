//! The one way to change the database: a transaction that is stored whole or leaves nothing behind.
//!
//! Nobody keeps a transaction outside of [`Store::write`] and [`Store::write_if`]. They decide when to begin, to commit, to
//! take back and to try again, and which connection may be used for what comes next.

use super::Store;
use super::error::StoreResult;
use crate::server::backoff::Backoff;
use sea_orm::DatabaseTransaction;
use std::pin::Pin;
use std::time::Duration;

/// How often a transaction is tried that PostgreSQL could not bring into an order with others.
const MAX_TRIES: u32 = 8;
/// Pause before the second try; it doubles with each further one, and half of it is left to chance.
const BACKOFF: Backoff = Backoff { first: Duration::from_millis(10), longest: Duration::from_secs(1) };

/// The work of a transaction. Boxed, since the compiler cannot see that an async closure's future may change threads.
pub(super) type Work<'t, T> = Pin<Box<dyn Future<Output = StoreResult<T>> + Send + 't>>;
/// Bound: the closure's borrows (`'a`) outlive the transaction (`'t`). Empty.
pub(super) type Within<'t, 'a> = [&'t &'a (); 0];

impl Store {
    /// Runs `work` in a transaction of its own and commits it. After an error nothing of it is stored, with one exception:
    /// [`StoreError::Unconfirmed`](super::error::StoreError::Unconfirmed).
    ///
    /// `work` may run several times, since PostgreSQL gives up transactions that it cannot serialise (SQLSTATE 40001 and
    /// 40P01). So it changes nothing but the database, and whoever calls publishes afterwards.
    ///
    /// # Errors
    /// Those of `work`, and those of the database.
    pub(super) async fn write<'a, T>(
        &self,
        work: impl for<'t> Fn(&'t DatabaseTransaction, Within<'t, 'a>) -> Work<'t, T>,
    ) -> StoreResult<T> {
        // Boxed: futures of pages nest deeper than the compiler follows.
        Box::pin(self.transact(work, |_| true)).await
    }

    /// Does the same for work that may find nothing to do: after `None` all that it did is taken back.
    ///
    /// # Errors
    /// Those of `work`, and those of the database.
    pub(super) async fn write_if<'a, T>(
        &self,
        work: impl for<'t> Fn(&'t DatabaseTransaction, Within<'t, 'a>) -> Work<'t, Option<T>>,
    ) -> StoreResult<Option<T>> {
        Box::pin(self.transact(work, Option::is_some)).await
    }

    async fn transact<'a, T>(
        &self,
        work: impl for<'t> Fn(&'t DatabaseTransaction, Within<'t, 'a>) -> Work<'t, T>,
        is_kept: fn(&T) -> bool,
    ) -> StoreResult<T> {
        let mut tries = 1;
        loop {
            let outcome = self.attempt(&work, is_kept).await;
            match &outcome {
                Ok(done) if is_kept(done) => self.health.committed(),
                Ok(_) => {}
                Err(error) => self.health.erred(error),
            }
            match outcome {
                Err(error) if error.is_serialization() && tries < MAX_TRIES => {
                    tokio::time::sleep(BACKOFF.pause(tries)).await;
                    tries += 1;
                }
                outcome => return outcome,
            }
        }
    }

    async fn attempt<'a, T>(
        &self,
        work: &impl for<'t> Fn(&'t DatabaseTransaction, Within<'t, 'a>) -> Work<'t, T>,
        is_kept: fn(&T) -> bool,
    ) -> StoreResult<T> {
        let turn = self.writer.turn().await?;
        let txn = match turn.begin().await {
            Ok(txn) => txn,
            Err(error) => return Err(turn.not_begun(error)),
        };
        match work(&txn, []).await {
            Ok(done) if is_kept(&done) => {
                turn.commit(txn).await?;
                Ok(done)
            }
            // SQLite may have rolled back by itself, which the driver does not notice: the connection goes too.
            Err(error) if error.is_of_database() => Err(error),
            outcome => {
                turn.roll_back(txn).await;
                outcome
            }
        }
    }
}
