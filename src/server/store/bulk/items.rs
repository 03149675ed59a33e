//! The work on one run of an action, which is done once: what came of it is written into the run's row of the action, in the
//! transaction that does it. It stands there for as long as the action is open, however long no process is at it.

use crate::domain::id::{BulkId, RunId};
use crate::server::store::Store;
use crate::server::store::error::{StoreError, StoreResult};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, FromQueryResult};
use serde::Serialize;

const ITEM: &str = "SELECT result, record FROM bulk_items WHERE job_id = $1 AND run_id = $2";

#[derive(FromQueryResult)]
struct Item {
    result: Option<String>,
    record: Option<String>,
}

impl Store {
    /// Does the work on one run of an action, unless it was done before, and writes down what `record` says of it.
    ///
    /// # Errors
    /// As [`Store::open_item`]; those of the work.
    pub(in crate::server::store) async fn once_for_item<T, R: Serialize>(
        &self,
        txn: &DatabaseTransaction,
        job: BulkId,
        run: RunId,
        work: impl Future<Output = StoreResult<T>>,
        record: impl FnOnce(&T) -> Option<R>,
    ) -> StoreResult<T> {
        // Whoever cancels the action waits for the deed, or the deed finds it cancelled.
        let lock = match self.backend() {
            DbBackend::Postgres => "FOR UPDATE",
            _ => "",
        };
        self.open_item(txn, job, run, lock).await?;
        let done = work.await?;
        if let Some(record) = record(&done) {
            let record = serde_json::to_string(&record).map_err(|error| DbErr::Json(error.to_string()))?;
            let keep = "UPDATE bulk_items SET record = $3 WHERE job_id = $1 AND run_id = $2";
            txn.execute_raw(self.statement(keep, [job.into(), run.into(), record.into()])).await?;
        }
        Ok(done)
    }

    /// Refuses the work on one run of an action where it was done or is no longer to be done.
    ///
    /// # Errors
    /// `AlreadyDone` with what was recorded; `NoBulk`; `Conflict` where there is a result.
    pub(in crate::server::store) async fn open_item<C: ConnectionTrait>(
        &self,
        db: &C,
        job: BulkId,
        run: RunId,
        lock: &str,
    ) -> StoreResult<()> {
        let select = self.statement(format!("{ITEM} {lock}"), [job.into(), run.into()]);
        let Item { result, record } = Item::find_by_statement(select).one(db).await?.ok_or(StoreError::NoBulk(job))?;
        match (result, record) {
            (Some(_), _) => Err(StoreError::Conflict(format!("Action #{job} has a result for run #{run} already."))),
            (None, Some(record)) => Err(StoreError::AlreadyDone(record)),
            (None, None) => Ok(()),
        }
    }
}
