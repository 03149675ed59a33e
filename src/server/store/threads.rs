//! Threads and their messages.

use super::Store;
use super::error::{StoreError, StoreResult};
use super::removal::Stopping;
use super::scope::{Owned, Scope};
use super::transit::RunsOf;
use crate::domain::id::{AgentId, RunId, ThreadId};
use crate::domain::thread::{Message, Role, Thread, ThreadKind, UNTITLED, title_of};
use crate::server::entity::{message, thread};
use sea_orm::{
    ActiveValue::NotSet, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, QueryFilter,
    QueryOrder, QuerySelect, Set,
};

/// How many threads a list shows at most.
const MAX_LISTED: u64 = 100;

impl Store {
    /// Opens a chat thread. Returns the agent's live sequence number too.
    ///
    /// # Errors
    /// `NoAgent`.
    pub async fn create_thread(&self, scope: &Scope, agent: AgentId, title: &str) -> StoreResult<(Thread, i64)> {
        self.write(|txn, _| {
            let work = async move {
                let seq = self.next_seq_within(txn, scope, agent).await?;
                let thread = self.insert_thread(txn, scope, agent, ThreadKind::Chat, title).await?;
                Ok((thread, seq))
            };
            Box::pin(self.once(txn, scope, work, |(thread, _)| Some(thread.clone())))
        })
        .await
    }

    pub(super) async fn insert_thread<C: ConnectionTrait>(
        &self,
        db: &C,
        scope: &Scope,
        agent: AgentId,
        kind: ThreadKind,
        title: &str,
    ) -> StoreResult<Thread> {
        let now = self.now();
        let row = thread::ActiveModel {
            id: NotSet,
            owner_id: Set(scope.owner()),
            agent_id: Set(agent),
            kind: Set(kind),
            title: Set(title.to_owned()),
            titled: Set(title != UNTITLED),
            created_at: Set(now),
            updated_at: Set(now),
            deleted_at: Set(None),
        };
        Ok(self.insert(db, row).await?.into())
    }

    /// Returns one thread.
    ///
    /// # Errors
    /// `NoThread`.
    pub async fn thread(&self, scope: &Scope, id: ThreadId) -> StoreResult<Thread> {
        Ok(self.present_thread(&self.read, scope, id).await?.into())
    }

    /// Returns a thread's row, unless it was deleted.
    pub(super) async fn present_thread<C: ConnectionTrait>(
        &self,
        db: &C,
        scope: &Scope,
        id: ThreadId,
    ) -> StoreResult<thread::Model> {
        let thread = thread::Entity::owned(scope)
            .filter(thread::Column::Id.eq(id))
            .filter(thread::Column::DeletedAt.is_null())
            .one(db)
            .await?;
        thread.ok_or(StoreError::NoThread(id))
    }

    /// Returns the newest threads of an agent, newest first, at most 100.
    ///
    /// # Errors
    /// `NoAgent`.
    pub async fn threads(&self, scope: &Scope, agent: AgentId) -> StoreResult<Vec<Thread>> {
        let rows = thread::Entity::owned(scope)
            .filter(thread::Column::AgentId.eq(agent))
            .filter(thread::Column::DeletedAt.is_null())
            .order_by_desc(thread::Column::Id)
            .limit(MAX_LISTED)
            .all(&self.read)
            .await?;
        if rows.is_empty() {
            self.require_agent(scope, agent).await?;
        }
        Ok(rows.into_iter().map(Thread::from).collect())
    }

    /// Returns all messages of a thread, oldest first.
    ///
    /// # Errors
    /// `NoThread`.
    pub async fn messages(&self, scope: &Scope, id: ThreadId) -> StoreResult<Vec<Message>> {
        self.thread(scope, id).await?;
        let rows = message::Entity::find()
            .filter(message::Column::ThreadId.eq(id))
            .order_by_asc(message::Column::Id)
            .all(&self.read)
            .await?;
        Ok(rows.into_iter().map(Message::from).collect())
    }

    /// Adds what a person says to a thread. Returns its agent and the agent's live sequence number too.
    ///
    /// # Errors
    /// `NoThread`.
    pub async fn post_message(
        &self,
        scope: &Scope,
        id: ThreadId,
        role: Role,
        content: &str,
    ) -> StoreResult<(Message, AgentId, i64)> {
        self.not_again(scope).await?;
        let agent = self.thread(scope, id).await?.agent_id;
        self.write(|txn, _| {
            let work = async move {
                let seq = self.next_seq_of(txn, scope, agent, id).await?;
                let message = self.say_in(txn, id, role, content).await?;
                Ok((message, agent, seq))
            };
            Box::pin(self.once(txn, scope, work, |(message, ..)| Some(message.clone())))
        })
        .await
    }

