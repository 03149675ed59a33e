//! All runs of an agent or a chat stopped at once, in a few statements however many they are; and deleting, which stops
//! them first. An agent takes everything along that it has.

use super::Store;
use super::error::StoreResult;
use super::scope::Scope;
use super::transit::{RunsOf, progress};
use crate::domain::id::{AgentId, OwnerId, RunId};
use crate::domain::time::Timestamp;
use crate::server::entity::run::Column;
use crate::server::once;
use sea_orm::sea_query::{Expr, Func};
use sea_orm::{ConnectionTrait, DatabaseTransaction};

/// Runs that were stopped together.
#[derive(Clone, Debug)]
pub struct Stopping {
    /// The agent's live sequence number of that change.
    pub seq: i64,
    /// How many were queued. They are cancelled.
    pub queued: u64,
    /// Runs that were running. They have been asked to stop.
    pub running: Vec<RunId>,
}

impl Stopping {
    /// Returns how many runs were stopped or asked to.
    pub fn count(&self) -> u64 {
        self.queued + self.running.len() as u64
    }
}

impl Store {
    /// Stops all runs of an agent; `None` where there is none to stop. Doing it twice is fine.
    ///
    /// # Errors
    /// `NoAgent`.
    pub async fn stop_agent_runs(&self, scope: &Scope, id: AgentId) -> StoreResult<Option<Stopping>> {
        // Sent again under its key, it stops nothing that has begun since, so that is recorded also where nothing was there.
        let has_key = once::current().is_some();
        self.write_if(|txn, _| {
            let work = async move {
                let seq = self.next_seq_within(txn, scope, id).await?;
                let (queued, running) = self.stop_all(txn, RunsOf::Agent(id)).await?;
                let stopping = Stopping { seq, queued, running };
                Ok((has_key || stopping.count() > 0).then_some(stopping))
            };
            Box::pin(self.once(txn, scope, work, |stopping| stopping.as_ref().map(Stopping::count)))
        })
        .await
    }

    /// Marks an agent as being deleted: it disappears from lists and takes no new runs, and those it has are stopped. Doing
    /// it twice is fine.
    ///
    /// # Errors
    /// `NoAgent`.
    pub async fn begin_agent_deletion(&self, scope: &Scope, id: AgentId) -> StoreResult<Stopping> {
        self.write_alone(|txn, _| {
            Box::pin(async move {
                let seq = self.next_seq_within(txn, scope, id).await?;
                self.mark_and_stop(txn, id, seq).await
            })
        })
        .await
    }

    /// Stops what an agent has whose deletion began and was left off.
    ///
    /// # Errors
    /// `NoAgent`.
    pub async fn resume_agent_deletion(&self, id: AgentId) -> StoreResult<Stopping> {
        self.write_alone(|txn, _| {
            Box::pin(async move {
                let seq = self.next_seq(txn, id).await?;
                self.mark_and_stop(txn, id, seq).await
            })
        })
        .await
    }

    async fn mark_and_stop(&self, txn: &DatabaseTransaction, id: AgentId, seq: i64) -> StoreResult<Stopping> {
        let mark = "UPDATE agents SET deleting_at = COALESCE(deleting_at, $2) WHERE id = $1";
        txn.execute_raw(self.statement(mark, [id.into(), self.now().into()])).await?;
        let (queued, running) = self.stop_all(txn, RunsOf::Agent(id)).await?;
        Ok(Stopping { seq, queued, running })
    }

    /// Stops whatever is queued or running; returns how many were queued, and which were running. The caller takes the
    /// agent's next sequence number.
    pub(super) async fn stop_all(&self, txn: &DatabaseTransaction, of: RunsOf) -> StoreResult<(u64, Vec<RunId>)> {
        let at = self.now();
        let cancelled = self.cancel_waiting(txn, of, at).await?;
        Ok((cancelled as u64, self.ask_to_stop(txn, of, at).await?))
    }

    /// Asks whatever is running to stop; returns which runs. The caller takes the agent's next sequence number.
    pub(super) async fn ask_to_stop(
        &self,
        txn: &DatabaseTransaction,
        of: RunsOf,
        at: Timestamp,
    ) -> StoreResult<Vec<RunId>> {
        let mut ask = progress();
        ask.and_where(of.condition())
            .value(Column::CancelRequestedAt, Func::coalesce([Expr::col(Column::CancelRequestedAt), Expr::val(at)]))
            .returning_col(Column::Id);
        let running = txn.query_all_raw(self.build(&ask)).await?;
        Ok(running.iter().map(|row| row.try_get("", "id")).collect::<Result<_, _>>()?)
    }

    /// Whether an agent has runs that are not over.
    pub async fn has_active_runs(&self, agent: AgentId) -> StoreResult<bool> {
        let look = self.statement(
            "SELECT 1 FROM agent_runs WHERE agent_id = $1 AND status IN ('queued', 'running') LIMIT 1",
            [agent.into()],
        );
        Ok(self.read.query_one_raw(look).await?.is_some())
    }

    /// Deletes an agent with its threads, runs, messages and steps, once its deletion has begun. Returns the sequence number
    /// of the deletion.
    ///
    /// # Errors
    /// `NoAgent`.
    pub async fn delete_agent(&self, id: AgentId) -> StoreResult<i64> {
        self.write_alone(|txn, _| {
            Box::pin(async move {
                let seq = self.next_seq(txn, id).await?;
                txn.execute_raw(self.statement("DELETE FROM agents WHERE id = $1", [id.into()])).await?;
                Ok(seq)
            })
        })
        .await
    }

    /// Agents whose deletion began at least `age_ms` milliseconds ago, each with its owner.
    pub async fn agents_being_deleted(&self, age_ms: i64) -> StoreResult<Vec<(OwnerId, AgentId)>> {
        let began_by = self.now().ms() - age_ms;
        let select = self.statement("SELECT id, owner_id FROM agents WHERE deleting_at <= $1", [began_by.into()]);
        let rows = self.read.query_all_raw(select).await?;
        rows.iter().map(|row| Ok((row.try_get("", "owner_id")?, row.try_get("", "id")?))).collect()
    }
}
