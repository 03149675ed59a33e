//! Actions on many runs, as they are asked for and looked at. Which runs one has is written down with it; how it is carried out
//! is in `work`.

mod cancel;
mod delete;
mod items;
pub(super) mod work;

pub use self::delete::Deletion;
pub use self::work::{BulkClaim, start};

use super::Store;
use super::error::{StoreError, StoreResult};
use super::run_list::RunsFrom;
use super::scope::Scope;
use crate::domain::bulk::{BulkAction, BulkItem, BulkJob, BulkRequest, BulkResult, BulkState, Selection};
use crate::domain::id::{BulkId, OwnerId, RunId};
use crate::domain::run::Trigger;
use crate::domain::time::Timestamp;
use crate::server::entity::values::Json;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};

const INSERT: &str = "
INSERT INTO bulk_jobs (owner_id, action, add_tags, remove_tags, filter, trigger, total, created_at)
VALUES (:owner, :action, :add, :remove, :filter, :trigger, 0, :now) RETURNING id";

/// Says how many runs it has; with none it is over.
const COUNT: &str = "UPDATE bulk_jobs SET total = :total, finished_at = :finished WHERE id = :job RETURNING *";

const ONE: &str = "SELECT * FROM bulk_jobs WHERE id = :job AND owner_id = :owner";

/// The newest one that is under way.
const UNFINISHED: &str = "
SELECT * FROM bulk_jobs WHERE owner_id = :owner AND finished_at IS NULL ORDER BY id DESC LIMIT 1";

pub(super) const LIST: &str = "
SELECT * FROM bulk_jobs WHERE owner_id = :owner AND id > :after AND id < :before ORDER BY id {order} LIMIT :limit";

pub(super) const ITEMS: &str = "
SELECT i.run_id, i.result, i.detail, i.new_run_id FROM bulk_items i
WHERE i.job_id = :job AND i.run_id > :after AND i.run_id < :before
  AND (CAST(:results AS TEXT) = '' OR CAST(:results AS TEXT) LIKE '%,' || i.result || ',%')
ORDER BY i.run_id {order} LIMIT :limit";

/// Some of a list whose entries have numbers, highest first, and whether there are others on either side.
#[derive(Clone, Debug)]
pub struct BulkPage<T> {
    pub entries: Vec<T>,
    pub has_newer: bool,
    pub has_older: bool,
}

#[derive(FromQueryResult)]
struct JobRow {
    id: BulkId,
    owner_id: OwnerId,
    action: BulkAction,
    add_tags: Json<Vec<String>>,
    remove_tags: Json<Vec<String>>,
    filter: Option<String>,
    trigger: Trigger,
    total: i64,
    done: i64,
    unchanged: i64,
    failed: i64,
    cancelled: i64,
    created_at: Timestamp,
    finished_at: Option<Timestamp>,
    cancelled_at: Option<Timestamp>,
}

impl From<JobRow> for BulkJob {
    fn from(row: JobRow) -> Self {
        let JobRow { id, action, add_tags, remove_tags, filter, total, done, unchanged, failed, cancelled, .. } = row;
        let state = match (row.cancelled_at, row.finished_at) {
            (Some(_), _) => BulkState::Cancelled,
            (None, Some(_)) => BulkState::Finished,
            (None, None) => BulkState::Running,
        };
        let pairs = |query: String| form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Self {
            id,
            action,
            state,
            tags: add_tags.0,
            remove: remove_tags.0,
            filter: filter.map(pairs),
            total,
            done,
            unchanged,
            failed,
            cancelled,
            left: total - done - unchanged - failed - cancelled,
            created_at: row.created_at,
            finished_at: row.finished_at,
        }
    }
}

#[derive(FromQueryResult)]
struct ItemRow {
    run_id: RunId,
    result: Option<BulkResult>,
    detail: Option<String>,
    new_run_id: Option<RunId>,
}

impl From<ItemRow> for BulkItem {
    fn from(ItemRow { run_id, result, detail, new_run_id }: ItemRow) -> Self {
        Self { run_id, result, detail, new_run_id }
    }
}

impl Store {
    /// Returns those of these runs that are there.
    pub async fn runs_there(&self, scope: &Scope, ids: &[RunId]) -> StoreResult<Vec<RunId>> {
        let select = format!("SELECT r.id FROM agent_runs r WHERE r.owner_id = :owner AND r.id {}", self.among(":ids"));
        let select = self.named(&select, [("owner", scope.owner().into()), ("ids", self.ids(ids))]);
        let rows = self.read.query_all_raw(select).await?;
        let there: Result<_, DbErr> = rows.iter().map(|row| row.try_get("", "id")).collect();
        Ok(there?)
    }

