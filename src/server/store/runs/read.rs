//! Runs as they are read: one, an agent's newest, how many of each status, a run's steps.

use crate::domain::id::{AgentId, RunId};
use crate::domain::run::{AgentRun, RunStatus};
use crate::domain::step::RunStep;
use crate::server::entity::{agent, run, step};
use crate::server::store::Store;
use crate::server::store::error::{StoreError, StoreResult};
use crate::server::store::scope::{Owned, Scope};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder};
use std::collections::HashMap;

/// An agent's newest runs. It is the agent whose owner is compared, once, and the runs are found by their usual index.
pub(in crate::server::store) const NEWEST: &str = "
SELECT id, owner_id, agent_id, thread_id, status, trigger, chat, queued_at, started_at, finished_at, duration_ms, model,
       agent_version, input_message_id, prompt_tokens, cached_tokens, completion_tokens, reasoning_tokens, total_tokens,
       usage_estimated, cost_billed, total_cost, error, failure_kind, failure_cause, failure_detail, skip_reason,
       missed_on_hold, scheduled_for, retry_of, kept_at, payloads_removed_at, root_run_id, attempt, lease_owner, lease_until,
       cancel_requested_at, cancel_acknowledged_at, cost_after_stop, looping, finish, failed_calls, answer_preview, signals, served_model,
       input_preview, tags, metadata, not_before,
       trigger_note, model_overridden, run_budget_cost, run_budget_tokens, hook_id, hook_name, priority, ordered_at
FROM agent_runs
WHERE agent_id = :agent AND EXISTS (SELECT 1 FROM agents WHERE id = :agent AND owner_id = :owner)
ORDER BY id DESC LIMIT :limit";

/// How many runs an agent has had: those that are over from its roll-ups, the others one by one.
pub(in crate::server::store) const COUNTS: &str = "
SELECT (SELECT COUNT(*) FROM agent_runs r WHERE r.agent_id = a.id AND r.status = 'queued') AS queued,
       (SELECT COUNT(*) FROM agent_runs r WHERE r.agent_id = a.id AND r.status = 'running') AS running,
       CAST(COALESCE(SUM(h.success), 0) AS BIGINT) AS success,
       CAST(COALESCE(SUM(h.error + h.timeout + h.interrupted + h.budget), 0) AS BIGINT) AS failed,
       CAST(COALESCE(SUM(h.cancelled), 0) AS BIGINT) AS cancelled,
       CAST(COALESCE(SUM(h.skipped), 0) AS BIGINT) AS skipped
FROM agents a LEFT JOIN run_hours h ON h.agent_id = a.id WHERE a.id = :agent AND a.owner_id = :owner GROUP BY a.id";

/// The steps of a run, first to last.
pub(in crate::server::store) const STEPS: &str = "
SELECT * FROM run_steps
WHERE run_id = :run AND EXISTS (SELECT 1 FROM agent_runs WHERE id = :run AND owner_id = :owner) ORDER BY position";

impl Store {
    /// Returns one run.
    ///
    /// # Errors
    /// `NoRun`; `RunRemoved`.
    pub async fn run(&self, scope: &Scope, id: RunId) -> StoreResult<AgentRun> {
        match run::Entity::owned(scope).filter(run::Column::Id.eq(id)).one(&self.read).await? {
            Some(run) => Ok(run.into()),
            None => Err(self.no_run(&self.read, scope, id).await),
        }
    }

    /// Returns the newest runs of an agent, newest first, at most `limit`.
    ///
    /// # Errors
    /// `NoAgent`.
    pub async fn list_runs(&self, scope: &Scope, agent: AgentId, limit: u64) -> StoreResult<Vec<AgentRun>> {
        let runs = self.newest_runs(&self.read, scope, agent, limit).await?;
        if runs.is_empty() {
            let agents = agent::Entity::owned(scope).filter(agent::Column::Id.eq(agent));
            agents.one(&self.read).await?.ok_or(StoreError::NoAgent(agent))?;
        }
        Ok(runs)
    }

    /// Returns the live sequence number of an agent, which every change of its runs raises, but a claim.
    ///
    /// # Errors
    /// `NoAgent`.
    pub async fn live_seq(&self, scope: &Scope, agent: AgentId) -> StoreResult<i64> {
        let select = "SELECT live_seq FROM agents WHERE id = $1 AND owner_id = $2";
        let select = self.statement(select, [agent.into(), scope.owner().into()]);
        let row = self.read.query_one_raw(select).await?.ok_or(StoreError::NoAgent(agent))?;
        Ok(row.try_get("", "live_seq")?)
    }

    pub(in crate::server::store) async fn newest_runs<C: ConnectionTrait>(
        &self,
        db: &C,
        scope: &Scope,
        agent: AgentId,
        limit: u64,
    ) -> StoreResult<Vec<AgentRun>> {
        let values = [("owner", scope.owner().into()), ("agent", agent.into()), ("limit", (limit as i64).into())];
        let rows = run::Model::find_by_statement(self.named(NEWEST, values)).all(db).await?;
        Ok(rows.into_iter().map(AgentRun::from).collect())
    }

    /// Returns how many runs of each status an agent has had; of somebody else's agent, none.
    pub async fn run_counts(&self, scope: &Scope, agent: AgentId) -> StoreResult<HashMap<RunStatus, i64>> {
        let count = self.named(COUNTS, [("owner", scope.owner().into()), ("agent", agent.into())]);
        let Some(row) = self.read.query_one_raw(count).await? else { return Ok(HashMap::new()) };
        let count = |status: &RunStatus| Ok((*status, row.try_get("", status.as_str())?));
        RunStatus::ALL.iter().map(count).collect()
    }

    /// Returns the steps of a run, first to last.
    ///
    /// # Errors
    /// `NoRun`.
    pub async fn steps(&self, scope: &Scope, id: RunId) -> StoreResult<Vec<RunStep>> {
        let select = self.named(STEPS, [("owner", scope.owner().into()), ("run", id.into())]);
        let rows = step::Model::find_by_statement(select).all(&self.read).await?;
        if rows.is_empty() {
            self.run(scope, id).await?;
        }
        Ok(rows.into_iter().map(RunStep::from).collect())
    }

    pub(in crate::server::store) async fn read_steps<C: ConnectionTrait>(
        &self,
        db: &C,
        id: RunId,
    ) -> StoreResult<Vec<RunStep>> {
        let rows = step::Entity::find()
            .filter(step::Column::RunId.eq(id))
            .order_by_asc(step::Column::Position)
            .all(db)
            .await?;
        Ok(rows.into_iter().map(RunStep::from).collect())
    }
}
