//! Runs: accept and read (`runs/read.rs`). Their changes are in `transit`, their leases in `leases`, what they are given and what they
//! write in `transcripts`.

pub(super) mod read;

use super::Store;
use super::error::{StoreError, StoreResult};
use super::scope::{Owned, Scope};
use super::tasks::{TaskThread, read_task_threads};
use super::transit::{Change, NewRun, Skip};
use crate::domain::hook::RunHook;
use crate::domain::id::{AgentId, RunId, ThreadId};
use crate::domain::request::RunRequest;
use crate::domain::run::{AgentRun, SkipReason, Trigger};
use crate::domain::thread::{Role, ThreadKind, UNTITLED};
use crate::server::entity::{agent, message, run};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, FromQueryResult, QueryFilter, QueryOrder};

impl Store {
    /// Accepts a task run: makes its thread from the agent's instructions and from what the run is given, and queues it. The
    /// request is within its bounds.
    ///
    /// # Errors
    /// `NoAgent`; `Unfit` when it lacks a value that the instructions hold a name for; `Conflict` while the agent is being
    /// deleted.
    pub async fn create_task_run_with(
        &self,
        scope: &Scope,
        id: AgentId,
        trigger: Trigger,
        request: &RunRequest,
    ) -> StoreResult<Change> {
        self.write(|txn, _| {
            let work = self.start_task(txn, scope, id, trigger, request, None);
            Box::pin(self.once(txn, scope, work, started))
        })
        .await
    }

    /// Does that within a transaction, for a run that comes through a webhook or none.
    pub(super) async fn start_task(
        &self,
        txn: &DatabaseTransaction,
        scope: &Scope,
        id: AgentId,
        trigger: Trigger,
        request: &RunRequest,
        hook: Option<RunHook>,
    ) -> StoreResult<Change> {
        let (agent, TaskThread { thread, input_message }) = match request.is_silent() {
            true => self.agent_and_task_thread(txn, scope, id).await?,
            false => {
                let agent = self.agent_for_new_run(txn, scope, id).await?;
                let messages = agent.instructions().messages(request).map_err(StoreError::Unfit)?;
                let thread = self.task_thread(txn, scope, &agent, messages).await?;
                (agent, thread)
            }
        };
        let new = NewRun {
            input_message: Some(input_message),
            request: request.clone(),
            hook,
            ..NewRun::of(&agent, thread, trigger)
        };
        self.insert_run(txn, &agent, new).await
    }

    /// Returns an agent in turn, and a thread of its instructions as they stand; all at once.
    async fn agent_and_task_thread(
        &self,
        txn: &DatabaseTransaction,
        scope: &Scope,
        id: AgentId,
    ) -> StoreResult<(agent::Model, TaskThread)> {
        let statements = [self.agent_bump(scope, id)].into_iter().chain(self.making_task_threads(&[id]));
        let mut results = self.series(txn, statements.collect()).await?.into_iter();
        let agent = results.next().and_then(|rows| rows.into_iter().next());
        let agent = agent.map(|row| agent::Model::from_query_result(&row, "")).transpose()?;
        let agent = for_new_run(agent.ok_or(StoreError::NoAgent(id))?)?;
        if agent.instructions().hold_names() {
            agent.instructions().messages(&RunRequest::default()).map_err(StoreError::Unfit)?;
        }
        let made = read_task_threads(results)?;
        let thread = *made.get(&id).ok_or(StoreError::NoAgent(id))?;
        Ok((agent, thread))
    }

    /// Accepts a chat turn: a run that answers a thread's messages so far.
    ///
    /// # Errors
    /// `NoThread`; `Conflict` when nobody has said anything, or while the agent is being deleted.
    pub async fn create_thread_run(&self, scope: &Scope, id: ThreadId, trigger: Trigger) -> StoreResult<Change> {
        self.not_again(scope).await?;
        let thread = self.thread(scope, id).await?;
        self.write(|txn, _| {
            let work = async move {
                let agent = self.agent_for_new_run(txn, scope, thread.agent_id).await?;
                // Again under the agent's lock: it may have been deleted meanwhile.
                self.present_thread(txn, scope, id).await?;
                let last = message::Entity::find()
                    .filter(message::Column::ThreadId.eq(id))
                    .filter(message::Column::Role.eq(Role::User))
                    .order_by_desc(message::Column::Id)
                    .one(txn)
                    .await?;
                let Some(last) = last else {
                    return Err(StoreError::Conflict(format!(
                        "Thread #{id} has no message to answer: post one to /api/threads/{id}/messages first."
                    )));
                };
                let new = NewRun {
                    chat: thread.kind == ThreadKind::Chat,
                    input_message: Some(last.id),
                    ..NewRun::of(&agent, id, trigger)
                };
                self.insert_run(txn, &agent, new).await
            };
            Box::pin(self.once(txn, scope, work, started))
        })
        .await
    }

