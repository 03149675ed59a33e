//! One run as a whole: its input, its output, and all of it for showing.

use super::Store;
use super::error::{StoreError, StoreResult};
use super::scope::{Owned, Scope};
use crate::domain::id::RunId;
use crate::domain::run::{AgentRun, RunStatus};
use crate::domain::step::RunStep;
use crate::domain::thread::{Message, Role};
use crate::server::entity::{agent, message, run};
use crate::server::execution::{Limits, Past};
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, Select};

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
    /// How many runs of its agent must end before it can start, as [`Queue::ahead`] counts them; `None` unless it is
    /// queued.
    pub ahead: Option<i64>,
}

/// The queue before run `:run`.
const QUEUE: &str = "
SELECT (SELECT COUNT(*) FROM agent_runs r
        WHERE r.agent_id = w.agent_id AND r.status = 'queued' AND r.id < w.id) AS queued,
       (SELECT COUNT(*) FROM agent_runs r WHERE r.agent_id = w.agent_id AND r.status = 'running') AS running,
       (SELECT COUNT(*) FROM agent_runs r
        WHERE w.chat AND r.thread_id = w.thread_id AND r.id < w.id AND r.status IN ('queued', 'running')) AS turns
FROM agent_runs w WHERE w.id = :run";

/// The runs of its agent that a queued run waits for.
#[derive(FromQueryResult)]
struct Queue {
    /// Those that were queued earlier.
    queued: i64,
    running: i64,
    /// In a chat, earlier turns that are not over.
    turns: i64,
}

impl Queue {
    /// Returns how many runs must end before the run can start, of an agent of which `most` may run at once. Earlier
    /// turns of other chats count as if they could start, though those that wait for their own turn are passed over.
    fn ahead(&self, most: i32) -> i64 {
        (self.queued + self.running - i64::from(most) + 1).max(self.turns).max(0)
    }
}

impl Store {
    /// Returns all that it takes to execute a run. `limit` says how many bytes of history its model can take.
    ///
    /// # Errors
    /// `NoRun`, or its agent is gone.
    pub async fn assignment(&self, id: RunId, limit: impl Fn(&str) -> i64) -> StoreResult<Assignment> {
        let (run, agent) = self.run_and_agent(run::Entity::find_by_id(id), id).await?;
        let history = self.history(&run, &agent, limit(&run.model)).await?;
        let history = self.with_tools(history).await?;
        let limits = Limits {
            max_steps: agent.max_steps,
            max_output_tokens: agent.max_output_tokens,
            budgets: agent.budgets(),
            tools: agent.tools.0,
        };
        Ok(Assignment { run: run.into(), history, timeout_s: agent.timeout_s, limits })
    }

    /// Returns a run, its steps, and its agent's name and live sequence number.
    ///
    /// # Errors
    /// `NoRun`; `NoAgent` while the agent is being deleted.
    pub async fn run_record(&self, scope: &Scope, id: RunId) -> StoreResult<RunRecord> {
        let txn = self.begin_read().await?;
        let run: AgentRun = run::Entity::owned(scope)
            .filter(run::Column::Id.eq(id))
            .one(&txn)
            .await?
            .ok_or(StoreError::NoRun(id))?
            .into();
        let agent = self.present_agent(&txn, scope, run.agent_id).await?;
        let steps = self.read_steps(&txn, id).await?;
        let ahead = match run.status {
            RunStatus::Queued => {
                let queue = Queue::find_by_statement(self.named(QUEUE, [("run", id.into())])).one(&txn).await?;
                queue.map(|queue| queue.ahead(agent.max_concurrent_runs))
            }
            _ => None,
        };
        txn.commit().await?;
        Ok(RunRecord { run, agent_name: agent.name, seq: agent.live_seq, steps, ahead })
    }

    /// Returns the newest run that repeats this one.
    pub async fn retried_as(&self, scope: &Scope, id: RunId) -> StoreResult<Option<RunId>> {
        let newest = run::Entity::owned(scope)
            .filter(run::Column::RetryOf.eq(id))
            .order_by_desc(run::Column::Id)
            .one(&self.read)
            .await?;
        Ok(newest.map(|row| row.id))
    }

    /// Returns the input and output of a run, oldest first, for showing. `limit` as for [`Store::assignment`].
    ///
    /// # Errors
    /// `NoRun`, or its agent is gone.
    pub async fn transcript(&self, scope: &Scope, id: RunId, limit: impl Fn(&str) -> i64) -> StoreResult<Vec<Message>> {
        let run = run::Entity::owned(scope).filter(run::Column::Id.eq(id));
        let (run, agent) = self.run_and_agent(run, id).await?;
        let mut messages = self.history(&run, &agent, limit(&run.model)).await?;
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
