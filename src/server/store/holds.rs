//! Holds: what they keep from beginning, how they come into force and how they end.
//!
//! A hold that is committed keeps every run of its owner from being claimed, from being fired by a schedule, and from being
//! marked running where it was claimed before. It is written under the locks of all its owner's agents, which whoever marks a
//! run running or fires takes as well, and confirmed once these have been free again: by then what began before is on record,
//! and nothing begins.

use super::error::{StoreError, StoreResult};
use super::removal::Stopping;
use super::scope::{Owned, Scope};
use super::transit::RunsOf;
use super::{Store, storable_row};
use crate::domain::hold::{Hold, HoldInForce, HoldReach, HoldRequest, HoldStarted, HoldStatus};
use crate::domain::id::AgentId;
use crate::domain::run::Trigger;
use crate::server::entity::hold;
use crate::server::schedule::missed::LATE_MS;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, FromQueryResult, IntoActiveModel,
    QueryFilter, Set,
};

/// Counts what waits and what runs, of each agent by its partial index.
pub(super) const UNDER_WAY: &str = "
SELECT (SELECT COUNT(*) FROM agents a CROSS JOIN agent_runs q
        WHERE a.owner_id = :owner AND q.agent_id = a.id AND q.status = 'queued') AS queued,
       (SELECT COUNT(*) FROM agents a CROSS JOIN agent_runs r
        WHERE a.owner_id = :owner AND r.agent_id = a.id AND r.status = 'running') AS running";

/// Agents that come due, and those that have been due for too long.
pub(super) const SCHEDULED: &str = "
SELECT COUNT(a.next_due_at) AS scheduled,
       MIN(CASE WHEN a.next_due_at > :at THEN a.next_due_at END) AS next_due_at,
       COUNT(CASE WHEN a.next_due_at < :late AND a.catch_up THEN 1 END) AS catching_up,
       COUNT(CASE WHEN a.next_due_at < :late AND NOT a.catch_up THEN 1 END) AS skipping
FROM agents a WHERE a.owner_id = :owner AND a.deleting_at IS NULL";

/// Agents with a run that is running.
pub(super) const RUNNING: &str = "
SELECT a.id FROM agents a WHERE a.owner_id = :owner
   AND EXISTS (SELECT 1 FROM agent_runs r WHERE r.agent_id = a.id AND r.status = 'running') ORDER BY a.id";

/// Returns the condition that the owner of a row of `agents` or `agent_runs` holds nothing back.
pub(super) fn not_held(row: &str) -> String {
    format!("NOT EXISTS (SELECT 1 FROM holds h WHERE h.owner_id = {row}.owner_id AND h.released_at IS NULL)")
}

/// Returns the expression whether the due time of a row of `agents` was missed because of a hold that is over: it was in
/// force at the last moment at which the time could have been kept.
pub(super) fn missed_on_hold(agent: &str) -> String {
    let last = format!("{agent}.next_due_at + {LATE_MS}");
    format!(
        "EXISTS (SELECT 1 FROM holds h WHERE h.owner_id = {agent}.owner_id AND h.held_at <= {last} AND h.released_at > {last})"
    )
}

impl Owned for hold::Entity {
    const OWNER: hold::Column = hold::Column::OwnerId;
}

/// A request to hold everything that was carried out.
#[derive(Clone, Debug)]
pub struct Holding {
    pub started: HoldStarted,
    /// The runs that were stopped, by agent.
    pub stopped: Vec<(AgentId, Stopping)>,
}

#[derive(Debug, FromQueryResult)]
struct UnderWay {
    queued: i64,
    running: i64,
}

impl Store {
    /// Puts all of an owner's agents on hold, or changes the note of the hold that is in force, and asks what is running to
    /// stop where that is wanted. Once this has returned, none of the owner's runs begins. The request's note is within its
    /// bounds.
    pub async fn hold(&self, scope: &Scope, trigger: Trigger, request: &HoldRequest) -> StoreResult<Holding> {
        let held = self.write_alone(|txn, _| {
            let work = async move {
                self.lock_agents_of(txn, scope).await?;
                let (hold, is_new) = self.put_on_hold(txn, scope, trigger, request).await?;
                let stopped = match request.stop_running {
                    true => self.stop_running(txn, scope).await?,
                    false => Vec::new(),
                };
                let stopping = stopped.iter().map(|(_, stopping)| stopping.running.len() as i64).sum();
                Ok(Holding { started: HoldStarted { hold, is_new, stopping }, stopped })
            };
            Box::pin(self.once(txn, scope, work, |done: &Holding| Some(done.started.clone())))
        });
        let held = held.await?;
        // An agent that was created meanwhile had no lock.
        if self.backend() == DbBackend::Postgres {
            self.write(|txn, _| Box::pin(self.lock_agents_of(txn, scope))).await?;
        }
        Ok(held)
    }

