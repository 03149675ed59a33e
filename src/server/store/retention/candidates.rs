//! Which runs may have had their time: read page by page from the index of an agent's runs, as far as an id that bounds them.

use super::bounds::PAGE_RUNS;
use super::{Bounds, PrunedAgent};
use crate::domain::id::{AgentId, RunId, ThreadId};
use crate::domain::retention::RetentionLimits;
use crate::domain::time::Timestamp;
use crate::server::store::Store;
use crate::server::store::error::StoreResult;
use sea_orm::{ConnectionTrait, FromQueryResult};

/// The newest of an owner's runs that was accepted before an instant: younger ones cannot have ended before it.
pub(in crate::server::store) const OLD: &str = "
SELECT id FROM agent_runs WHERE owner_id = :owner AND queued_at < :before ORDER BY queued_at DESC LIMIT 1";

/// The newest run of an agent that is one too many.
pub(in crate::server::store) const BEYOND: &str = "
SELECT id FROM agent_runs WHERE agent_id = :agent ORDER BY id DESC LIMIT 1 OFFSET :limit";

/// Whatever an agent has within bounds.
pub(in crate::server::store) const PAGE: &str = "
SELECT id, thread_id, finished_at, kept_at, payloads_removed_at FROM agent_runs
WHERE agent_id = :agent AND id > :after AND id <= :last ORDER BY id LIMIT :limit";

#[derive(FromQueryResult)]
struct Found {
    id: RunId,
    thread_id: ThreadId,
    finished_at: Option<Timestamp>,
    kept_at: Option<Timestamp>,
    payloads_removed_at: Option<Timestamp>,
}

/// A page of an agent's runs that have had their time by what their rows say.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    /// Their threads, each once.
    pub threads: Vec<ThreadId>,
    /// Other runs, whose payloads may have had their time.
    pub payloads: Vec<RunId>,
    /// Runs of these threads whose payloads may have had their time, should the thread be held back.
    pub payloads_of_old: Vec<RunId>,
    /// The last run that was looked at; `None` where there are no more.
    pub last: Option<RunId>,
}

impl Store {
    /// Returns the bounds of what has had its time of an agent's runs, under a server's limits. `has_all` says that the agent is known
    /// to have no more runs than it may: then they are not counted.
    pub async fn retention_bounds(
        &self,
        agent: &PrunedAgent,
        servers: RetentionLimits,
        now: Timestamp,
        has_all: bool,
    ) -> StoreResult<Bounds> {
        let limits = agent.limits(servers);
        let beyond = match limits.runs.filter(|_| !has_all) {
            Some(runs) => {
                let beyond = self.named(BEYOND, [("agent", agent.id.into()), ("limit", runs.into())]);
                self.id_of(beyond).await?
            }
            None => None,
        };
        let old = match limits.old_before(now) {
            Some(before) => self.accepted_before(agent, before).await?,
            None => None,
        };
        let payloads = match limits.payloads_old_before(now) {
            Some(before) => self.accepted_before(agent, before).await?,
            None => None,
        };
        let upto = beyond.max(old).unwrap_or(RunId(0));
        Ok(Bounds { limits, now, beyond, upto, payloads_upto: payloads.unwrap_or(RunId(0)) })
    }

    /// Returns how many more runs an agent may have before one is too many, at least.
    pub async fn room_for_runs(&self, agent: AgentId, limit: i64) -> StoreResult<i64> {
        let count =
            "SELECT COUNT(*) AS runs FROM (SELECT 1 AS one FROM agent_runs WHERE agent_id = $1 LIMIT $2) AS found";
        let row = self.read.query_one_raw(self.statement(count, [agent.into(), limit.into()])).await?;
        let runs: i64 = row.map_or(Ok(0), |row| row.try_get("", "runs"))?;
        Ok(limit - runs)
    }

    async fn accepted_before(&self, agent: &PrunedAgent, before: Timestamp) -> StoreResult<Option<RunId>> {
        self.id_of(self.named(OLD, [("owner", agent.owner_id.into()), ("before", before.into())])).await
    }

    async fn id_of(&self, select: sea_orm::Statement) -> StoreResult<Option<RunId>> {
        let row = self.read.query_one_raw(select).await?;
        row.map_or(Ok(None), |row| Ok(Some(row.try_get("", "id")?)))
    }

    /// Returns the runs of an agent after the first of an id and up to the second that may have had their time.
    pub async fn retention_candidates(
        &self,
        agent: &PrunedAgent,
        bounds: &Bounds,
        (after, upto): (RunId, RunId),
    ) -> StoreResult<Candidates> {
        let values =
            [("agent", agent.id.into()), ("after", after.into()), ("last", upto.into()), ("limit", PAGE_RUNS.into())];
        let found = Found::find_by_statement(self.named(PAGE, values)).all(&self.read).await?;
        let is_full = found.len() as i64 == PAGE_RUNS;
        let mut candidates =
            Candidates { last: found.last().map(|run| run.id).filter(|_| is_full), ..Candidates::default() };
        for run in found.into_iter().filter(|run| run.kept_at.is_none()) {
            let Some(finished) = run.finished_at.map(Timestamp::ms) else { continue };
            let is_old = finished < bounds.old() || run.id <= bounds.beyond();
            if is_old {
                candidates.threads.push(run.thread_id);
            }
            if finished < bounds.payloads_old() && run.payloads_removed_at.is_none() {
                let payloads = if is_old { &mut candidates.payloads_of_old } else { &mut candidates.payloads };
                payloads.push(run.id);
            }
        }
        candidates.threads.sort_unstable_by_key(|thread| thread.0);
        candidates.threads.dedup();
        Ok(candidates)
    }
}
