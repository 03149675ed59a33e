//! One run as a whole: its input, its output, and all of it for showing.

use super::Store;
use super::error::{StoreError, StoreResult};
use super::scope::{Owned, Scope};
use crate::domain::budget::Budgets;
use crate::domain::id::{RunId, ThreadId};
use crate::domain::queue::{Active, ahead};
use crate::domain::run::{AgentRun, RunStatus};
use crate::domain::step::RunStep;
use crate::domain::thread::{Message, Role};
use crate::domain::time::Timestamp;
use crate::server::entity::{agent, message, run};
use crate::server::execution::{Limits, Past};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, Select,
};

/// All that an execution needs.
#[derive(Clone, Debug)]
pub struct Assignment {
    pub run: AgentRun,
    /// The conversation that the run goes on with, oldest first.
    pub history: Vec<Past>,
    /// Seconds.
    pub timeout_s: i32,
    pub limits: Limits,
}

/// A run with what is shown beside it, all read at one instant.
#[derive(Clone, Debug)]
pub struct RunRecord {
    pub run: AgentRun,
    pub agent_name: String,
    /// The agent's live sequence number.
    pub seq: i64,
    pub steps: Vec<RunStep>,
    /// How many runs of its agent must end before it can start, as [`ahead`] counts them; `None` unless it is queued and may
    /// begin now.
    pub ahead: Option<i64>,
    /// Since when its input and the payloads of its steps are gone; `None` while they are kept.
    pub payloads_removed_at: Option<Timestamp>,
}

/// The runs of agent `:agent` that are running, and those that have their place up to `:place` in its queue and may begin at
/// `:at`.
pub(super) const BEFORE: &str = "
SELECT r.id, r.ordered_at, r.status, r.chat, r.thread_id FROM agent_runs r
WHERE r.agent_id = :agent AND r.status = 'queued' AND r.ordered_at <= :place AND (r.not_before IS NULL OR r.not_before <= :at)
UNION ALL
SELECT r.id, r.ordered_at, r.status, r.chat, r.thread_id FROM agent_runs r
WHERE r.agent_id = :agent AND r.status = 'running'";

/// A run that may be ahead of another one.
#[derive(FromQueryResult)]
struct Before {
    id: RunId,
    ordered_at: Timestamp,
    status: RunStatus,
    chat: bool,
    thread_id: ThreadId,
}

impl From<Before> for Active {
    fn from(Before { id, ordered_at, status, chat, thread_id }: Before) -> Self {
        Self { id, ordered_at, is_running: status == RunStatus::Running, chat: chat.then_some(thread_id) }
    }
}

/// The newest run that repeats another one. Not by the index of the owner's runs, which are many.
pub(super) const RETRIED_AS: &str =
    "SELECT MAX(id) AS newest FROM agent_runs WHERE retry_of = :run AND owner_id + 0 = :owner";

impl Store {
    /// Returns all that it takes to execute a run. `limit` says how many bytes of history its model can take.
    ///
    /// # Errors
    /// `NoRun`, or its agent is gone.
    pub async fn assignment(&self, id: RunId, limit: impl Fn(&str) -> i64) -> StoreResult<Assignment> {
        let (run, agent) = self.run_and_agent(run::Entity::find_by_id(id), id).await?;
        let settings = self.settings_of_run(&run, &agent).await?;
        let history = self.history(&run, &settings.system_instructions, limit(&run.model)).await?;
        let history = self.with_tools(history).await?;
        // The month's budget belongs to the agent as a whole, so its present value counts.
        let Budgets { month_cost, month_tokens, .. } = agent.month_budgets();
        let limits = Limits {
            max_steps: settings.max_steps,
            max_output_tokens: settings.max_output_tokens,
            budgets: run.budgets(Budgets { month_cost, month_tokens, ..settings.budgets() }),
            tools: settings.tools,
        };
        Ok(Assignment { run: run.into(), history, timeout_s: settings.timeout_s, limits })
    }

