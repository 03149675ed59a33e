//! How an action on many runs is taken up, and what is written down of it piece by piece. One process carries it out at a time,
//! for as long as its lease holds; another goes on after that.

use super::JobRow;
use crate::domain::bulk::{BulkAction, BulkItem, BulkResult};
use crate::domain::id::{BulkId, OwnerId, RunId};
use crate::domain::run::Trigger;
use crate::domain::tags::TagChange;
use crate::server::store::Store;
use crate::server::store::error::StoreResult;
use crate::server::tasks::Tasks;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult};
use std::time::Duration;

/// How long a process that is not heard of is waited for, in milliseconds.
const LEASE_MS: i64 = 15_000;
const SWEEP_EVERY: Duration = Duration::from_secs(60 * 60);
/// How long what came of an action is kept, in milliseconds: 7 days.
const KEPT_MS: i64 = 7 * 24 * 60 * 60 * 1_000;

/// Whether anything is left to do. Reading is cheaper than taking in vain.
pub(in crate::server::store) const SOME: &str =
    "SELECT id FROM bulk_jobs WHERE finished_at IS NULL ORDER BY id LIMIT 1";

/// Takes the oldest that nobody else is at, those first that stop runs: they may be meant for what another starts.
const TAKE: &str = "
UPDATE bulk_jobs SET lease_owner = :worker, lease_until = {now} + :lease
WHERE finished_at IS NULL AND {free} AND id = (
    SELECT j.id FROM bulk_jobs j WHERE j.finished_at IS NULL AND {free_j}
    ORDER BY CASE j.action WHEN 'stop' THEN 0 ELSE 1 END, j.id LIMIT 1)
RETURNING *";

pub(in crate::server::store) const PIECE: &str =
    "SELECT run_id FROM bulk_items WHERE job_id = :job AND result IS NULL ORDER BY run_id LIMIT :limit";

/// What stands stays.
const RESULT: &str = "
UPDATE bulk_items SET result = :result, detail = :detail, new_run_id = :new, record = NULL
WHERE job_id = :job AND run_id = :run AND result IS NULL RETURNING result";

const COUNT: &str = "
UPDATE bulk_jobs SET done = done + :done, unchanged = unchanged + :unchanged, failed = failed + :failed,
       finished_at = CASE WHEN EXISTS (SELECT 1 FROM bulk_items i WHERE i.job_id = :job AND i.result IS NULL) THEN NULL
                          ELSE CAST(:now AS BIGINT) END
WHERE id = :job AND finished_at IS NULL";

/// One at a time: its runs go with it.
const DROP: &str = "DELETE FROM bulk_jobs WHERE id = (SELECT MIN(j.id) FROM bulk_jobs j WHERE j.finished_at < $1)";

/// An action that this process carries out.
#[derive(Clone, Debug)]
pub struct BulkClaim {
    pub job: BulkId,
    pub owner: OwnerId,
    pub action: BulkAction,
    pub tags: TagChange,
    /// The door through which it was asked for.
    pub trigger: Trigger,
}

impl From<JobRow> for BulkClaim {
    fn from(row: JobRow) -> Self {
        let JobRow { id: job, owner_id: owner, action, add_tags, remove_tags, trigger, .. } = row;
        Self { job, owner, action, tags: TagChange { add: add_tags.0, remove: remove_tags.0 }, trigger }
    }
}

/// Drops actions that have had their time, from now on.
pub fn start(store: &Store, tasks: &Tasks) {
    let store = store.clone();
    tasks.now_and_every("old bulk actions", SWEEP_EVERY, move || {
        let store = store.clone();
        async move { store.drop_old_bulks().await }
    });
}

impl Store {
    /// Takes up the oldest action that is not finished and that no other process is at, or goes on with it.
    pub async fn claim_bulk(&self, worker: &str) -> StoreResult<Option<BulkClaim>> {
        if self.read.query_one_raw(self.statement(SOME, [])).await?.is_none() {
            return Ok(None);
        }
        let (now, is_alone) = (self.db_now(), self.backend() == DbBackend::Sqlite);
        let free = |of: &str| match is_alone {
            // There is no other process at the database.
            true => "TRUE".to_owned(),
            false => {
                format!("({of}lease_owner IS NULL OR {of}lease_owner = :worker OR {of}lease_until < {now})")
            }
        };
        let take = TAKE.replace("{now}", now).replace("{free}", &free("")).replace("{free_j}", &free("j."));
        let take = &self.named(&take, [("worker", worker.into()), ("lease", LEASE_MS.into())]);
        let taken = self.write(|txn, _| {
            Box::pin(async move { Ok(JobRow::find_by_statement(take.clone()).one(txn).await?.map(BulkClaim::from)) })
        });
        taken.await
    }

    /// Returns the next runs of an action that nothing is written down of, lowest number first.
    pub async fn bulk_piece(&self, job: BulkId, limit: i64) -> StoreResult<Vec<RunId>> {
        let select = self.named(PIECE, [("job", job.into()), ("limit", limit.into())]);
        let rows = self.read.query_all_raw(select).await?;
        let runs: Result<_, DbErr> = rows.iter().map(|row| row.try_get("", "run_id")).collect();
        Ok(runs?)
    }

    /// Writes down what came of some runs. When it was the last of them, the action is finished.
    pub async fn record_bulk(&self, job: BulkId, items: &[BulkItem]) -> StoreResult<()> {
        self.write(|txn, _| {
            Box::pin(async move {
                let result = |item: &BulkItem| {
                    let BulkItem { run_id, result, detail, new_run_id } = item.clone();
                    let values = [
                        ("job", job.into()),
                        ("run", run_id.into()),
                        ("result", result.into()),
                        ("detail", detail.into()),
                        ("new", new_run_id.into()),
                    ];
                    self.named(RESULT, values)
                };
                let written = self.series(txn, items.iter().map(result).collect()).await?;
                let written: Result<Vec<BulkResult>, DbErr> =
                    written.iter().flatten().map(|row| row.try_get("", "result")).collect();
                let written = written?;
                let count = |result| (written.iter().filter(|one| **one == result).count() as i64).into();
                let values = [
                    ("job", job.into()),
                    ("now", self.now().into()),
                    ("done", count(BulkResult::Done)),
                    ("unchanged", count(BulkResult::Unchanged)),
                    ("failed", count(BulkResult::Failed)),
                ];
                txn.execute_raw(self.named(COUNT, values)).await?;
                Ok(())
            })
        })
        .await
    }

    /// Leaves what a process was at to others, at once.
    pub async fn release_bulk(&self, worker: &str) -> StoreResult<()> {
        let release = "UPDATE bulk_jobs SET lease_owner = NULL, lease_until = NULL WHERE lease_owner = $1";
        let release = &self.statement(release, [worker.into()]);
        self.write(|txn, _| Box::pin(async move { Ok(txn.execute_raw(release.clone()).await.map(drop)?) })).await
    }

    /// Drops actions that have had their time, with what came of each run. Those before an error stay dropped.
    pub async fn drop_old_bulks(&self) -> StoreResult<()> {
        let drop = &self.statement(DROP, [self.now().ms().saturating_sub(KEPT_MS).into()]);
        loop {
            let dropped = self.write_alone(|txn, _| {
                Box::pin(async move { Ok(txn.execute_raw(drop.clone()).await?.rows_affected()) })
            });
            if dropped.await? == 0 {
                return Ok(());
            }
        }
    }
}
