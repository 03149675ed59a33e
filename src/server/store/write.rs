//! The one way to change the database: a transaction that is stored whole or leaves nothing behind.
//!
//! Nobody keeps a transaction outside of [`Store::write`] and its sisters. They decide when to begin, to commit, to take back
//! and to try again, and which connection may be used for what comes next. On PostgreSQL each write has a transaction of its
//! own; on SQLite those that come at the same time share one (`writer/batch.rs`).

#[cfg(test)]
mod tests;

use super::Store;
use super::error::{StoreError, StoreResult};
use super::pool::{Pool, Purpose};
use super::writer::{Company, Failure, Sqlite, Writer};
use crate::server::backoff::Backoff;
use sea_orm::DatabaseTransaction;
use std::pin::Pin;
use std::time::Duration;

/// How often a transaction is tried that PostgreSQL could not bring into an order with others.
const MAX_TRIES: u32 = 8;
/// Pause before the second try; it doubles with each further one, and half of it is left to chance.
const BACKOFF: Backoff = Backoff { first: Duration::from_millis(10), longest: Duration::from_secs(1) };
/// How often a write shares the fate of others that have failed, before it is done without them.
const MAX_ABANDONED: u32 = 2;

/// The work of a transaction. Boxed, since the compiler cannot see that an async closure's future may change threads.
pub(super) type Work<'t, T> = Pin<Box<dyn Future<Output = StoreResult<T>> + Send + 't>>;
/// Bound: the closure's borrows (`'a`) outlive the transaction (`'t`). Empty.
pub(super) type Within<'t, 'a> = [&'t &'a (); 0];

impl Store {
    /// Runs `work` in a transaction and returns once it is committed. After an error nothing of it is stored, with one
    /// exception: [`StoreError::Unconfirmed`].
    ///
    /// `work` may run several times: PostgreSQL gives up transactions that it cannot serialise (SQLSTATE 40001 and 40P01), and
    /// on SQLite a write may share its transaction with another that fails. So it changes nothing but the database, and
    /// whoever calls publishes afterwards.
    ///
    /// # Errors
    /// Those of `work`, and those of the database.
    pub(super) async fn write<'a, T>(
        &self,
        work: impl for<'t> Fn(&'t DatabaseTransaction, Within<'t, 'a>) -> Work<'t, T>,
    ) -> StoreResult<T> {
        // Boxed: futures of pages nest deeper than the compiler follows.
        Box::pin(self.transact(work, |_| true, Company::Any)).await
    }

    /// Like [`Self::write`], for work that may find nothing to do: after `None` all that it did is taken back.
    ///
    /// # Errors
    /// Those of `work`, and those of the database.
    pub(super) async fn write_if<'a, T>(
        &self,
        work: impl for<'t> Fn(&'t DatabaseTransaction, Within<'t, 'a>) -> Work<'t, Option<T>>,
    ) -> StoreResult<Option<T>> {
        Box::pin(self.transact(work, Option::is_some, Company::Any)).await
    }

    /// Like [`Self::write`], for work that may take long: no other write shares its transaction and waits for its end.
    ///
    /// # Errors
    /// Those of `work`, and those of the database.
    pub(super) async fn write_alone<'a, T>(
        &self,
        work: impl for<'t> Fn(&'t DatabaseTransaction, Within<'t, 'a>) -> Work<'t, T>,
    ) -> StoreResult<T> {
        Box::pin(self.transact(work, |_| true, Company::None)).await
    }

    async fn transact<'a, T>(
        &self,
        work: impl for<'t> Fn(&'t DatabaseTransaction, Within<'t, 'a>) -> Work<'t, T>,
        is_kept: fn(&T) -> bool,
        mut company: Company,
    ) -> StoreResult<T> {
        let (mut tries, mut abandoned) = (1, 0);
        loop {
            let attempt = match &*self.writer {
                Writer::Sqlite(sqlite) => attempt_together(sqlite, company, &work, is_kept).await,
                Writer::Postgres(pool) => attempt(pool, &work, is_kept).await.map_err(Failure::Failed),
            };
            match &attempt {
                Ok(done) if is_kept(done) => self.health.committed(),
                Err(Failure::Failed(error)) => self.health.erred(error),
                Ok(_) | Err(Failure::Abandoned) => {}
            }
            match attempt {
                Ok(done) => return Ok(done),
                Err(Failure::Abandoned) => {
                    abandoned += 1;
                    if abandoned >= MAX_ABANDONED {
                        company = Company::None;
                    }
                }
                Err(Failure::Failed(error)) if error.is_serialization() && tries < MAX_TRIES => {
                    tokio::time::sleep(BACKOFF.pause(tries)).await;
                    tries += 1;
                }
                Err(Failure::Failed(error)) if error.is_stale_plan() && tries < MAX_TRIES => {
                    if let Writer::Postgres(pool) = &*self.writer {
                        pool.forget_statements().await;
                    }
                    tokio::time::sleep(BACKOFF.pause(tries)).await;
                    tries += 1;
                }
                Err(Failure::Failed(error)) => return Err(error),
            }
        }
    }
}

/// Does the work in a transaction of its own.
async fn attempt<'a, T>(
    pool: &Pool,
    work: &impl for<'t> Fn(&'t DatabaseTransaction, Within<'t, 'a>) -> Work<'t, T>,
    is_kept: fn(&T) -> bool,
) -> StoreResult<T> {
    let txn = pool.begin(Purpose::Write).await?;
    let done = work(&txn, []).await;
    match done {
        Ok(done) if is_kept(&done) => {
            txn.commit().await.map_err(StoreError::of_commit)?;
            Ok(done)
        }
        Err(error) if error.is_of_database() => Err(error),
        outcome => {
            if let Err(error) = txn.rollback().await {
                tracing::warn!(%error, "rolling back");
            }
            outcome
        }
    }
}

/// Does the work in a transaction that others may share.
async fn attempt_together<'a, T>(
    sqlite: &Sqlite,
    company: Company,
    work: &impl for<'t> Fn(&'t DatabaseTransaction, Within<'t, 'a>) -> Work<'t, T>,
    is_kept: fn(&T) -> bool,
) -> Result<T, Failure> {
    let member = sqlite.join(company).await.map_err(Failure::Failed)?;
    let done = work(member.txn(), []).await;
    let is_kept = matches!(&done, Ok(done) if is_kept(done));
    let has_failed = matches!(&done, Err(error) if error.is_of_database());
    let pending = match (is_kept, has_failed) {
        (true, _) => Some(member.leave().await),
        // SQLite may have rolled back by itself, which the driver does not notice: the connection goes too.
        (false, true) => None,
        (false, false) => member.take_back().await,
    };
    // Refusals wait for the commit too: they may be due to other writes of the transaction.
    if let Some(pending) = pending {
        pending.committed().await?;
    }
    done.map_err(Failure::Failed)
}
