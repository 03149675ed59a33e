//! An action on many runs that is cancelled: what it has not come to is left as it is.

use super::JobRow;
use crate::domain::bulk::{BulkJob, BulkResult};
use crate::domain::id::BulkId;
use crate::server::store::Store;
use crate::server::store::error::StoreResult;
use crate::server::store::scope::Scope;
use sea_orm::{ConnectionTrait, FromQueryResult};

/// What was done and has no result yet is not cancelled: it gets the result of what was done.
const LEAVE: &str = "
UPDATE bulk_items SET result = :cancelled WHERE job_id = :job AND result IS NULL AND record IS NULL
   AND EXISTS (SELECT 1 FROM bulk_jobs j WHERE j.id = :job AND j.owner_id = :owner)";

const CANCEL: &str = "
UPDATE bulk_jobs SET cancelled = cancelled + :left,
       cancelled_at = CASE WHEN :left > 0 THEN CAST(:now AS BIGINT) ELSE cancelled_at END,
       finished_at = CASE WHEN EXISTS (SELECT 1 FROM bulk_items i WHERE i.job_id = :job AND i.result IS NULL) THEN NULL
                          ELSE CAST(:now AS BIGINT) END
WHERE id = :job AND owner_id = :owner AND finished_at IS NULL RETURNING *";

impl Store {
    /// Cancels an action and returns it. One that is finished stays as it is, so doing it twice is fine.
    ///
    /// # Errors
    /// `NoBulk`.
    pub async fn cancel_bulk(&self, scope: &Scope, id: BulkId) -> StoreResult<BulkJob> {
        let owner = scope.owner();
        let leave = &self
            .named(LEAVE, [("cancelled", BulkResult::Cancelled.into()), ("job", id.into()), ("owner", owner.into())]);
        let cancelled = self
            .write_alone(|txn, _| {
                Box::pin(async move {
                    // Runs before the action, as whoever writes results does.
                    let left = txn.execute_raw(leave.clone()).await?.rows_affected() as i64;
                    let values = [
                        ("left", left.into()),
                        ("now", self.now().into()),
                        ("job", id.into()),
                        ("owner", owner.into()),
                    ];
                    Ok(JobRow::find_by_statement(self.named(CANCEL, values)).one(txn).await?.map(BulkJob::from))
                })
            })
            .await?;
        match cancelled {
            Some(job) => Ok(job),
            None => self.bulk_job(scope, id).await,
        }
    }
}
