//! The threads of task runs: each run has its own, made from its agent's instructions.

use super::Store;
use super::error::StoreResult;
use crate::domain::id::{AgentId, MessageId, ThreadId};
use crate::domain::thread::Role;
use sea_orm::{DatabaseTransaction, FromQueryResult};
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
    role: Role,
}

impl Store {
    /// Creates a thread for a task run of each of these agents, in two statements however many they are. The texts go
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
                 SELECT owner_id, id, 'task', name, $1, $1 FROM agents WHERE id {} ORDER BY id RETURNING id, agent_id",
                self.among("$2")
            ),
            [now.into(), self.ids(agents)],
        );
        let threads = ThreadRow::find_by_statement(threads).all(txn).await?;
        // In the order of their names, system messages come first.
        let messages = self.statement(
            format!(
                "INSERT INTO thread_messages (thread_id, role, content, created_at)
                 SELECT t.id, r.role,
                        CASE WHEN r.role = 'system' THEN a.system_instructions
                             WHEN TRIM(a.task_instructions, $2) = '' THEN $3 ELSE a.task_instructions END, $1
                 FROM threads t JOIN agents a ON a.id = t.agent_id
                 CROSS JOIN (SELECT 'system' AS role UNION ALL SELECT 'user') r
                 WHERE t.id {} AND (r.role = 'user' OR TRIM(a.system_instructions, $2) <> '')
                 ORDER BY t.id, r.role RETURNING id, thread_id, role",
                self.among("$4")
            ),
            [now.into(), BLANK.into(), DEFAULT_TASK.into(), self.ids(threads.iter().map(|row| &row.id))],
        );
        let messages = MessageRow::find_by_statement(messages).all(txn).await?;
        let asked = messages.into_iter().filter(|row| row.role == Role::User);
        let messages: HashMap<ThreadId, MessageId> = asked.map(|row| (row.thread_id, row.id)).collect();
        let made = |row: ThreadRow| {
            let input_message = *messages.get(&row.id)?;
            Some((row.agent_id, TaskThread { thread: row.id, input_message }))
        };
        Ok(threads.into_iter().filter_map(made).collect())
    }
}