    /// Releases the hold that is in force; returns whether there was one.
    pub async fn release(&self, scope: &Scope) -> StoreResult<bool> {
        let release = &self.statement(
            "UPDATE holds SET released_at = $2, released_by = $1 WHERE owner_id = $1 AND released_at IS NULL RETURNING id",
            [scope.owner().into(), self.now().into()],
        );
        let released = self.write_if(|txn, _| Box::pin(async move { Ok(txn.query_one_raw(release.clone()).await?) }));
        Ok(released.await?.is_some())
    }

    /// Returns the hold that is in force, with what it holds back.
    pub async fn hold_status(&self, scope: &Scope) -> StoreResult<HoldStatus> {
        self.read_at_once(|txn, _| {
            Box::pin(async move {
                let Some(row) = self.hold_in_force(txn, scope).await? else { return Ok(HoldStatus { hold: None }) };
                let UnderWay { queued, running } = self.under_way(txn, scope).await?;
                Ok(HoldStatus { hold: Some(HoldInForce { hold: row.into(), queued, running }) })
            })
        })
        .await
    }

    /// Returns what a hold would hold back, or its release let go.
    pub async fn hold_reach(&self, scope: &Scope) -> StoreResult<HoldReach> {
        let now = self.now();
        let late = now.ms().saturating_sub(LATE_MS);
        let read = self.read_at_once(|txn, _| {
            Box::pin(async move {
                let values = [("owner", scope.owner().into()), ("at", now.into()), ("late", late.into())];
                let row = txn.query_one_raw(self.named(SCHEDULED, values)).await?;
                let row = row.ok_or(sea_orm::DbErr::RecordNotFound("agents".to_owned()))?;
                Ok((self.under_way(txn, scope).await?, row))
            })
        });
        let (UnderWay { queued, running }, row) = read.await?;
        Ok(HoldReach {
            queued,
            running,
            scheduled: row.try_get("", "scheduled")?,
            next_due_at: row.try_get("", "next_due_at")?,
            catching_up: row.try_get("", "catching_up")?,
            skipping: row.try_get("", "skipping")?,
        })
    }

    async fn hold_in_force<C: ConnectionTrait>(&self, db: &C, scope: &Scope) -> StoreResult<Option<hold::Model>> {
        Ok(hold::Entity::owned(scope).filter(hold::Column::ReleasedAt.is_null()).one(db).await?)
    }

    async fn under_way<C: ConnectionTrait>(&self, db: &C, scope: &Scope) -> StoreResult<UnderWay> {
        let count = self.named(UNDER_WAY, [("owner", scope.owner().into())]);
        let counted = UnderWay::find_by_statement(count).one(db).await?;
        counted.ok_or_else(|| StoreError::from(sea_orm::DbErr::RecordNotFound("agent_runs".to_owned())))
    }

    /// Waits for whoever is about to mark one of the owner's runs running, or to fire one. SQLite has one writer anyway.
    async fn lock_agents_of(&self, txn: &DatabaseTransaction, scope: &Scope) -> StoreResult<()> {
        if self.backend() == DbBackend::Postgres {
            let lock = "SELECT id FROM agents WHERE owner_id = $1 ORDER BY id FOR UPDATE";
            txn.query_all_raw(self.statement(lock, [scope.owner().into()])).await?;
        }
        Ok(())
    }

    /// Returns the hold in force, and whether it is new.
    async fn put_on_hold(
        &self,
        txn: &DatabaseTransaction,
        scope: &Scope,
        trigger: Trigger,
        request: &HoldRequest,
    ) -> StoreResult<(Hold, bool)> {
        let row = match self.hold_in_force(txn, scope).await? {
            Some(row) => match &request.note {
                None => return Ok((row.into(), false)),
                Some(note) => {
                    let mut row = row.into_active_model();
                    row.note = Set(Some(note.clone()));
                    return Ok((storable_row(row).update(txn).await?.into(), false));
                }
            },
            None => hold::ActiveModel {
                owner_id: Set(scope.owner()),
                held_at: Set(self.now()),
                held_by: Set(scope.owner()),
                trigger: Set(trigger),
                note: Set(request.note.clone()),
                ..Default::default()
            },
        };
        Ok((self.insert(txn, row).await?.into(), true))
    }

    /// Asks all of the owner's running runs to stop.
    async fn stop_running(&self, txn: &DatabaseTransaction, scope: &Scope) -> StoreResult<Vec<(AgentId, Stopping)>> {
        let rows = txn.query_all_raw(self.named(RUNNING, [("owner", scope.owner().into())])).await?;
        let mut stopped = Vec::with_capacity(rows.len());
        for row in rows {
            let agent: AgentId = row.try_get("", "id")?;
            let seq = self.next_seq(txn, agent).await?;
            let running = self.ask_to_stop(txn, RunsOf::Agent(agent), self.now()).await?;
            stopped.push((agent, Stopping { seq, queued: 0, running }));
        }
        Ok(stopped)
    }
}