    /// Accepts a person's message in a chat, or in a new one, together with the run that answers it.
    ///
    /// # Errors
    /// `NoAgent`; `NoThread` when it is no chat of this agent; `Conflict` while the agent is being deleted.
    pub async fn create_chat_turn(
        &self,
        scope: &Scope,
        id: AgentId,
        thread: Option<ThreadId>,
        content: &str,
        trigger: Trigger,
    ) -> StoreResult<Change> {
        self.write(|txn, _| {
            let work = async move {
                let agent = self.agent_for_new_run(txn, scope, id).await?;
                let thread = match thread {
                    None => self.insert_thread(txn, scope, id, ThreadKind::Chat, UNTITLED).await?,
                    Some(thread) => self.present_thread(txn, scope, thread).await?.into(),
                };
                if thread.agent_id != id || thread.kind != ThreadKind::Chat {
                    return Err(StoreError::NoThread(thread.id));
                }
                let message = self.say_in(txn, thread.id, Role::User, content).await?;
                let new =
                    NewRun { chat: true, input_message: Some(message.id), ..NewRun::of(&agent, thread.id, trigger) };
                self.insert_run(txn, &agent, new).await
            };
            Box::pin(self.once(txn, scope, work, started))
        })
        .await
    }

    /// Accepts a new run that repeats a finished one, with the agent's present settings: as it was, or started with something
    /// else. It is on the same thread, unless it is given something else.
    ///
    /// # Errors
    /// `NoRun`; `Unfit` as for [`Store::create_task_run_with`]; `Conflict` unless the run is over, or while the agent is being
    /// deleted.
    pub async fn create_retry(
        &self,
        scope: &Scope,
        id: RunId,
        trigger: Trigger,
        other: Option<&RunRequest>,
    ) -> StoreResult<Change> {
        self.not_again(scope).await?;
        let agent_id = self.run(scope, id).await?.agent_id;
        self.write(|txn, _| {
            let work = async move {
                let agent = self.agent_for_new_run(txn, scope, agent_id).await?;
                // Read again under the agent's lock: the status may have changed meanwhile.
                let original = run::Entity::owned(scope).filter(run::Column::Id.eq(id)).one(txn).await?;
                let original = original.ok_or(StoreError::NoRun(id))?;
                let status = original.status;
                if !status.is_terminal() {
                    return Err(StoreError::Conflict(format!("Run #{id} is {status}: retry it when it is over.")));
                }
                match self.present_thread(txn, scope, original.thread_id).await {
                    Err(StoreError::NoThread(_)) => {
                        let text = format!("The chat that run #{id} belongs to was deleted: it cannot be retried.");
                        return Err(StoreError::Conflict(text));
                    }
                    thread => thread?,
                };
                if other.is_none() {
                    self.input_is_there(txn, id).await?;
                }
                // Of what was removed nobody knows whether it was the same.
                let is_known = self.input_removed_at(txn, id).await?.is_none();
                let same = original.request(self.input_of(txn, id).await?).again();
                let request = other.cloned().unwrap_or_else(|| same.clone());
                let (thread, input_message) = match is_known && request.gives_the_same(&same) {
                    true => (original.thread_id, original.input_message_id),
                    false => {
                        let messages = agent.instructions().messages(&request).map_err(StoreError::Unfit)?;
                        let TaskThread { thread, input_message } =
                            self.task_thread(txn, scope, &agent, messages).await?;
                        (thread, Some(input_message))
                    }
                };
                let new = NewRun {
                    chat: original.chat,
                    input_message,
                    retry_of: Some(id),
                    root: Some(original.root_run_id.unwrap_or(id)),
                    request,
                    ..NewRun::of(&agent, thread, trigger)
                };
                self.insert_run(txn, &agent, new).await
            };
            Box::pin(self.once(txn, scope, work, started))
        })
        .await
    }

    /// Returns the agent, with its next live sequence number.
    async fn agent_for_new_run(
        &self,
        txn: &DatabaseTransaction,
        scope: &Scope,
        id: AgentId,
    ) -> StoreResult<agent::Model> {
        for_new_run(self.agent_in_turn(txn, scope, id).await?)
    }

    /// Queues the run; where the month's budget is spent already, it is born skipped and says so. One that is put off is asked
    /// when it begins, which may be in another month.
    async fn insert_run(&self, txn: &DatabaseTransaction, agent: &agent::Model, new: NewRun) -> StoreResult<Change> {
        let now = self.now();
        let spent = match new.request.not_before {
            Some(at) if at > now => None,
            _ => self.month_spent(txn, new.agent, agent.month_budgets()).await?,
        };
        let skip = spent.map(|says| Skip { reason: SkipReason::Budget, says: Some(says) });
        let request = new.request.clone();
        let born = self.bear_runs(txn, vec![NewRun { skip, ..new }], now).await?;
        let run = born.into_iter().next().ok_or(sea_orm::DbErr::RecordNotInserted)?;
        self.keep_input(txn, run.id, &request).await?;
        Ok(Change { owner: agent.owner_id, run, before: None, seq: agent.live_seq })
    }
}

/// Returns what is recorded of a request that started a run.
fn started(change: &Change) -> Option<AgentRun> {
    Some(change.run.clone())
}

/// Returns the agent, unless it takes no new runs.
fn for_new_run(agent: agent::Model) -> StoreResult<agent::Model> {
    match agent.deleting_at {
        Some(_) => {
            let text = format!("Agent #{} is being deleted: it takes no new runs.", agent.id);
            Err(StoreError::Conflict(text))
        }
        None => Ok(agent),
    }
}
