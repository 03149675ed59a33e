//! Requests that are carried out once: each key with what came of its request, for a day. Written in the transaction that
//! carries the request out, so there is no moment at which one is stored without the other.
//!
//! Knows nothing of what is recorded. A request without a key passes through.

use super::Store;
use super::error::{StoreError, StoreResult};
use super::scope::Scope;
use crate::server::once::{self, Once};
use crate::server::tasks::Tasks;
use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult};
use serde::Serialize;
use std::time::Duration;

/// How long a key stands for its request, in milliseconds: a day.
const KEPT_MS: i64 = 24 * 60 * 60 * 1_000;
const EVERY: Duration = Duration::from_secs(60 * 60);

/// Takes the key, unless it stands for a request already. PostgreSQL waits here for another that is being carried out.
const TAKE: &str = "
INSERT INTO request_keys (owner_id, key, fingerprint, created_at) VALUES (:owner, :key, :fingerprint, :now)
ON CONFLICT (owner_id, key) DO UPDATE SET fingerprint = excluded.fingerprint, created_at = excluded.created_at, result = NULL
WHERE request_keys.created_at < :before";

/// Forgets keys that have had their day, the oldest first.
const DROP: &str = "
DELETE FROM request_keys WHERE (owner_id, key) IN
       (SELECT owner_id, key FROM request_keys WHERE created_at < $1 LIMIT 1000)";

#[derive(FromQueryResult)]
struct Recorded {
    fingerprint: Vec<u8>,
    result: Option<String>,
}

impl Recorded {
    fn of(self, request: &Once) -> StoreError {
        match self.result.filter(|_| self.fingerprint == request.fingerprint()) {
            Some(result) => StoreError::AlreadyDone(result),
            None => StoreError::OtherRequest,
        }
    }
}

/// Drops keys that have had their day, from now on.
pub fn start(store: &Store, tasks: &Tasks) {
    let store = store.clone();
    tasks.now_and_every("old request keys", EVERY, move || {
        let store = store.clone();
        async move { store.drop_old_request_keys().await }
    });
}

impl Store {
    /// Does the work of a request, unless it was done before under the request's key. `record` says what is kept of it for
    /// a repetition; `None` where nothing came of it and the caller takes all of it back.
    ///
    /// # Errors
    /// `AlreadyDone` with what was recorded; `OtherRequest` when the key stands for another request; those of the work.
    pub(super) async fn once<T, R: Serialize>(
        &self,
        txn: &DatabaseTransaction,
        scope: &Scope,
        work: impl Future<Output = StoreResult<T>>,
        record: impl FnOnce(&T) -> Option<R>,
    ) -> StoreResult<T> {
        let Some(request) = once::current() else { return work.await };
        if let Some((job, run)) = request.item() {
            return self.once_for_item(txn, job, run, work, record).await;
        }
        let (owner, key, now) = (scope.owner(), request.key(), self.now());
        let take = self.named(
            TAKE,
            [
                ("owner", owner.into()),
                ("key", key.into()),
                ("fingerprint", request.fingerprint().to_vec().into()),
                ("now", now.into()),
                ("before", now.ms().saturating_sub(KEPT_MS).into()),
            ],
        );
        if txn.execute_raw(take).await?.rows_affected() == 0 {
            let select = "SELECT fingerprint, result FROM request_keys WHERE owner_id = $1 AND key = $2";
            let found =
                Recorded::find_by_statement(self.statement(select, [owner.into(), key.into()])).one(txn).await?;
            // Taken, so it is there; its request is committed, so it has a result.
            let found = found.ok_or(sea_orm::DbErr::RecordNotInserted)?;
            return Err(found.of(&request));
        }
        let done = work.await?;
        if let Some(result) = record(&done) {
            let result = serde_json::to_string(&result).map_err(|error| sea_orm::DbErr::Json(error.to_string()))?;
            let keep = "UPDATE request_keys SET result = $3 WHERE owner_id = $1 AND key = $2";
            txn.execute_raw(self.statement(keep, [owner.into(), key.into(), result.into()])).await?;
        }
        Ok(done)
    }

    /// Refuses a request that was carried out before, for whoever looks at something that may have changed since: the first
    /// answer comes again whether or not the request would be carried out now.
    ///
    /// # Errors
    /// `AlreadyDone` with what was recorded; `OtherRequest` when the key stands for another request; those of the database.
    pub async fn not_again(&self, scope: &Scope) -> StoreResult<()> {
        let Some(request) = once::current() else { return Ok(()) };
        if let Some((job, run)) = request.item() {
            return self.open_item(&self.read, job, run, "").await;
        }
        let select =
            "SELECT fingerprint, result FROM request_keys WHERE owner_id = $1 AND key = $2 AND created_at >= $3";
        let since = self.now().ms().saturating_sub(KEPT_MS);
        let select = self.statement(select, [scope.owner().into(), request.key().into(), since.into()]);
        match Recorded::find_by_statement(select).one(&self.read).await? {
            None => Ok(()),
            Some(found) => Err(found.of(&request)),
        }
    }

    /// Forgets keys that have had their day.
    /// Those before an error stay forgotten.
    pub async fn drop_old_request_keys(&self) -> StoreResult<()> {
        let before = self.now().ms().saturating_sub(KEPT_MS);
        loop {
            let drop = &self.statement(DROP, [before.into()]);
            let dropped =
                self.write(|txn, _| Box::pin(async move { Ok(txn.execute_raw(drop.clone()).await?.rows_affected()) }));
            if dropped.await? == 0 {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::OwnerId;
    use crate::server::clock::ManualClock;
    use crate::server::config::database::DatabaseConfig;
    use std::sync::Arc;
    use tempfile::TempDir;

    #[tokio::test]
    async fn a_request_is_a_repetition_once_the_result_of_before_is_taken() {
        let dir = TempDir::new().unwrap();
        let config = DatabaseConfig::at(&format!("sqlite://{}", dir.path().join("runboard.db").display())).unwrap();
        let store = &Store::open(&config, ManualClock::at(0)).await.unwrap();
        store.migrate().await.unwrap();
        let scope = &Scope::of(OwnerId::LOCAL);
        let request = Arc::new(once::Once::new("k", &[]).unwrap());
        let serving = once::keep(Arc::clone(&request), async {
            // Carried out and found again, all of which is taken back.
            let taken_back = store.write(|txn, _| {
                Box::pin(async move {
                    store.once(txn, scope, async { Ok(1) }, |done| Some(*done)).await?;
                    let again = store.once(txn, scope, async { Ok(2) }, |done| Some(*done)).await;
                    assert!(matches!(again, Err(StoreError::AlreadyDone(result)) if result == "1"));
                    Err::<i64, _>(StoreError::Conflict("no".to_owned()))
                })
            });
            assert!(taken_back.await.is_err() && !request.is_replay());
            let carry_out = async || {
                let work = store.write(|txn, _| {
                    Box::pin(async move { store.once(txn, scope, async { Ok(3_i64) }, |done| Some(*done)).await })
                });
                work.await
            };
            assert_eq!(carry_out().await.unwrap(), 3);
            assert!(!request.is_replay(), "it was carried out");
            assert_eq!(carry_out().await.unwrap_err().recorded::<i64>().unwrap(), 3);
            assert!(request.is_replay());
        });
        serving.await;
    }
}
