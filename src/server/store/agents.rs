//! Agents: create, read, replace, delete.

use super::error::{StoreError, StoreResult};
use super::rows::{self, Figures};
use super::scope::Scope;
use super::{Store, map};
use crate::domain::agent::{Agent, AgentContents, AgentInput, AgentStatus};
use crate::domain::id::AgentId;
use crate::domain::normal::Normal;
use crate::domain::run::AgentRun;
use crate::domain::schedule::Overlap;
use crate::domain::time::Timestamp;
use crate::server::entity::{agent, run};
use sea_orm::{
    ActiveValue::NotSet, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, Set,
};
use std::collections::HashMap;

impl Store {
    /// Inserts an agent with validated input and its model resolved.
    ///
    /// # Errors
    /// Only those of the database.
    pub async fn create_agent(&self, _scope: &Scope, input: &AgentInput, model: &str) -> StoreResult<AgentId> {
        self.write(|txn, _| {
            Box::pin(async move { Ok(AgentId(self.insert(txn, self.new_agent(input, model)).await?.id)) })
        })
        .await
    }

    fn new_agent(&self, input: &AgentInput, model: &str) -> agent::ActiveModel {
        let now = self.now().ms();
        agent::ActiveModel {
            id: NotSet,
            name: Set(input.name.trim().to_owned()),
            description: Set(input.description.clone()),
            system_instructions: Set(input.system_instructions.clone()),
            task_instructions: Set(input.task_instructions.clone()),
            model: Set(model.to_owned()),
            paused: Set(input.paused),
            max_concurrent_runs: Set(input.max_concurrent_runs),
            timeout_s: Set(input.timeout_s),
            schedule: Set(input.kept_schedule().map(str::to_owned)),
            time_zone: Set(input.time_zone.trim().to_owned()),
            overlap: Set(input.overlap.as_str().to_owned()),
            catch_up: Set(input.catch_up),
            next_due_at: Set(self.first_due(input)),
            live_seq: Set(1),
            max_steps: Set(input.max_steps),
            tools: Set(tools_text(input)),
            run_budget_cost: Set(input.run_budget_usd.map(|limit| limit.0)),
            run_budget_tokens: Set(input.run_budget_tokens),
            month_budget_cost: Set(input.month_budget_usd.map(|limit| limit.0)),
            month_budget_tokens: Set(input.month_budget_tokens),
            version: Set(1),
            deleting_at: Set(None),
            created_at: Set(now),
            updated_at: Set(now),
        }
    }

    /// Replaces what a person sets on an agent. Answers the new live sequence number. Its next due time stays as it is
    /// unless it comes of something else now.
    ///
    /// # Errors
    /// `NoAgent`; `Conflict` when the input was made from another version than the present one.
    pub async fn replace_agent(
        &self,
        _scope: &Scope,
        id: AgentId,
        input: &AgentInput,
        model: &str,
    ) -> StoreResult<i64> {
        self.write(|txn, _| Box::pin(async move {
        let seq = self.next_seq(txn, id).await?;
        let update = self.statement(
            "UPDATE agents SET name = $2, description = $3, system_instructions = $4, task_instructions = $5,
                    model = $6, paused = $7, max_concurrent_runs = $8, timeout_s = $9, updated_at = $10,
                    schedule = $11, time_zone = $12, overlap = $13, catch_up = $14,
                    next_due_at = CASE WHEN paused = $7 AND schedule = $11 AND time_zone = $12 THEN next_due_at
                                       ELSE CAST($15 AS BIGINT) END,
                    max_steps = $17, tools = $18, run_budget_cost = $19, run_budget_tokens = $20,
                    month_budget_cost = $21, month_budget_tokens = $22, version = version + 1
             WHERE id = $1 AND version = COALESCE($16, version)",
            [
                id.0.into(),
                input.name.trim().into(),
                input.description.as_str().into(),
                input.system_instructions.as_str().into(),
                input.task_instructions.as_str().into(),
                model.into(),
                input.paused.into(),
                input.max_concurrent_runs.into(),
                input.timeout_s.into(),
                self.now().ms().into(),
                input.kept_schedule().into(),
                input.time_zone.trim().into(),
                input.overlap.as_str().into(),
                input.catch_up.into(),
                self.first_due(input).into(),
                input.version.into(),
                input.max_steps.into(),
                tools_text(input).into(),
                input.run_budget_usd.map(|limit| limit.0).into(),
                input.run_budget_tokens.into(),
                input.month_budget_usd.map(|limit| limit.0).into(),
                input.month_budget_tokens.into(),
            ],
        );
        if txn.execute_raw(update).await?.rows_affected() == 0 {
            return Err(StoreError::Conflict(format!(
                "Somebody has changed agent #{id} since these settings were read. Nothing was overwritten: read them \
                 again, then make your change."
            )));
        }
        Ok(seq)
        })).await
    }

