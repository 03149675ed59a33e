//! Chats as their page shows them: an agent's threads, and one of them with its runs, in a fixed number of queries however
//! long it is.

use super::Store;
use super::error::{StoreError, StoreResult};
use super::named::has_text;
use super::scope::Scope;
use crate::domain::agent::StripCell;
use crate::domain::failure::FailureKind;
use crate::domain::id::{AgentId, MessageId, RunId, ThreadId};
use crate::domain::run::{AgentRun, RunStatus};
use crate::domain::step::{RunStep, StepKind};
use crate::domain::thread::{Message, Role, Thread, ThreadKind, ThreadRow};
use crate::domain::time::Timestamp;
use crate::server::entity::{message, run, step};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
};
use std::collections::HashMap;

/// How many threads are listed at most.
const MAX_LISTED: i64 = 100;

/// How many characters of each message are looked through.
const LOOKED_THROUGH: i64 = 4_096;

/// Chats, each with the run that is under way or next; where all are over, with its newest.
const LISTED: &str = "
SELECT t.id, t.title, t.updated_at, r.id AS run_id, r.status, r.failure_kind, r.duration_ms, r.queued_at
FROM threads t LEFT JOIN agent_runs r
     ON r.id = COALESCE(
         (SELECT MIN(n.id) FROM agent_runs n WHERE n.thread_id = t.id AND n.status IN ('queued', 'running')),
         (SELECT MAX(n.id) FROM agent_runs n WHERE n.thread_id = t.id))
WHERE t.agent_id = :agent AND t.kind = 'chat' AND t.deleted_at IS NULL {matches}
ORDER BY t.updated_at DESC, t.id DESC LIMIT :limit";

/// Returns the statement for an agent's chats, or for those that have `:text` in their title or in what a person said. Answers,
/// which may be long, are not read for it.
pub(super) fn listed_sql(backend: DbBackend, is_search: bool) -> String {
    let has = |column: &str| has_text(backend, &format!("SUBSTR({column}, 1, {LOOKED_THROUGH})"));
    let matches = format!(
        "AND ({} OR EXISTS (SELECT 1 FROM thread_messages m WHERE m.thread_id = t.id AND m.role = 'user' AND {}))",
        has("t.title"),
        has("m.content")
    );
    LISTED.replace("{matches}", if is_search { &matches } else { "" })
}

/// An agent's chats, all read at one instant.
pub struct ChatRecord {
    /// The agent's live sequence number.
    pub seq: i64,
    pub agent_name: String,
    pub model: String,
    pub threads: Vec<ThreadRow>,
    pub open: Option<OpenThread>,
}

/// The thread that is open.
pub struct OpenThread {
    pub thread: Thread,
    /// Messages of people, oldest first.
    pub asked: Vec<Message>,
    /// Whether they had said something before that too.
    pub has_earlier: bool,
    /// The runs that answer `asked`, oldest first, each with the message that it answers.
    pub runs: Vec<(MessageId, AgentRun)>,
    /// In order. The inputs of model calls are left out.
    pub steps: HashMap<RunId, Vec<RunStep>>,
    /// The answers of the runs that are over.
    pub answers: HashMap<RunId, String>,
}

#[derive(FromQueryResult)]
struct ListedThread {
    id: ThreadId,
    title: String,
    updated_at: Timestamp,
    run_id: Option<RunId>,
    status: Option<RunStatus>,
    failure_kind: Option<FailureKind>,
    duration_ms: Option<i64>,
    queued_at: Option<Timestamp>,
}

impl Store {
    /// Returns the chats of an agent, the one most recently talked in first, and one of them with the last `limit`
    /// messages.
    ///
    /// # Errors
    /// `NoAgent`; `NoThread` when it is no chat of this agent.
    pub async fn chat_record(
        &self,
        scope: &Scope,
        agent: AgentId,
        open: Option<ThreadId>,
        limit: Option<u64>,
    ) -> StoreResult<ChatRecord> {
        self.read_at_once(|txn, _| {
            Box::pin(async move {
                let row = self.present_agent(txn, scope, agent).await?;
                let threads = self.listed_threads(txn, agent).await?;
                let open = match open {
                    Some(id) => Some(self.open_thread(txn, scope, agent, id, limit).await?),
                    None => None,
                };
                Ok(ChatRecord { seq: row.live_seq, agent_name: row.name, model: row.model, threads, open })
            })
        })
        .await
    }