    /// Returns the next live sequence number of a thread's agent; when the agent is gone, so is the thread.
    async fn next_seq_of(
        &self,
        txn: &DatabaseTransaction,
        scope: &Scope,
        agent: AgentId,
        id: ThreadId,
    ) -> StoreResult<i64> {
        match self.next_seq_within(txn, scope, agent).await {
            Err(StoreError::NoAgent(_)) => Err(StoreError::NoThread(id)),
            seq => seq,
        }
    }

    /// Adds what a person says to a thread that is there. The first message names a thread that nobody has named.
    pub(super) async fn say_in(
        &self,
        txn: &DatabaseTransaction,
        id: ThreadId,
        role: Role,
        content: &str,
    ) -> StoreResult<Message> {
        let title = Some(title_of(content)).filter(|title| !title.is_empty());
        let touch = self.statement(
            "UPDATE threads SET updated_at = $2,
                    title = CASE WHEN titled OR EXISTS (SELECT 1 FROM thread_messages m WHERE m.thread_id = $1)
                                 THEN title ELSE $3 END
             WHERE id = $1 AND deleted_at IS NULL",
            [id.into(), self.now().into(), title.unwrap_or_else(|| UNTITLED.to_owned()).into()],
        );
        match txn.execute_raw(touch).await?.rows_affected() {
            0 => Err(StoreError::NoThread(id)),
            _ => self.insert_message(txn, id, None, role, content).await,
        }
    }

    /// Names a thread. Returns the agent's live sequence number too.
    ///
    /// # Errors
    /// `NoThread`.
    pub async fn rename_thread(&self, scope: &Scope, id: ThreadId, title: &str) -> StoreResult<(Thread, i64)> {
        let agent = self.thread(scope, id).await?.agent_id;
        self.write(|txn, _| {
            Box::pin(async move {
                let seq = self.next_seq_of(txn, scope, agent, id).await?;
                let rename = self.statement(
                    "UPDATE threads SET title = $2, titled = TRUE WHERE id = $1 AND deleted_at IS NULL RETURNING *",
                    [id.into(), title.into()],
                );
                let row = thread::Model::find_by_statement(rename).one(txn).await?.ok_or(StoreError::NoThread(id))?;
                Ok((row.into(), seq))
            })
        })
        .await
    }

    /// Marks a chat as deleted: it is listed no more and takes no more messages and runs. Its runs are stopped, and stay on
    /// record. Returns its agent, the agent's live sequence number, and what was stopped.
    ///
    /// # Errors
    /// `NoThread`; `Conflict` when it is no chat.
    pub async fn delete_thread(&self, scope: &Scope, id: ThreadId) -> StoreResult<(AgentId, i64, Option<Stopping>)> {
        let thread = self.thread(scope, id).await?;
        if thread.kind != ThreadKind::Chat {
            let text = format!("Thread #{id} belongs to a task's run: only chats can be deleted.");
            return Err(StoreError::Conflict(text));
        }
        self.write(|txn, _| {
            Box::pin(async move {
                let seq = self.next_seq_of(txn, scope, thread.agent_id, id).await?;
                let delete = self.statement(
                    "UPDATE threads SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL",
                    [id.into(), self.now().into()],
                );
                if txn.execute_raw(delete).await?.rows_affected() == 0 {
                    return Err(StoreError::NoThread(id));
                }
                let stopping = match self.stop_all(txn, RunsOf::Thread(id)).await? {
                    (0, running) if running.is_empty() => None,
                    // A number of its own: it is an event of its own.
                    (queued, running) => {
                        let seq = self.next_seq_of(txn, scope, thread.agent_id, id).await?;
                        Some(Stopping { seq, queued, running })
                    }
                };
                Ok((thread.agent_id, seq, stopping))
            })
        })
        .await
    }

    /// Called when something was said in a thread.
    pub(super) async fn touch_thread<C: ConnectionTrait>(&self, db: &C, id: ThreadId) -> StoreResult<()> {
        let now = self.now();
        db.execute_raw(self.statement("UPDATE threads SET updated_at = $2 WHERE id = $1", [id.into(), now.into()]))
            .await?;
        Ok(())
    }

    pub(super) async fn insert_message<C: ConnectionTrait>(
        &self,
        db: &C,
        thread: ThreadId,
        run: Option<RunId>,
        role: Role,
        content: &str,
    ) -> StoreResult<Message> {
        let row = message::ActiveModel {
            id: NotSet,
            thread_id: Set(thread),
            run_id: Set(run),
            role: Set(role),
            content: Set(content.to_owned()),
            created_at: Set(self.now()),
        };
        Ok(self.insert(db, row).await?.into())
    }
}
