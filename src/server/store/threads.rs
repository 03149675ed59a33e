//! Threads and their messages.

use super::error::{StoreError, StoreResult};
use super::scope::Scope;
use super::{Store, map};
use crate::domain::id::{AgentId, RunId, ThreadId};
use crate::domain::thread::{Message, Role, Thread, ThreadKind};
use crate::server::entity::{message, thread};
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Set,
};

/// How many threads a list shows at most.
const MAX_LISTED: u64 = 100;

impl Store {
    /// Opens a chat thread.
    ///
    /// # Errors
    /// `NoAgent`.
    pub async fn create_thread(&self, _scope: &Scope, agent: AgentId, title: &str) -> StoreResult<Thread> {
        // The agent may go between a check and the insert, so the foreign key decides.
        match self.insert_thread(&self.write, agent, ThreadKind::Chat, title).await {
            Err(error) if error.is_missing_parent() => Err(StoreError::NoAgent(agent)),
            thread => thread,
        }
    }

    pub(super) async fn insert_thread<C: ConnectionTrait>(
        &self,
        db: &C,
        agent: AgentId,
        kind: ThreadKind,
        title: &str,
    ) -> StoreResult<Thread> {
        let now = self.now().ms();
        let row = thread::ActiveModel {
            id: NotSet,
            agent_id: Set(agent.0),
            kind: Set(kind.as_str().to_owned()),
            title: Set(title.to_owned()),
            created_at: Set(now),
            updated_at: Set(now),
        };
        map::thread(row.insert(db).await?)
    }

    /// One thread.
    ///
    /// # Errors
    /// `NoThread`.
    pub async fn thread(&self, _scope: &Scope, id: ThreadId) -> StoreResult<Thread> {
        map::thread(thread::Entity::find_by_id(id.0).one(&self.read).await?.ok_or(StoreError::NoThread(id))?)
    }

    /// The newest threads of an agent, newest first, at most 100.
    ///
    /// # Errors
    /// `NoAgent`.
    pub async fn threads(&self, scope: &Scope, agent: AgentId) -> StoreResult<Vec<Thread>> {
        let rows = thread::Entity::find()
            .filter(thread::Column::AgentId.eq(agent.0))
            .order_by_desc(thread::Column::Id)
            .limit(MAX_LISTED)
            .all(&self.read)
            .await?;
        if rows.is_empty() {
            self.require_agent(scope, agent).await?;
        }
        rows.into_iter().map(map::thread).collect()
    }

    /// All messages of a thread, oldest first.
    ///
    /// # Errors
    /// `NoThread`.
    pub async fn messages(&self, scope: &Scope, id: ThreadId) -> StoreResult<Vec<Message>> {
        let rows = message::Entity::find()
            .filter(message::Column::ThreadId.eq(id.0))
            .order_by_asc(message::Column::Id)
            .all(&self.read)
            .await?;
        if rows.is_empty() {
            self.thread(scope, id).await?;
        }
        rows.into_iter().map(map::message).collect()
    }

    /// Adds what a person says to a thread.
    ///
    /// # Errors
    /// `NoThread`.
    pub async fn post_message(&self, _scope: &Scope, id: ThreadId, role: Role, content: &str) -> StoreResult<Message> {
        let txn = self.begin().await?;
        let message = match self.insert_message(&txn, id, None, role, content).await {
            Err(error) if error.is_missing_parent() => return Err(StoreError::NoThread(id)),
            message => message?,
        };
        self.touch_thread(&txn, id).await?;
        txn.commit().await?;
        Ok(message)
    }

    /// Something was said in a thread.
    pub(super) async fn touch_thread<C: ConnectionTrait>(&self, db: &C, id: ThreadId) -> StoreResult<()> {
        let now = self.now().ms();
        db.execute_raw(self.statement("UPDATE threads SET updated_at = $2 WHERE id = $1", [id.0.into(), now.into()]))
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
            thread_id: Set(thread.0),
            run_id: Set(run.map(|id| id.0)),
            role: Set(role.as_str().to_owned()),
            // PostgreSQL's text cannot hold NUL, and a model may well send one.
            content: Set(content.replace('\0', "\u{fffd}")),
            created_at: Set(self.now().ms()),
        };
        map::message(row.insert(db).await?)
    }
}