    /// One agent with its figures and its live sequence number, read at one instant.
    ///
    /// # Errors
    /// `NoAgent`.
    pub async fn agent(&self, scope: &Scope, id: AgentId) -> StoreResult<(Agent, i64)> {
        self.agents_where(scope, Some(id)).await?.pop().ok_or(StoreError::NoAgent(id))
    }

    /// All agents, oldest first, with figures and live sequence numbers.
    ///
    /// # Errors
    /// Only those of the database.
    pub async fn agents(&self, scope: &Scope) -> StoreResult<Vec<(Agent, i64)>> {
        self.agents_where(scope, None).await
    }

    /// One agent with its newest runs, newest first, and its live sequence number, all read at one instant.
    ///
    /// # Errors
    /// `NoAgent`.
    pub async fn agent_with_runs(
        &self,
        _scope: &Scope,
        id: AgentId,
        limit: u64,
    ) -> StoreResult<(Agent, Vec<AgentRun>, i64)> {
        let txn = self.begin_read().await?;
        let (agent, seq) = self.read_agents(&txn, Some(id)).await?.pop().ok_or(StoreError::NoAgent(id))?;
        let runs = self.newest_runs(&txn, id, limit).await?;
        txn.commit().await?;
        Ok((agent, runs, seq))
    }

    async fn agents_where(&self, _scope: &Scope, only: Option<AgentId>) -> StoreResult<Vec<(Agent, i64)>> {
        let txn = self.begin_read().await?;
        let agents = self.read_agents(&txn, only).await?;
        txn.commit().await?;
        Ok(agents)
    }

    async fn read_agents<C: ConnectionTrait>(&self, db: &C, only: Option<AgentId>) -> StoreResult<Vec<(Agent, i64)>> {
        let agents = agent::Model::find_by_statement(
            self.statement(
                "SELECT * FROM agents WHERE deleting_at IS NULL AND ($1 IS NULL OR id = $1) ORDER BY id"
                    .replace("$1", rows::ONLY),
                [only.map(|id| id.0).into()],
            ),
        )
        .all(db)
        .await?;
        let mut figures = self.figures(db, only).await?;
        let mut last = self.last_runs(db, only).await?;
        let mut normal = self.normals(db, only).await?;
        agents
            .into_iter()
            .map(|row| {
                let figures = figures.remove(&row.id).unwrap_or_default();
                let last = last.remove(&row.id);
                let (normal, seq) = (normal.remove(&row.id), row.live_seq);
                Ok((assemble(row, &figures, last, normal)?, seq))
            })
            .collect()
    }

    /// The newest run of each agent, or of one.
    pub(super) async fn last_runs<C: ConnectionTrait>(
        &self,
        db: &C,
        only: Option<AgentId>,
    ) -> StoreResult<HashMap<i64, AgentRun>> {
        let runs = run::Model::find_by_statement(
            self.statement(
                "SELECT r.* FROM agents a JOIN agent_runs r
                 ON r.id = (SELECT MAX(n.id) FROM agent_runs n WHERE n.agent_id = a.id)
             WHERE ($1 IS NULL OR a.id = $1)"
                    .replace("$1", rows::ONLY),
                [only.map(|id| id.0).into()],
            ),
        )
        .all(db)
        .await?;
        runs.into_iter().map(|row| Ok((row.agent_id, map::run(row)?))).collect()
    }

    /// Whether an agent is there and not being deleted.
    ///
    /// # Errors
    /// `NoAgent` when it is not.
    pub async fn require_agent(&self, _scope: &Scope, id: AgentId) -> StoreResult<()> {
        self.present_agent(&self.read, id).await.map(drop)
    }

