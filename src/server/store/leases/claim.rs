//! Claiming: which queued runs a server takes next.

use super::{Claim, LEASE_MS};
use crate::domain::id::{AgentId, RunId};
use crate::domain::time::Timestamp;
use crate::server::store::Store;
use crate::server::store::error::StoreResult;
use crate::server::store::holds::not_held;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, FromQueryResult, Statement};
use std::collections::BTreeSet;

/// Agents that have something queued, locked while their runs are counted, so that two servers do not both fill the
/// last place. Those that another server has locked are left to it.
const LOCK_AGENTS: &str = "
SELECT a.id, g.id AS group_id
FROM agents a LEFT JOIN concurrency_groups g ON g.owner_id = a.owner_id AND g.name = a.concurrency_group
WHERE EXISTS (SELECT 1 FROM agent_runs q WHERE q.agent_id = a.id AND q.status = 'queued') AND {not_held}
ORDER BY a.id FOR UPDATE OF a SKIP LOCKED";

/// The groups of those agents, locked for the same reason. Those that another server has locked are left to it, with their
/// agents.
const LOCK_GROUPS: &str = "SELECT id FROM concurrency_groups WHERE id {among} ORDER BY id FOR UPDATE SKIP LOCKED";

/// Leases up to `:limit` runs. Every part is read from a partial index, however long the history; CROSS JOIN: SQLite
/// keeps the order. In braces stands what databases differ in.
const CLAIM: &str = "
WITH rooms AS MATERIALIZED (
    SELECT g.id, g.owner_id, g.name,
           g.most - (SELECT COUNT(*) FROM agents m CROSS JOIN agent_runs b
                     WHERE m.owner_id = g.owner_id AND m.concurrency_group = g.name
                       AND b.agent_id = m.id AND b.status = 'running')
                  - (SELECT COUNT(*) FROM agents m CROSS JOIN agent_runs b
                     WHERE m.owner_id = g.owner_id AND m.concurrency_group = g.name
                       AND b.agent_id = m.id AND b.status = 'queued' AND b.lease_until >= {now}) AS free
    FROM concurrency_groups g
), candidates AS (
    SELECT q.id, q.ordered_at, ROW_NUMBER() OVER (PARTITION BY q.agent_id ORDER BY q.ordered_at, q.id) AS place,
           g.id AS group_id, g.free AS group_free,
           a.max_concurrent_runs
               - (SELECT COUNT(*) FROM agent_runs b WHERE b.agent_id = a.id AND b.status = 'running')
               - (SELECT COUNT(*) FROM agent_runs b
                  WHERE b.agent_id = a.id AND b.status = 'queued' AND b.lease_until >= {now}) AS free
    FROM agents a LEFT JOIN rooms g ON g.owner_id = a.owner_id AND g.name = a.concurrency_group
         CROSS JOIN agent_runs q {in_order}
    WHERE q.agent_id = a.id AND q.status = 'queued'
      AND (q.lease_until IS NULL OR q.lease_until < {now}) AND NOT (q.id {at_work}) AND {q_in_turn}
      AND (q.not_before IS NULL OR q.not_before <= :at)
      AND q.ordered_at <= COALESCE((
          SELECT n.ordered_at FROM agent_runs n {in_order}
          WHERE n.agent_id = a.id AND n.status = 'queued'
            AND (n.lease_until IS NULL OR n.lease_until < {now}) AND {n_in_turn}
            AND (n.not_before IS NULL OR n.not_before <= :at)
          ORDER BY n.ordered_at, n.id LIMIT 1 OFFSET :limit), {last})
      AND {agents} AND a.deleting_at IS NULL AND {not_held} AND (g.id IS NULL OR ({groups} AND g.free > 0))
), fitting AS (
    SELECT c.id, c.place, c.ordered_at, c.group_id, c.group_free,
           ROW_NUMBER() OVER (PARTITION BY c.group_id ORDER BY c.place, c.ordered_at, c.id) AS group_place
    FROM candidates c WHERE c.place <= c.free
)
UPDATE agent_runs SET lease_owner = :owner, lease_until = {now} + :lease_ms, attempt = attempt + 1
WHERE id IN (
    SELECT r.id FROM fitting c CROSS JOIN agent_runs r
    WHERE r.id = c.id AND (c.group_id IS NULL OR c.group_place <= c.group_free) AND r.status = 'queued'
    ORDER BY c.place, c.ordered_at, c.id LIMIT :limit {skip_locked})
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

