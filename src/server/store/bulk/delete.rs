//! A run that an action deletes, with its steps, messages and long texts. What retention holds back is held back here too, however
//! old it is: runs under way or kept, a due time that could fire again, a chat in which people are. Roll-ups stay.
//!
//! A run of a task goes by itself, and its thread with the last one. A *chat* goes whole or not at all: it is hidden with the first of
//! its runs, as a chat that somebody deletes, and from then on its runs go one by one.

use crate::domain::id::{BulkId, RunId, ThreadId};
use crate::domain::retention::DAY_MS;
use crate::domain::run::RunStatus;
use crate::domain::time::Timestamp;
use crate::server::store::Store;
use crate::server::store::error::{StoreError, StoreResult};
use crate::server::store::retention::Removed;
use crate::server::store::scope::Scope;

use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult};

/// A run as it stands, under its agent's lock.
const STANDS: &str = "
SELECT r.thread_id, r.status, r.kept_at, r.scheduled_for, COALESCE(r.finished_at, r.queued_at) AS ended_at,
       CASE WHEN t.kind = 'chat' AND t.deleted_at IS NULL THEN 1 ELSE 0 END AS in_chat
FROM agent_runs r JOIN threads t ON t.id = r.thread_id WHERE r.id = :run AND r.owner_id = :owner";

/// Why a chat cannot go: the first reason there is; null where it can.
const CHAT: &str = "
SELECT CASE
  WHEN EXISTS (SELECT 1 FROM agent_runs a WHERE a.thread_id = t.id AND a.status IN ('queued', 'running')) THEN 'live'
  WHEN EXISTS (SELECT 1 FROM agent_runs k WHERE k.thread_id = t.id AND k.kept_at IS NOT NULL) THEN 'kept'
  WHEN EXISTS (SELECT 1 FROM agent_runs o WHERE o.thread_id = t.id AND NOT EXISTS
               (SELECT 1 FROM bulk_items i
                WHERE i.job_id = :job AND i.run_id = o.id AND i.result IS NULL AND i.record IS NULL)) THEN 'others'
  WHEN EXISTS (SELECT 1 FROM thread_messages u WHERE u.thread_id = t.id AND u.role = 'user' AND u.run_id IS NULL
               AND u.id > COALESCE((SELECT n.input_message_id FROM agent_runs n WHERE n.thread_id = t.id
                                    ORDER BY n.id DESC LIMIT 1), 9223372036854775807)) THEN 'waiting'
  WHEN t.updated_at >= :used THEN 'used' END AS reason
FROM threads t WHERE t.id = :thread";

#[derive(FromQueryResult)]
struct Stands {
    thread_id: ThreadId,
    status: RunStatus,
    kept_at: Option<Timestamp>,
    scheduled_for: Option<Timestamp>,
    ended_at: Timestamp,
    in_chat: i32,
}

/// The outcome of one transaction.
#[derive(Clone, Copy, Debug)]
pub struct Deletion {
    pub removed: Removed,
    /// Whether the run is gone; otherwise some of it is, and there is more.
    pub is_done: bool,
}

impl Store {
    /// Deletes a run of an action, or some of one that is too much for a transaction.
    ///
    /// # Errors
    /// `NoRun`; `RunRemoved`; `Conflict`, which says what holds it back and what to do; as [`Store::once_for_item`].
    pub async fn delete_run(&self, scope: &Scope, job: BulkId, id: RunId) -> StoreResult<Deletion> {
        self.open_item(&self.read, job, id, "").await?;
        let agent = match self.run(scope, id).await {
            Ok(run) => run.agent_id,
            Err(error) => {
                // Another process may have deleted it for the same action a moment ago.
                self.open_item(&self.read, job, id, "").await?;
                return Err(error);
            }
        };
        self.write(|txn, _| {
            let work = async move {
                let Some(agent) = self.locked_agent(txn, agent).await? else {
                    return Err(StoreError::Conflict(format!(
                        "The agent of run #{id} is being deleted, and the run with it."
                    )));
                };
                let values = [("run", id.into()), ("owner", scope.owner().into())];
                let Some(stands) = Stands::find_by_statement(self.named(STANDS, values)).one(txn).await? else {
                    return Err(self.no_run(txn, scope, id).await);
                };
                self.require_loose(txn, job, id, &stands).await?;
                let runs = [id];
                if self.drop_payloads(txn, &runs).await? || self.drop_steps(txn, &runs).await? {
                    let removed = self.mark_stripped(txn, &agent, &runs).await?;
                    return Ok(Deletion { removed, is_done: false });
                }
                self.drop_run(txn, id, stands.thread_id).await?;
                let removed = self.note_removed(txn, &agent, Some((stands.ended_at, id)), 1).await?;
                Ok(Deletion { removed, is_done: true })
            };
            Box::pin(self.once_for_item(txn, job, id, work, |deletion| deletion.is_done.then_some(true)))
        })
        .await
    }

    /// Refuses a run that something holds back. The chat of one that nothing does is hidden.
    async fn require_loose(
        &self,
        txn: &DatabaseTransaction,
        job: BulkId,
        id: RunId,
        stands: &Stands,
    ) -> StoreResult<()> {
        let used = self.now().ms().saturating_sub(DAY_MS);
        let held = |words: String| Err(StoreError::Conflict(words));
        if !stands.status.is_terminal() {
            return held(format!("Run #{id} is not over ({}): stop it, and delete it once it is over.", stands.status));
        }
        if stands.kept_at.is_some() {
            return held(format!("Run #{id} is kept for good: release it on its page, then delete it."));
        }
        if stands.scheduled_for.is_some_and(|due| due.ms() >= used) {
            return held(format!(
                "Run #{id} was due less than a day ago, and its row keeps the schedule from firing that time again: delete it \
                 tomorrow."
            ));
        }
        if stands.in_chat == 0 {
            return Ok(());
        }
        let thread = stands.thread_id;
        let values = [("thread", thread.into()), ("job", job.into()), ("used", used.into())];
        let row = txn.query_one_raw(self.named(CHAT, values)).await?.ok_or(StoreError::NoThread(thread))?;
        let reason: Option<String> = row.try_get("", "reason")?;
        let first = format!("Run #{id} belongs to a chat, which goes as a whole");
        match reason.as_deref() {
            None => {
                let hide = "UPDATE threads SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL";
                txn.execute_raw(self.statement(hide, [thread.into(), self.now().into()])).await?;
                Ok(())
            }
            Some("live") => held(format!("{first}, and a run of it is not over: stop that first, or delete the chat.")),
            Some("kept") => held(format!("{first}, and a run of it is kept for good: release that first.")),
            Some("others") => held(format!("{first}: select all of its runs, or delete the chat first.")),
            Some("waiting") => {
                held(format!("{first}, and a message in it has no answer yet: have it answered, or delete the chat."))
            }
            Some(_) => held(format!(
                "{first}, and something was said in it within the last day: delete the chat first, or wait a day."
            )),
        }
    }

    async fn drop_run(&self, txn: &DatabaseTransaction, id: RunId, thread: ThreadId) -> StoreResult<()> {
        txn.execute_raw(self.statement("DELETE FROM agent_runs WHERE id = $1", [id.into()])).await?;
        let drop = "DELETE FROM threads WHERE id = $1
                    AND NOT EXISTS (SELECT 1 FROM agent_runs r WHERE r.thread_id = threads.id)";
        txn.execute_raw(self.statement(drop, [thread.into()])).await?;
        Ok(())
    }
}