    /// Returns a run, its steps, and its agent's name and live sequence number.
    ///
    /// # Errors
    /// `NoRun`; `RunRemoved`; `NoAgent` while the agent is being deleted.
    pub async fn run_record(&self, scope: &Scope, id: RunId) -> StoreResult<RunRecord> {
        self.read_at_once(|txn, _| Box::pin(self.read_record(txn, scope, id))).await
    }

    async fn read_record(&self, txn: &DatabaseTransaction, scope: &Scope, id: RunId) -> StoreResult<RunRecord> {
        let Some(run) = run::Entity::owned(scope).filter(run::Column::Id.eq(id)).one(txn).await? else {
            return Err(self.no_run(txn, scope, id).await);
        };
        let payloads_removed_at = run.payloads_removed_at;
        let run = AgentRun::from(run);
        let agent = self.present_agent(txn, scope, run.agent_id).await?;
        let steps = self.read_steps(txn, id).await?;
        let now = self.now();
        let is_put_off = run.brief.waits_until(now).is_some();
        let ahead = match Active::of(&run).filter(|run| !run.is_running && !is_put_off) {
            Some(waiting) => {
                let before = self.named(
                    BEFORE,
                    [("place", run.ordered_at().into()), ("agent", run.agent_id.into()), ("at", now.into())],
                );
                let before = Before::find_by_statement(before).all(txn).await?;
                let most = i64::from(agent.max_concurrent_runs);
                Some(ahead(waiting, before.into_iter().map(Active::from), most))
            }
            None => None,
        };
        Ok(RunRecord { run, agent_name: agent.name, seq: agent.live_seq, steps, ahead, payloads_removed_at })
    }

    /// Returns the newest run that repeats this one.
    pub async fn retried_as(&self, scope: &Scope, id: RunId) -> StoreResult<Option<RunId>> {
        let values = [("owner", scope.owner().into()), ("run", id.into())];
        let row = self.read.query_one_raw(self.named(RETRIED_AS, values)).await?;
        row.map_or(Ok(None), |row| Ok(row.try_get("", "newest")?))
    }

    /// Returns the input and output of a run, oldest first, for showing. `limit` as for [`Store::assignment`].
    ///
    /// # Errors
    /// `NoRun`, or its agent is gone.
    pub async fn transcript(&self, scope: &Scope, id: RunId, limit: impl Fn(&str) -> i64) -> StoreResult<Vec<Message>> {
        let run = run::Entity::owned(scope).filter(run::Column::Id.eq(id));
        let (run, agent) = self.run_and_agent(run, id).await?;
        let settings = self.settings_of_run(&run, &agent).await?;
        let mut messages = self.history(&run, &settings.system_instructions, limit(&run.model)).await?;
        let own = message::Entity::find()
            .filter(message::Column::RunId.eq(id))
            .order_by_asc(message::Column::Id)
            .all(&self.read)
            .await?;
        messages.extend(own.into_iter().map(Message::from));
        Ok(messages)
    }

    /// Returns the newest text that a run has written; `None` when there is none.
    pub async fn answer(&self, id: RunId) -> StoreResult<Option<String>> {
        let newest = message::Entity::find()
            .filter(message::Column::RunId.eq(id))
            .filter(message::Column::Role.eq(Role::Assistant))
            .order_by_desc(message::Column::Id)
            .one(&self.read)
            .await?;
        Ok(newest.map(|message| message.content))
    }

    async fn run_and_agent(&self, run: Select<run::Entity>, id: RunId) -> StoreResult<(run::Model, agent::Model)> {
        let run = run.one(&self.read).await?.ok_or(StoreError::NoRun(id))?;
        let agent = agent::Entity::find_by_id(run.agent_id).one(&self.read).await?.ok_or(StoreError::NoRun(id))?;
        Ok((run, agent))
    }
}