/// The rows that a claim on PostgreSQL has locked: agents, and the groups with a limit that they are in.
pub(in crate::server::store) struct Locked {
    agents: Vec<AgentId>,
    groups: Vec<i64>,
}

/// An agent that was locked, and the group of its that has a limit.
#[derive(FromQueryResult)]
struct LockedAgent {
    id: AgentId,
    group_id: Option<i64>,
}

impl Store {
    /// Leases up to `limit` queued runs for `owner`, by their priorities and in turn between agents, passing over agents
    /// that are at their `max_concurrent_runs`, in a group that is at its limit or on hold, over runs that are `at_work`
    /// already or put off, and over chat turns whose turn it is not.
    pub async fn claim_runs(&self, owner: &str, limit: u32, at_work: &[RunId]) -> StoreResult<Vec<Claim>> {
        let claimed = self.write_if(|txn, _| {
            Box::pin(async move {
                let locked = match self.backend() {
                    DbBackend::Postgres => Some(self.lock_agents(txn).await?),
                    _ => None,
                };
                if locked.as_ref().is_some_and(|locked| locked.agents.is_empty()) {
                    return Ok(None);
                }
                let claim = self.claim_statement(owner, limit, at_work, locked.as_ref());
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

    async fn lock_agents(&self, txn: &DatabaseTransaction) -> StoreResult<Locked> {
        let lock = self.statement(LOCK_AGENTS.replace("{not_held}", &not_held("a")), []);
        let agents = LockedAgent::find_by_statement(lock).all(txn).await?;
        let wanted: BTreeSet<i64> = agents.iter().filter_map(|agent| agent.group_id).collect();
        let mut groups = Vec::new();
        if !wanted.is_empty() {
            let lock = LOCK_GROUPS.replace("{among}", &self.among("$1"));
            for row in txn.query_all_raw(self.statement(lock, [self.ids(&wanted)])).await? {
                groups.push(row.try_get::<i64>("", "id")?);
            }
        }
        let is_free = |agent: &LockedAgent| agent.group_id.is_none_or(|group| groups.contains(&group));
        Ok(Locked { agents: agents.into_iter().filter(is_free).map(|agent| agent.id).collect(), groups })
    }

    /// `locked` is what was locked, if there is locking. A group that has been given its limit since is left to the next claim.
    pub(in crate::server::store) fn claim_statement(
        &self,
        owner: &str,
        limit: u32,
        at_work: &[RunId],
        locked: Option<&Locked>,
    ) -> Statement {
        let sql = CLAIM
            .replace("{now}", self.db_now())
            .replace("{last}", &i64::MAX.to_string())
            .replace("{in_order}", if self.backend() == DbBackend::Sqlite { "INDEXED BY agent_runs_order" } else { "" })
            .replace("{at_work}", &self.among(":at_work"))
            .replace("{q_in_turn}", &IN_TURN.replace("{run}", "q"))
            .replace("{n_in_turn}", &IN_TURN.replace("{run}", "n"))
            .replace("{not_held}", &not_held("a"))
            .replace("{agents}", &locked.map_or("TRUE".to_owned(), |_| format!("a.id {}", self.among(":agents"))))
            .replace("{groups}", &locked.map_or("TRUE".to_owned(), |_| format!("g.id {}", self.among(":groups"))))
            .replace("{skip_locked}", if locked.is_some() { "FOR UPDATE OF r SKIP LOCKED" } else { "" });
        let values = [
            ("owner", owner.into()),
            ("lease_ms", LEASE_MS.into()),
            ("limit", i64::from(limit).into()),
            ("at_work", self.ids(at_work)),
            ("at", self.now().into()),
        ];
        let locked = locked.map(|locked| [("agents", self.ids(&locked.agents)), ("groups", self.ids(&locked.groups))]);
        self.named(&sql, values.into_iter().chain(locked.into_iter().flatten()))
    }
}