    async fn listed_threads(&self, txn: &DatabaseTransaction, agent: AgentId) -> StoreResult<Vec<ThreadRow>> {
        let sql = listed_sql(self.backend(), false);
        let select = self.named(&sql, [("agent", agent.into()), ("limit", MAX_LISTED.into())]);
        Ok(ListedThread::find_by_statement(select).all(txn).await?.into_iter().map(listed).collect())
    }

    /// Returns the chats of an agent that have a text in their title or in what a person said, the one most recently talked in
    /// first, at most 100. ASCII letters match in either case; of each message the first [`LOOKED_THROUGH`] characters are looked through.
    ///
    /// # Errors
    /// `NoAgent`.
    pub async fn find_chats(&self, scope: &Scope, agent: AgentId, text: &str) -> StoreResult<Vec<ThreadRow>> {
        self.require_agent(scope, agent).await?;
        let values = [("agent", agent.into()), ("limit", MAX_LISTED.into()), ("text", text.into())];
        let select = self.named(&listed_sql(self.backend(), true), values);
        Ok(ListedThread::find_by_statement(select).all(&self.read).await?.into_iter().map(listed).collect())
    }

    async fn open_thread(
        &self,
        txn: &DatabaseTransaction,
        scope: &Scope,
        agent: AgentId,
        id: ThreadId,
        limit: Option<u64>,
    ) -> StoreResult<OpenThread> {
        let thread = self.present_thread(txn, scope, id).await?;
        if thread.agent_id != agent || thread.kind != ThreadKind::Chat {
            return Err(StoreError::NoThread(id));
        }
        let (asked, has_earlier) = self.asked(txn, id, limit).await?;
        let first = asked.first().map_or(MessageId(i64::MAX), |message| message.id);
        let rows = run::Model::find_by_statement(self.statement(
            "SELECT * FROM agent_runs WHERE thread_id = $1 AND input_message_id >= $2 ORDER BY id",
            [id.into(), first.into()],
        ))
        .all(txn)
        .await?;
        let ids: Vec<_> = rows.iter().map(|run| run.id).collect();
        let answers = message::Entity::find()
            .filter(message::Column::RunId.is_in(ids.iter().copied()))
            .filter(message::Column::Role.eq(Role::Assistant))
            .order_by_asc(message::Column::Id)
            .all(txn)
            .await?;
        let run_of = |row: message::Model| Some((row.run_id?, row.content));
        Ok(OpenThread {
            thread: thread.into(),
            asked: asked.into_iter().map(Message::from).collect(),
            has_earlier,
            steps: self.steps_of(txn, &ids).await?,
            answers: answers.into_iter().filter_map(run_of).collect(),
            runs: rows.into_iter().map(|row| (row.input_message_id.unwrap_or(MessageId(0)), row.into())).collect(),
        })
    }

    /// Returns the last `limit` messages of people, oldest first, and whether there are more.
    async fn asked(
        &self,
        txn: &DatabaseTransaction,
        id: ThreadId,
        limit: Option<u64>,
    ) -> StoreResult<(Vec<message::Model>, bool)> {
        let mut asked = message::Entity::find()
            .filter(message::Column::ThreadId.eq(id))
            .filter(message::Column::RunId.is_null())
            .filter(message::Column::Role.eq(Role::User))
            .order_by_desc(message::Column::Id)
            .limit(limit.map(|limit| limit + 1))
            .all(txn)
            .await?;
        let has_earlier = limit.is_some_and(|limit| asked.len() as u64 > limit);
        if has_earlier {
            asked.pop();
        }
        asked.reverse();
        Ok((asked, has_earlier))
    }

    async fn steps_of(&self, txn: &DatabaseTransaction, runs: &[RunId]) -> StoreResult<HashMap<RunId, Vec<RunStep>>> {
        let mut steps: HashMap<RunId, Vec<RunStep>> = HashMap::new();
        if runs.is_empty() {
            return Ok(steps);
        }
        let select = format!("SELECT * FROM run_steps WHERE run_id {} ORDER BY run_id, position", self.among("$1"));
        for row in step::Model::find_by_statement(self.statement(select, [self.ids(runs)])).all(txn).await? {
            let mut step = RunStep::from(row);
            if step.kind == StepKind::ModelCall {
                step.input = None;
            }
            steps.entry(step.run_id).or_default().push(step);
        }
        Ok(steps)
    }
}

fn listed(row: ListedThread) -> ThreadRow {
    let ListedThread { id, title, updated_at, run_id, status, failure_kind, duration_ms, queued_at } = row;
    let run = run_id.zip(status).zip(queued_at);
    let run =
        run.map(|((run_id, status), queued_at)| StripCell { run_id, status, failure_kind, duration_ms, queued_at });
    ThreadRow { id, title, updated_at, run }
}
