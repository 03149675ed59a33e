//! Runs that have had their time: which they are, and their removal.
//!
//! A *thread* goes whole, with its runs, messages, steps and all that hangs on them, once every one of its runs has had its time: so
//! a conversation never lacks an answer in its middle, and what a later turn is given is there for as long as the thread is. It stays
//! while one of its runs is queued, running or kept for good, while a message of a person stands in it that no run has been asked to
//! answer, for a chat, within a day of what was said last, and for a
//! scheduled run within a day of its due time.
//!
//! Whatever is removed is looked at again in the transaction that removes it, under its agent's lock: limits that were raised and runs
//! that somebody keeps count at once. Each transaction is bounded ([`bounds`]). Roll-ups stay; each agent notes since when its runs
//! are all kept. Knows no schedule: when to look is up to whoever calls.

mod bounds;
mod candidates;
mod foresight;
mod kept;
mod payloads;
mod pieces;
mod removal;
mod seen;

pub use self::bounds::Bounds;
#[cfg(test)]
pub(super) use self::candidates::{BEYOND, OLD, PAGE};
#[cfg(test)]
pub(super) use self::removal::FIT;
pub use self::seen::RetentionRecord;

use super::Store;
use super::error::{StoreError, StoreResult};
use super::scope::Scope;
use crate::domain::id::{AgentId, OwnerId, RunId};
use crate::domain::retention::{OwnLimits, RetentionLimits};
use crate::domain::time::Timestamp;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, FromQueryResult};

/// An agent, as far as its retention goes.
#[derive(Clone, Debug, FromQueryResult)]
pub struct PrunedAgent {
    pub id: AgentId,
    pub owner_id: OwnerId,
    pub name: String,
    retention_days: Option<i64>,
    retention_runs: Option<i64>,
    retention_payload_days: Option<i64>,
}

impl PrunedAgent {
    /// Returns its limits: its own, or else the server's.
    pub fn limits(&self, servers: RetentionLimits) -> RetentionLimits {
        servers.of_agent(OwnLimits {
            days: self.retention_days,
            runs: self.retention_runs,
            payload_days: self.retention_payload_days,
        })
    }
}

/// Runs that were removed together, or lost their payloads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Removed {
    pub owner: OwnerId,
    pub agent: AgentId,
    /// The agent's live sequence number of that change.
    pub seq: i64,
    pub runs: u64,
}

/// The columns of a [`PrunedAgent`].
const AGENT: &str = "id, owner_id, name, retention_days, retention_runs, retention_payload_days";

impl Store {
    /// Returns some agents after the one of an id, in the order of their ids.
    pub async fn agents_to_prune(&self, after: AgentId, limit: i64) -> StoreResult<Vec<PrunedAgent>> {
        let select = format!("SELECT {AGENT} FROM agents WHERE deleting_at IS NULL AND id > $1 ORDER BY id LIMIT $2");
        let select = self.statement(select, [after.into(), limit.into()]);
        Ok(PrunedAgent::find_by_statement(select).all(&self.read).await?)
    }

    /// Returns an owner's agents, in the order of their ids, at most `limit`.
    async fn own_agents_to_prune(&self, scope: &Scope, limit: i64) -> StoreResult<Vec<PrunedAgent>> {
        let select =
            format!("SELECT {AGENT} FROM agents WHERE deleting_at IS NULL AND owner_id = $1 ORDER BY id LIMIT $2");
        let select = self.statement(select, [scope.owner().into(), limit.into()]);
        Ok(PrunedAgent::find_by_statement(select).all(&self.read).await?)
    }

    /// Takes an agent's lock and returns it as it is now; `None` where it is gone. Its live sequence number stays.
    pub(super) async fn locked_agent(
        &self,
        txn: &DatabaseTransaction,
        id: AgentId,
    ) -> StoreResult<Option<PrunedAgent>> {
        let lock = match self.backend() {
            DbBackend::Postgres => "FOR UPDATE",
            _ => "",
        };
        let select = format!("SELECT {AGENT} FROM agents WHERE deleting_at IS NULL AND id = $1 {lock}");
        Ok(PrunedAgent::find_by_statement(self.statement(select, [id.into()])).one(txn).await?)
    }

    /// Returns the error for a run that is not there. Where runs of this owner have been removed up to an id beyond it, the error says
    /// that it may be one of them.
    pub(super) async fn no_run<C: ConnectionTrait>(&self, db: &C, scope: &Scope, id: RunId) -> StoreError {
        let select = "SELECT 1 FROM agents WHERE owner_id = $1 AND runs_removed_to >= $2 LIMIT 1";
        match db.query_one_raw(self.statement(select, [scope.owner().into(), id.into()])).await {
            Ok(None) => StoreError::NoRun(id),
            Ok(Some(_)) => StoreError::RunRemoved(id),
            Err(error) => error.into(),
        }
    }

    /// Returns the newest run of all; 0 where there is none.
    pub async fn newest_run_of_all(&self) -> StoreResult<RunId> {
        let newest = self.statement("SELECT COALESCE(MAX(id), 0) AS newest FROM agent_runs", []);
        let row = self.read.query_one_raw(newest).await?;
        row.map_or(Ok(RunId(0)), |row| Ok(row.try_get("", "newest")?))
    }
}

/// Returns the instant that a run must have ended before; without a limit, none has.
fn before(old: Option<Timestamp>) -> i64 {
    old.map_or(i64::MIN, Timestamp::ms)
}
