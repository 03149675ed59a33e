//! The threads of task runs: each run has its own, made from its agent's instructions and of what the run is given.

use super::Store;
use super::error::StoreResult;
use super::scope::Scope;
use crate::domain::id::{AgentId, MessageId, ThreadId};
use crate::domain::task::{DEFAULT_TASK, TaskMessages};
use crate::domain::thread::{Role, ThreadKind};
use crate::server::entity::{agent, message};
use sea_orm::{DatabaseTransaction, FromQueryResult, QueryResult, Set, Statement};
use std::collections::HashMap;

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
    /// from row to row within the database. The caller holds the agents' rows.
    pub(super) async fn task_threads(
        &self,
        txn: &DatabaseTransaction,
        agents: &[AgentId],
    ) -> StoreResult<HashMap<AgentId, TaskThread>> {
        match agents.is_empty() {
            true => Ok(HashMap::new()),
            false => read_task_threads(self.series(txn, self.making_task_threads(agents)).await?),
        }
    }

    /// Returns the statements that do so; their rows are for [`read_task_threads`].
    pub(super) fn making_task_threads(&self, agents: &[AgentId]) -> Vec<Statement> {
        let now = self.now();
        let threads = self.statement(
            format!(
                "INSERT INTO threads (owner_id, agent_id, kind, title, created_at, updated_at)
                 SELECT owner_id, id, 'task', name, $1, $1 FROM agents WHERE id {} ORDER BY id RETURNING id, agent_id",
                self.among("$2")
            ),
            [now.into(), self.ids(agents)],
        );
        // An agent's newest thread is the one that was just made. In the order of their names, system messages come first.
        let messages = self.statement(
            format!(
                "INSERT INTO thread_messages (thread_id, role, content, created_at)
                 SELECT t.id, r.role,
                        CASE WHEN r.role = 'system' THEN a.system_instructions
                             WHEN TRIM(a.task_instructions, $2) = '' THEN $3 ELSE a.task_instructions END, $1
                 FROM agents a JOIN threads t ON t.id = (SELECT MAX(n.id) FROM threads n WHERE n.agent_id = a.id)
                 CROSS JOIN (SELECT 'system' AS role UNION ALL SELECT 'user') r
                 WHERE a.id {} AND (r.role = 'user' OR TRIM(a.system_instructions, $2) <> '')
                 ORDER BY t.id, r.role RETURNING id, thread_id, role",
                self.among("$4")
            ),
            [now.into(), BLANK.into(), DEFAULT_TASK.into(), self.ids(agents)],
        );
        vec![threads, messages]
    }

    /// Creates a thread for a task run that begins with these messages. The caller holds the agent's row.
    pub(super) async fn task_thread(
        &self,
        txn: &DatabaseTransaction,
        scope: &Scope,
        agent: &agent::Model,
        TaskMessages { system, user }: TaskMessages,
    ) -> StoreResult<TaskThread> {
        let thread = self.insert_thread(txn, scope, agent.id, ThreadKind::Task, &agent.name).await?.id;
        let message = |role, content| message::ActiveModel {
            thread_id: Set(thread),
            role: Set(role),
            content: Set(content),
            created_at: Set(self.now()),
            ..Default::default()
        };
        if !system.trim().is_empty() {
            self.insert(txn, message(Role::System, system)).await?;
        }
        let input_message = self.insert(txn, message(Role::User, user)).await?.id;
        Ok(TaskThread { thread, input_message })
    }
}

/// Returns the threads that were made, by agent.
pub(super) fn read_task_threads(
    results: impl IntoIterator<Item = Vec<QueryResult>>,
) -> StoreResult<HashMap<AgentId, TaskThread>> {
    let mut results = results.into_iter();
    let threads = read::<ThreadRow>(results.next())?;
    let messages = read::<MessageRow>(results.next())?.into_iter().filter(|row| row.role == Role::User);
    let asked: HashMap<ThreadId, MessageId> = messages.map(|row| (row.thread_id, row.id)).collect();
    let made = |row: ThreadRow| {
        let input_message = *asked.get(&row.id)?;
        Some((row.agent_id, TaskThread { thread: row.id, input_message }))
    };
    Ok(threads.into_iter().filter_map(made).collect())
}

fn read<R: FromQueryResult>(rows: Option<Vec<QueryResult>>) -> StoreResult<Vec<R>> {
    rows.into_iter().flatten().map(|row| Ok(R::from_query_result(&row, "")?)).collect()
}
