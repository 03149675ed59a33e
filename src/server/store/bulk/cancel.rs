//! An action on many runs that is cancelled: what it has not come to is left as it is.

use super::JobRow;
use crate::domain::bulk::{BulkJob, BulkResult};
use crate::domain::id::BulkId;
use crate::server::store::Store;
use crate::server::store::error::StoreResult;
use crate::server::store::scope::Scope;
use sea_orm::{ConnectionTrait, FromQueryResult};

/// A deed that was done and has no result yet is not cancelled: it gets the result of what was done. Nor are the other runs of a chat that is
/// being deleted: it has been hidden with the first of them, and goes whole.
const LEAVE: &str = "
UPDATE bulk_items SET result = :cancelled WHERE job_id = :job AND result IS NULL AND record IS NULL
   AND EXISTS (SELECT 1 FROM bulk_jobs j WHERE j.id = :job AND j.owner_id = :owner)
   AND NOT EXISTS (SELECT 1 FROM bulk_jobs j CROSS JOIN agent_runs r JOIN threads t ON t.id = r.thread_id
                   WHERE j.id = :job AND j.action = 'delete' AND r.id = bulk_items.run_id
                     AND t.kind = 'chat' AND t.deleted_at >= j.created_at)";

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
