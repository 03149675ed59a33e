//! Actions on many runs as a service: which runs one has is settled when it is asked for, then it is carried out one run after
//! the other (`worker`), however long that takes and whatever becomes of the process meanwhile.

mod worker;

use crate::domain::bulk::{
    BulkItem, BulkJob, BulkRequest, BulkResult, BulkResults, BulkView, MAX_RUNS, SHOWN_FAILURES, SHOWN_RESULTS,
    Selection,
};
use crate::domain::id::{BulkId, RunId};
use crate::domain::run::Trigger;
use crate::domain::run_filter::RunFilter;
use crate::error::AppError;
use crate::server::runs::Runs;
use crate::server::store::Store;
use crate::server::store::run_list::RunsFrom;
use crate::server::store::scope::Scope;
use crate::server::tasks::Tasks;
use std::collections::HashSet;
use std::sync::Arc;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// How many runs that are not there an error names.
const NAMED: usize = 10;

/// Cheap to clone.
#[derive(Clone)]
pub struct Bulk(Arc<Inner>);

struct Inner {
    store: Store,
    runs: Runs,
    /// Who holds the leases of this process.
    worker: String,
    /// An action was asked for.
    arrived: Notify,
}

impl Bulk {
    pub fn new(store: Store, runs: Runs, worker: String) -> Self {
        Self(Arc::new(Inner { store, runs, worker, arrived: Notify::new() }))
    }

    /// Carries out what is asked for, and what was left, from now on until `closing`.
    pub fn start(&self, tasks: &Tasks, closing: CancellationToken) {
        let bulk = self.clone();
        tasks.keep("bulk actions", move || worker::keep(bulk.clone(), closing.clone()));
    }

    /// Writes down an action with the runs that it is to be carried out on, as they are chosen now. Runs that come later are none
    /// of it.
    ///
    /// # Errors
    /// `Invalid`: it is none that any run can have, or there are too many runs. `NotFound` where it names runs that are not there.
    pub async fn ask(&self, scope: &Scope, request: BulkRequest, trigger: Trigger) -> Result<BulkJob, AppError> {
        let Inner { store, arrived, .. } = &*self.0;
        if let Err(error) = store.not_again(scope).await {
            return Ok(error.recorded()?);
        }
        let request = request.checked().map_err(AppError::invalid_fields)?;
        let runs = match &request.selection {
            Selection::Runs(ids) => self.all_there(scope, ids).await?,
            Selection::Filter(filter) => self.all_of(scope, filter).await?,
        };
        let job = match store.create_bulk(scope, &request, &runs, trigger).await {
            Ok(job) => job,
            Err(error) => return Ok(error.recorded()?),
        };
        arrived.notify_one();
        Ok(job)
    }

    async fn all_there(&self, scope: &Scope, ids: &[RunId]) -> Result<Vec<RunId>, AppError> {
        let there = self.0.store.runs_there(scope, ids).await?;
        let known: HashSet<RunId> = there.iter().copied().collect();
        let missing: Vec<String> = ids.iter().filter(|id| !known.contains(id)).map(|id| format!("#{id}")).collect();
        match missing.len() {
            0 => Ok(there),
            1 => Err(AppError::not_found(format!("There is no run {}.", missing[0]))),
            count => {
                let more = if count > NAMED { format!(" and {} others", count - NAMED) } else { String::new() };
                let named = missing[..count.min(NAMED)].join(", ");
                Err(AppError::not_found(format!("There are no runs {named}{more}.")))
            }
        }
    }

    async fn all_of(&self, scope: &Scope, filter: &RunFilter) -> Result<Vec<RunId>, AppError> {
        self.0.store.require_searched(scope, filter).await?;
        let runs = self.0.store.newest_run_ids(scope, filter, MAX_RUNS as i64 + 1).await?;
        if runs.len() > MAX_RUNS {
            let count = self.0.store.run_totals(scope, filter).await?.runs;
            let detail = format!(
                "has {count} runs; at most {MAX_RUNS} can be acted on at once. Narrow it, such as by from and to, and do the rest \
                 after that"
            );
            return Err(AppError::invalid_field("filter", detail));
        }
        Ok(runs)
    }

    /// Cancels an action: what it has not come to is left as it is. Returns it; one that is finished stays so.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn cancel(&self, scope: &Scope, id: BulkId) -> Result<BulkJob, AppError> {
        Ok(self.0.store.cancel_bulk(scope, id).await?)
    }

    /// Returns an action with the first runs that it could not be carried out on; without an id the newest one that is under way,
    /// if there is one.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn view(&self, scope: &Scope, id: Option<BulkId>) -> Result<Option<BulkView>, AppError> {
        let store = &self.0.store;
        let job = match id {
            Some(id) => Some(store.bulk_job(scope, id).await?),
            None => store.unfinished_bulk(scope).await?,
        };
        let Some(job) = job else { return Ok(None) };
        let failures = match job.failed {
            0 => Vec::new(),
            _ => self.items(scope, job.id, Some(&[BulkResult::Failed]), None, SHOWN_FAILURES).await?.items,
        };
        Ok(Some(BulkView { job, failures }))
    }

    /// Returns what came of an action's runs below a number, highest first.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn results(&self, scope: &Scope, id: BulkId, below: Option<RunId>) -> Result<BulkResults, AppError> {
        self.items(scope, id, None, below, SHOWN_RESULTS).await
    }

    async fn items(
        &self,
        scope: &Scope,
        id: BulkId,
        results: Option<&[BulkResult]>,
        below: Option<RunId>,
        limit: u64,
    ) -> Result<BulkResults, AppError> {
        let from = below.map_or(RunsFrom::Newest, |run| RunsFrom::Below(run.0));
        let page = self.0.store.bulk_items(scope, id, results, from, limit).await?;
        let items: Vec<BulkItem> = page.entries;
        Ok(BulkResults { items, more: page.has_older })
    }
}