    /// Writes down an action with the runs that it is to be carried out on, as far as they are still there. `request` is checked.
    ///
    /// # Errors
    /// As [`Store::once`].
    pub async fn create_bulk(
        &self,
        scope: &Scope,
        request: &BulkRequest,
        runs: &[RunId],
        trigger: Trigger,
    ) -> StoreResult<BulkJob> {
        let BulkRequest { action, selection, tags } = request;
        let filter = match selection {
            Selection::Runs(_) => None,
            Selection::Filter(filter) => Some(filter.to_query()),
        };
        let (owner, now) = (scope.owner(), self.now());
        let insert = &self.named(
            INSERT,
            [
                ("owner", owner.into()),
                ("action", (*action).into()),
                ("add", Json(tags.add.clone()).into()),
                ("remove", Json(tags.remove.clone()).into()),
                ("filter", filter.into()),
                ("trigger", trigger.into()),
                ("now", now.into()),
            ],
        );
        let freeze = &format!(
            "INSERT INTO bulk_items (job_id, run_id)
             SELECT CAST(:job AS BIGINT), r.id FROM agent_runs r WHERE r.owner_id = :owner AND r.id {}",
            self.among(":ids")
        );
        self.write_alone(|txn, _| {
            let work = async move {
                let row = txn.query_one_raw(insert.clone()).await?.ok_or(DbErr::RecordNotInserted)?;
                let job: BulkId = row.try_get("", "id")?;
                let freeze =
                    self.named(freeze, [("job", job.into()), ("owner", owner.into()), ("ids", self.ids(runs))]);
                let total = txn.execute_raw(freeze).await?.rows_affected() as i64;
                let finished = (total == 0).then_some(now);
                let count =
                    self.named(COUNT, [("job", job.into()), ("total", total.into()), ("finished", finished.into())]);
                let row = JobRow::find_by_statement(count).one(txn).await?.ok_or(DbErr::RecordNotUpdated)?;
                Ok(BulkJob::from(row))
            };
            Box::pin(self.once(txn, scope, work, |job| Some(job.clone())))
        })
        .await
    }

    /// Returns one action.
    ///
    /// # Errors
    /// `NoBulk`.
    pub async fn bulk_job(&self, scope: &Scope, id: BulkId) -> StoreResult<BulkJob> {
        let select = self.named(ONE, [("job", id.into()), ("owner", scope.owner().into())]);
        let row = JobRow::find_by_statement(select).one(&self.read).await?;
        Ok(row.ok_or(StoreError::NoBulk(id))?.into())
    }

    /// Returns the newest action that is under way.
    pub async fn unfinished_bulk(&self, scope: &Scope) -> StoreResult<Option<BulkJob>> {
        let select = self.named(UNFINISHED, [("owner", scope.owner().into())]);
        Ok(JobRow::find_by_statement(select).one(&self.read).await?.map(BulkJob::from))
    }

    /// Returns up to `limit` actions, newest first.
    pub async fn bulk_jobs(&self, scope: &Scope, from: RunsFrom, limit: u64) -> StoreResult<BulkPage<BulkJob>> {
        let (sql, place) = placed(LIST, from, limit);
        let select = self.named(&sql, [("owner", scope.owner().into())].into_iter().chain(place));
        let rows = JobRow::find_by_statement(select).all(&self.read).await?;
        Ok(page(rows.into_iter().map(BulkJob::from).collect(), from, limit))
    }

    /// Returns up to `limit` runs of an action, or of those with one of some results, highest number first.
    ///
    /// # Errors
    /// `NoBulk`.
    pub async fn bulk_items(
        &self,
        scope: &Scope,
        id: BulkId,
        results: Option<&[BulkResult]>,
        from: RunsFrom,
        limit: u64,
    ) -> StoreResult<BulkPage<BulkItem>> {
        self.bulk_job(scope, id).await?;
        // Without any there is nothing to have one of.
        let words = |results: &[BulkResult]| {
            format!(",{},", results.iter().map(|one| one.as_str()).collect::<Vec<_>>().join(","))
        };
        let results = results.map(words).unwrap_or_default();
        let (sql, place) = placed(ITEMS, from, limit);
        let values = [("job", id.into()), ("results", results.into())];
        let rows =
            ItemRow::find_by_statement(self.named(&sql, values.into_iter().chain(place))).all(&self.read).await?;
        Ok(page(rows.into_iter().map(BulkItem::from).collect(), from, limit))
    }
}

/// Returns the statement of a list that begins here, and the parameters that say so. One more is read than is wanted.
fn placed(sql: &str, from: RunsFrom, limit: u64) -> (String, [(&'static str, sea_orm::Value); 3]) {
    let (after, before, order) = match from {
        RunsFrom::Newest => (0, i64::MAX, "DESC"),
        RunsFrom::Below(id) => (0, id, "DESC"),
        RunsFrom::Above(id) => (id, i64::MAX, "ASC"),
    };
    let place = [("after", after.into()), ("before", before.into()), ("limit", (limit as i64 + 1).into())];
    (sql.replace("{order}", order), place)
}

/// Returns a page of what was read.
fn page<T>(mut entries: Vec<T>, from: RunsFrom, limit: u64) -> BulkPage<T> {
    let has_more = entries.len() as u64 > limit;
    entries.truncate(limit as usize);
    if matches!(from, RunsFrom::Above(_)) {
        entries.reverse();
    }
    // Whoever asks for what is above or below a number has seen the entry that has it.
    let (has_newer, has_older) = match from {
        RunsFrom::Newest => (false, has_more),
        RunsFrom::Below(_) => (true, has_more),
        RunsFrom::Above(_) => (has_more, true),
    };
    BulkPage { entries, has_newer, has_older }
}
