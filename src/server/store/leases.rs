//! Leases: who executes which run, for how long. `agent_runs` is the queue; a claimed row stays queued.
//!
//! Times here are on the database's clock.

mod claim;

use super::Store;
use super::error::StoreResult;
use crate::domain::id::{AgentId, RunId};
use crate::domain::time::Timestamp;
use sea_orm::{ConnectionTrait, DbBackend};

/// How long a lease lasts without renewal, in milliseconds.
pub const LEASE_MS: i64 = 15_000;

/// Running runs whose lease has expired. Agent by agent, as below: what is under way is in an index of each agent, and SQLite
/// would read all runs that there have ever been to have them in the order of their ids.
pub(super) const EXPIRED: &str = "
SELECT r.id, r.agent_id FROM agents a CROSS JOIN agent_runs r
WHERE r.agent_id = a.id AND r.status = 'running' AND r.lease_until < {now} ORDER BY r.id";

/// Ends every lease.
pub(super) const EXPIRE_ALL: &str = "
UPDATE agent_runs SET lease_until = 0 WHERE lease_owner IS NOT NULL AND id IN (
    SELECT r.id FROM agents a CROSS JOIN agent_runs r WHERE r.agent_id = a.id AND r.status = 'queued'
    UNION ALL
    SELECT r.id FROM agents a CROSS JOIN agent_runs r WHERE r.agent_id = a.id AND r.status = 'running')";

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

impl Store {
    /// Renews the leases of these runs and returns those that are still held. Of a run that has not begun a lease that has
    /// expired is lost: its place counts as free since.
    pub async fn renew_leases(&self, owner: &str, runs: &[RunId]) -> StoreResult<Vec<Held>> {
        if runs.is_empty() {
            return Ok(Vec::new());
        }
        let ids = match self.backend() {
            // Locked in order, so that renewing and deleting cannot wait for each other.
            DbBackend::Postgres => {
                format!("IN (SELECT id FROM agent_runs WHERE id {} ORDER BY id FOR UPDATE)", self.among("$2"))
            }
            _ => self.among("$2"),
        };
        let renew = &self.statement(
            format!(
                "UPDATE agent_runs SET lease_until = {now} + {LEASE_MS}
                 WHERE id {ids} AND lease_owner = $1
                   AND (status = 'running' OR (status = 'queued' AND lease_until >= {now}))
                 RETURNING id, cancel_requested_at",
                now = self.db_now()
            ),
            [owner.into(), self.ids(runs)],
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
    pub async fn release_claim(&self, claim: &Claim) -> StoreResult<()> {
        let release = &self.statement(
            "UPDATE agent_runs SET lease_owner = NULL, lease_until = NULL
             WHERE id = $1 AND status = 'queued' AND lease_owner = $2 AND attempt = $3",
            [claim.run.into(), claim.owner.as_str().into(), claim.attempt.into()],
        );
        self.write(|txn, _| Box::pin(async move { Ok(txn.execute_raw(release.clone()).await.map(drop)?) })).await
    }

    /// Ends every lease. Only right where no other server can be using the database.
    pub async fn expire_all_leases(&self) -> StoreResult<()> {
        let expire = &self.statement(EXPIRE_ALL, []);
        self.write(|txn, _| Box::pin(async move { Ok(txn.execute_raw(expire.clone()).await.map(drop)?) })).await
    }

    /// Returns running runs whose lease has expired.
    pub async fn expired_running(&self) -> StoreResult<Vec<(AgentId, RunId)>> {
        let select = self.statement(EXPIRED.replace("{now}", self.db_now()), []);
        let rows = self.read.query_all_raw(select).await?;
        rows.iter().map(|row| Ok((row.try_get("", "agent_id")?, row.try_get("", "id")?))).collect()
    }
}
