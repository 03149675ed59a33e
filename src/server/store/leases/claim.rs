//! Claiming: which queued runs a server takes next.

use super::{Claim, LEASE_MS};
use crate::domain::id::{AgentId, RunId};
use crate::domain::time::Timestamp;
use crate::server::store::Store;
use crate::server::store::error::StoreResult;
use crate::server::store::holds::not_held;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, FromQueryResult, Statement};

/// Agents that have something queued, locked while their runs are counted, so that two servers do not both fill the
/// last place. Those that another server has locked are left to it.
const LOCK_AGENTS: &str = "
SELECT a.id FROM agents a WHERE EXISTS (SELECT 1 FROM agent_runs q WHERE q.agent_id = a.id AND q.status = 'queued')
  AND {not_held}
ORDER BY a.id FOR UPDATE SKIP LOCKED";

/// Leases up to `:limit` runs. Every part is read from a partial index, however long the history; CROSS JOIN: SQLite
/// keeps the order. In braces stands what databases differ in.
const CLAIM: &str = "
WITH candidates AS (
    SELECT q.id, ROW_NUMBER() OVER (PARTITION BY q.agent_id ORDER BY q.id) AS place,
           a.max_concurrent_runs
               - (SELECT COUNT(*) FROM agent_runs b WHERE b.agent_id = a.id AND b.status = 'running')
               - (SELECT COUNT(*) FROM agent_runs b
                  WHERE b.agent_id = a.id AND b.status = 'queued' AND b.lease_until >= {now}) AS free
    FROM agents a CROSS JOIN agent_runs q
    WHERE q.agent_id = a.id AND q.status = 'queued'
      AND (q.lease_until IS NULL OR q.lease_until < {now}) AND NOT (q.id {at_work}) AND {q_in_turn}
      AND (q.not_before IS NULL OR q.not_before <= :at)
      AND q.id <= COALESCE((
          SELECT n.id FROM agent_runs n
          WHERE n.agent_id = a.id AND n.status = 'queued'
            AND (n.lease_until IS NULL OR n.lease_until < {now}) AND {n_in_turn}
            AND (n.not_before IS NULL OR n.not_before <= :at)
          ORDER BY n.id LIMIT 1 OFFSET :limit), {last_id})
      AND {agents} AND a.deleting_at IS NULL AND {not_held}
)
UPDATE agent_runs SET lease_owner = :owner, lease_until = {now} + :lease_ms, attempt = attempt + 1
WHERE id IN (
    SELECT r.id FROM candidates c CROSS JOIN agent_runs r
    WHERE r.id = c.id AND c.place <= c.free AND r.status = 'queued'
    ORDER BY c.place, c.id LIMIT :limit {skip_locked})
RETURNING id, agent_id, attempt";

/// One turn at a time: a chat run waits until the earlier ones of its thread are over.
const IN_TURN: &str = "
NOT ({run}.chat AND EXISTS (SELECT 1 FROM agent_runs t
                            WHERE t.thread_id = {run}.thread_id AND t.id < {run}.id
                              AND t.status IN ('queued', 'running')))";

#[derive(FromQueryResult)]
struct ClaimRow {
    id: RunId,
    agent_id: AgentId,
    attempt: i32,
}

impl Store {
    /// Leases up to `limit` queued runs for `owner`, oldest first and in turn between agents, passing over agents
    /// that are at their `max_concurrent_runs` and those that are on hold, over runs that are `at_work` already or put off, and over chat turns whose
    /// turn it is not.
    pub async fn claim_runs(&self, owner: &str, limit: u32, at_work: &[RunId]) -> StoreResult<Vec<Claim>> {
        let claimed = self.write_if(|txn, _| {
            Box::pin(async move {
                let agents = match self.backend() {
                    DbBackend::Postgres => Some(self.lock_agents(txn).await?),
                    _ => None,
                };
                if agents.as_ref().is_some_and(Vec::is_empty) {
                    return Ok(None);
                }
                let claim = self.claim_statement(owner, limit, at_work, agents.as_deref());
                let rows = ClaimRow::find_by_statement(claim).all(txn).await?;
                Ok(Some(rows).filter(|rows| !rows.is_empty()))
            })
        });
        let mut rows = claimed.await?.unwrap_or_default();
        rows.sort_by_key(|row| row.id);
        let claim =
            |row: ClaimRow| Claim { run: row.id, agent: row.agent_id, owner: owner.to_owned(), attempt: row.attempt };
        Ok(rows.into_iter().map(claim).collect())
    }

    /// Whether any run is queued that nobody has leased and that is neither put off nor on hold. Whether its agent has room
    /// for it, and whether it is its turn, is left to [`Store::claim_runs`].
    pub async fn has_claimable(&self) -> StoreResult<bool> {
        let sql = format!(
            "SELECT 1 FROM agent_runs
             WHERE status = 'queued' AND (lease_until IS NULL OR lease_until < {})
               AND (not_before IS NULL OR not_before <= $1) AND {} LIMIT 1",
            self.db_now(),
            not_held("agent_runs")
        );
        Ok(self.read.query_one_raw(self.statement(sql, [self.now().into()])).await?.is_some())
    }

    /// Returns when the first of the runs may begin that are put off.
    pub async fn next_start(&self) -> StoreResult<Option<Timestamp>> {
        let sql = "SELECT MIN(not_before) AS at FROM agent_runs WHERE status = 'queued' AND not_before > $1";
        let row = self.read.query_one_raw(self.statement(sql, [self.now().into()])).await?;
        Ok(row.map(|row| row.try_get("", "at")).transpose()?.flatten())
    }

    async fn lock_agents(&self, txn: &DatabaseTransaction) -> StoreResult<Vec<AgentId>> {
        let lock = self.statement(LOCK_AGENTS.replace("{not_held}", &not_held("a")), []);
        let rows = txn.query_all_raw(lock).await?;
        Ok(rows.iter().map(|row| row.try_get("", "id")).collect::<Result<_, _>>()?)
    }

    /// `agents` are those that were locked, if there is locking.
    pub(in crate::server::store) fn claim_statement(
        &self,
        owner: &str,
        limit: u32,
        at_work: &[RunId],
        agents: Option<&[AgentId]>,
    ) -> Statement {
        let sql = CLAIM
            .replace("{now}", self.db_now())
            .replace("{last_id}", &i64::MAX.to_string())
            .replace("{at_work}", &self.among(":at_work"))
            .replace("{q_in_turn}", &IN_TURN.replace("{run}", "q"))
            .replace("{n_in_turn}", &IN_TURN.replace("{run}", "n"))
            .replace("{not_held}", &not_held("a"))
            .replace("{agents}", &agents.map_or("TRUE".to_owned(), |_| format!("a.id {}", self.among(":agents"))))
            .replace("{skip_locked}", if agents.is_some() { "FOR UPDATE OF r SKIP LOCKED" } else { "" });
        let values = [
            ("owner", owner.into()),
            ("lease_ms", LEASE_MS.into()),
            ("limit", i64::from(limit).into()),
            ("at_work", self.ids(at_work)),
            ("at", self.now().into()),
        ];
        let agents = agents.map(|agents| ("agents", self.ids(agents)));
        self.named(&sql, values.into_iter().chain(agents))
    }
}
