//! The threads of task runs: each run has its own, made from its agent's instructions.

use super::Store;
use super::error::StoreResult;
use super::leases::list;
use crate::domain::id::{AgentId, MessageId, ThreadId};
use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult};
use std::collections::HashMap;

/// The message of a task run whose agent has no task instructions: models expect a user's turn.
const DEFAULT_TASK: &str = "Carry out your instructions.";
/// Characters that say nothing by themselves.
const BLANK: &str = " \t\r\n";

/// A new thread, and the message in it that a run is to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TaskThread {
    pub thread: ThreadId,
    pub input_message: MessageId,
}

#[derive(FromQueryResult)]
struct ThreadRow {
    id: ThreadId,
    agent_id: AgentId,
}

#[derive(FromQueryResult)]
struct MessageRow {
    id: MessageId,
    thread_id: ThreadId,
}

impl Store {
    /// Creates a thread for a task run of each of these agents, in three statements however many they are. The texts go
    /// from row to row within the database.
    pub(super) async fn task_threads(
        &self,
        txn: &DatabaseTransaction,
        agents: &[AgentId],
    ) -> StoreResult<HashMap<AgentId, TaskThread>> {
        if agents.is_empty() {
            return Ok(HashMap::new());
        }
        let now = self.now();
        let threads = self.statement(
            format!(
                "INSERT INTO threads (owner_id, agent_id, kind, title, created_at, updated_at)
                 SELECT owner_id, id, 'task', name, $1, $1 FROM agents WHERE id IN ({}) ORDER BY id RETURNING id, agent_id",
                list(agents)
            ),
            [now.into()],
        );
        let threads = ThreadRow::find_by_statement(threads).all(txn).await?;
        let of_threads = list(&threads.iter().map(|row| row.id).collect::<Vec<_>>());
        let system = self.statement(
            format!(
                "INSERT INTO thread_messages (thread_id, role, content, created_at)
                 SELECT t.id, 'system', a.system_instructions, $1 FROM threads t JOIN agents a ON a.id = t.agent_id
                 WHERE t.id IN ({of_threads}) AND TRIM(a.system_instructions, $2) <> ''"
            ),
            [now.into(), BLANK.into()],
        );
        txn.execute_raw(system).await?;
        let task = self.statement(
            format!(
                "INSERT INTO thread_messages (thread_id, role, content, created_at)
                 SELECT t.id, 'user',
                        CASE WHEN TRIM(a.task_instructions, $2) = '' THEN $3 ELSE a.task_instructions END, $1
                 FROM threads t JOIN agents a ON a.id = t.agent_id
                 WHERE t.id IN ({of_threads}) RETURNING id, thread_id"
            ),
            [now.into(), BLANK.into(), DEFAULT_TASK.into()],
        );
        let messages = MessageRow::find_by_statement(task).all(txn).await?;
        let messages: HashMap<ThreadId, MessageId> = messages.into_iter().map(|row| (row.thread_id, row.id)).collect();
        let made = |row: ThreadRow| {
            let input_message = *messages.get(&row.id)?;
            Some((row.agent_id, TaskThread { thread: row.id, input_message }))
        };
        Ok(threads.into_iter().filter_map(made).collect())
    }
}