    /// An agent's row, unless it is being deleted.
    pub(super) async fn present_agent<C: ConnectionTrait>(&self, db: &C, id: AgentId) -> StoreResult<agent::Model> {
        let agent = agent::Entity::find_by_id(id.0).filter(agent::Column::DeletingAt.is_null()).one(db).await?;
        agent.ok_or(StoreError::NoAgent(id))
    }

    /// What goes with an agent when it is deleted.
    ///
    /// # Errors
    /// `NoAgent`.
    pub async fn agent_contents(&self, scope: &Scope, id: AgentId) -> StoreResult<AgentContents> {
        self.require_agent(scope, id).await?;
        let count = self.statement(
            "SELECT (SELECT COUNT(*) FROM agent_runs WHERE agent_id = $1) AS runs,
                    (SELECT COUNT(*) FROM agent_runs WHERE agent_id = $1 AND status IN ('queued', 'running')) AS active,
                    (SELECT COUNT(*) FROM threads WHERE agent_id = $1 AND kind = 'chat' AND deleted_at IS NULL)
                        AS chats",
            [id.0.into()],
        );
        let row = self.read.query_one_raw(count).await?.ok_or(StoreError::NoAgent(id))?;
        Ok(AgentContents {
            runs: row.try_get("", "runs")?,
            active: row.try_get("", "active")?,
            chats: row.try_get("", "chats")?,
        })
    }

    /// Inserts these agents, each with its model, where no agent has ever been; answers whether it did. All or none,
    /// and once only when several servers start together.
    ///
    /// # Errors
    /// Only those of the database.
    pub async fn create_first_agents(&self, _scope: &Scope, first: &[(AgentInput, &str)]) -> StoreResult<bool> {
        self.write(|txn, _| {
            Box::pin(async move {
                self.lock_setup(txn).await?;
                let sql = match self.backend() {
                    DbBackend::Postgres => "SELECT is_called AS used FROM agents_id_seq",
                    _ => "SELECT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'agents') AS used",
                };
                let used = match txn.query_one_raw(self.statement(sql, [])).await? {
                    Some(row) => row.try_get::<bool>("", "used")?,
                    None => true,
                };
                if !used {
                    for (input, model) in first {
                        self.insert(txn, self.new_agent(input, model)).await?;
                    }
                }
                Ok(!used)
            })
        })
        .await
    }

    /// Live sequence numbers of all agents, those being deleted included; one that is gone is absent. For noticing what other processes changed.
    ///
    /// # Errors
    /// Only those of the database.
    pub async fn live_seqs(&self) -> StoreResult<HashMap<AgentId, i64>> {
        let rows = self.read.query_all_raw(self.statement("SELECT id, live_seq FROM agents", [])).await?;
        rows.iter().map(|row| Ok((AgentId(row.try_get("", "id")?), row.try_get("", "live_seq")?))).collect()
    }
}

/// An input's tools as they are kept.
fn tools_text(input: &AgentInput) -> String {
    // Cannot fail: a list of texts.
    serde_json::to_string(&input.tools).unwrap_or_else(|_| "[]".to_owned())
}

fn assemble(
    row: agent::Model,
    figures: &Figures,
    last_run: Option<AgentRun>,
    normal: Option<Normal>,
) -> StoreResult<Agent> {
    let budgets = map::budgets(&row);
    Ok(Agent {
        id: AgentId(row.id),
        status: AgentStatus::derive(figures.running, row.paused, figures.last_finished, row.next_due_at.is_some()),
        name: row.name,
        description: row.description,
        system_instructions: row.system_instructions,
        task_instructions: row.task_instructions,
        model: row.model,
        paused: row.paused,
        max_concurrent_runs: row.max_concurrent_runs,
        timeout_s: row.timeout_s,
        schedule: row.schedule,
        time_zone: row.time_zone,
        overlap: map::word(Overlap::parse, &row.overlap)?,
        catch_up: row.catch_up,
        next_due_at: row.next_due_at.map(Timestamp::from_ms),
        max_steps: row.max_steps,
        tools: map::json(&row.tools)?,
        budgets,
        version: row.version,
        normal,
        running_count: figures.running,
        last_run,
        success_rate: figures.success_rate(),
        created_at: Timestamp::from_ms(row.created_at),
        updated_at: Timestamp::from_ms(row.updated_at),
    })
}
