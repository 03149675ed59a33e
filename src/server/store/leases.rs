//! Leases: who executes which run, for how long. `agent_runs` is the queue; a claimed row stays queued.
//!
//! Times here are on the database's clock.

use super::Store;
use super::error::StoreResult;
use crate::domain::id::{AgentId, RunId};
use crate::domain::time::Timestamp;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult};

/// How long a lease lasts without renewal, in milliseconds.
pub const LEASE_MS: i64 = 15_000;

/// A leased run. `owner` and `attempt` fence every later write: after another claim they no longer match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub run: RunId,
    pub agent: AgentId,
    pub owner: String,
    pub attempt: i32,
}

/// A lease that is still held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    pub run: RunId,
    /// Whether a stop was asked, here or at another server.
    pub stop_requested: bool,
}

#[derive(FromQueryResult)]
struct ClaimRow {
    id: RunId,
    agent_id: AgentId,
    attempt: i32,
}

impl Store {
    /// Leases up to `limit` queued runs for `owner`, oldest first and in turn between agents, passing over agents
    /// that are at their `max_concurrent_runs`, over runs that are `at_work` already, and over chat turns whose turn it is
    /// not.
    ///
    /// # Errors
    /// Only those of the database.
    pub async fn claim_runs(&self, owner: &str, limit: u32, at_work: &[RunId]) -> StoreResult<Vec<Claim>> {
        let claimed = self
            .write_if(|txn, _| {
                Box::pin(async move {
                    let (agents, skip_locked) = match self.backend() {
                        // Locked while their runs are counted, so that two servers do not both fill the last place.
                        DbBackend::Postgres => {
                            let lock = self.statement(
                                "SELECT a.id FROM agents a
                     WHERE EXISTS (SELECT 1 FROM agent_runs q WHERE q.agent_id = a.id AND q.status = 'queued')
                     ORDER BY a.id FOR UPDATE SKIP LOCKED",
                                [],
                            );
                            let ids = txn.query_all_raw(lock).await?;
                            let ids = ids
                                .iter()
                                .map(|row| row.try_get::<AgentId>("", "id"))
                                .collect::<Result<Vec<_>, _>>()?;
                            if ids.is_empty() {
                                return Ok(None);
                            }
                            (format!("a.id IN ({})", list(&ids)), "FOR UPDATE OF r SKIP LOCKED")
                        }
                        _ => ("TRUE".to_owned(), ""),
                    };
                    let now = self.db_now();
                    let at_work = match at_work.is_empty() {
                        true => "TRUE".to_owned(),
                        false => format!("q.id NOT IN ({})", list(at_work)),
                    };
                    // One turn at a time: a chat run waits until the earlier ones of its thread are over.
                    let in_turn = |run: &str| {
                        format!(
                            "NOT ({run}.chat AND EXISTS (SELECT 1 FROM agent_runs t WHERE t.thread_id = {run}.thread_id
                     AND t.id < {run}.id AND t.status IN ('queued', 'running')))"
                        )
                    };
                    let (q_in_turn, n_in_turn) = (in_turn("q"), in_turn("n"));
                    // Every part is answered from a partial index, however long the history. CROSS JOIN: SQLite keeps the order.
                    let claim = self.statement(
                        format!(
                            "WITH candidates AS (
                     SELECT q.id, ROW_NUMBER() OVER (PARTITION BY q.agent_id ORDER BY q.id) AS place,
                            a.max_concurrent_runs
                                - (SELECT COUNT(*) FROM agent_runs b WHERE b.agent_id = a.id AND b.status = 'running')
                                - (SELECT COUNT(*) FROM agent_runs b
                                   WHERE b.agent_id = a.id AND b.status = 'queued' AND b.lease_until >= {now}) AS free
                     FROM agents a CROSS JOIN agent_runs q
                     WHERE q.agent_id = a.id AND q.status = 'queued'
                       AND (q.lease_until IS NULL OR q.lease_until < {now}) AND {at_work} AND {q_in_turn}
                       AND q.id <= COALESCE((
                           SELECT n.id FROM agent_runs n
                           WHERE n.agent_id = a.id AND n.status = 'queued'
                             AND (n.lease_until IS NULL OR n.lease_until < {now}) AND {n_in_turn}
                           ORDER BY n.id LIMIT 1 OFFSET {beyond}), {last_id})
                       AND {agents} AND a.deleting_at IS NULL
                 )
                 UPDATE agent_runs SET lease_owner = $1, lease_until = {now} + {LEASE_MS}, attempt = attempt + 1
                 WHERE id IN (
                     SELECT r.id FROM agent_runs r JOIN candidates c ON c.id = r.id
                     WHERE c.place <= c.free AND r.status = 'queued'
                     ORDER BY c.place, c.id LIMIT $2 {skip_locked})
                 RETURNING id, agent_id, attempt",
                            beyond = limit,
                            last_id = i64::MAX,
                        ),
                        [owner.into(), i64::from(limit).into()],
                    );
                    let rows = ClaimRow::find_by_statement(claim).all(txn).await?;
                    Ok(Some(rows).filter(|rows| !rows.is_empty()))
                })
            })
            .await?;
        let mut rows = claimed.unwrap_or_default();
        rows.sort_by_key(|row| row.id);
        Ok(rows
            .into_iter()
            .map(|row| Claim { run: row.id, agent: row.agent_id, owner: owner.to_owned(), attempt: row.attempt })
            .collect())
    }

    /// Renews the leases of these runs and answers those that are still held.
    ///
    /// # Errors
    /// Only those of the database.
    pub async fn renew_leases(&self, owner: &str, runs: &[RunId]) -> StoreResult<Vec<Held>> {
        if runs.is_empty() {
            return Ok(Vec::new());
        }
        let ids = list(runs);
        let ids = match self.backend() {
            // Locked in order, so that renewing and deleting cannot wait for each other.
            DbBackend::Postgres => format!("SELECT id FROM agent_runs WHERE id IN ({ids}) ORDER BY id FOR UPDATE"),
            _ => ids,
        };
        let renew = &self.statement(
            format!(
                "UPDATE agent_runs SET lease_until = {} + {LEASE_MS}
                 WHERE id IN ({ids}) AND lease_owner = $1 AND status IN ('queued', 'running')
                 RETURNING id, cancel_requested_at",
                self.db_now()
            ),
            [owner.into()],
        );
        let rows = self.write(|txn, _| Box::pin(async move { Ok(txn.query_all_raw(renew.clone()).await?) })).await?;
        rows.iter()
            .map(|row| {
                Ok(Held {
                    run: row.try_get("", "id")?,
                    stop_requested: row.try_get::<Option<Timestamp>>("", "cancel_requested_at")?.is_some(),
                })
            })
            .collect()
    }

    /// Gives back the lease of a run that has not begun, so that it can be claimed at once.
    ///
    /// # Errors
    /// Only those of the database.
    pub async fn release_claim(&self, claim: &Claim) -> StoreResult<()> {
        let release = &self.statement(
            "UPDATE agent_runs SET lease_owner = NULL, lease_until = NULL
             WHERE id = $1 AND status = 'queued' AND lease_owner = $2 AND attempt = $3",
            [claim.run.into(), claim.owner.as_str().into(), claim.attempt.into()],
        );
        self.write(|txn, _| Box::pin(async move { Ok(txn.execute_raw(release.clone()).await.map(drop)?) })).await
    }

    /// Ends every lease. Only right where no other server can be using the database.
    ///
    /// # Errors
    /// Only those of the database.
    pub async fn expire_all_leases(&self) -> StoreResult<()> {
        let expire = &self.statement(
            "UPDATE agent_runs SET lease_until = 0 WHERE lease_owner IS NOT NULL AND status IN ('queued', 'running')",
            [],
        );
        self.write(|txn, _| Box::pin(async move { Ok(txn.execute_raw(expire.clone()).await.map(drop)?) })).await
    }

    /// Running runs whose lease has expired.
    ///
    /// # Errors
    /// Only those of the database.
    pub async fn expired_running(&self) -> StoreResult<Vec<(AgentId, RunId)>> {
        let select = self.statement(
            format!(
                "SELECT id, agent_id FROM agent_runs WHERE status = 'running' AND lease_until < {} ORDER BY id",
                self.db_now()
            ),
            [],
        );
        let rows = self.read.query_all_raw(select).await?;
        rows.iter().map(|row| Ok((row.try_get("", "agent_id")?, row.try_get("", "id")?))).collect()
    }
}

/// Ids as SQL has them between parentheses.
pub(super) fn list(ids: &[impl ToString]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}
