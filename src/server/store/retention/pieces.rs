//! A thread that is too much for one transaction, removed piece by piece: it is hidden with the first piece, and its newest runs go
//! first. Each piece is a transaction of its own that looks at all conditions again.

use super::bounds::{PIECE_PAYLOADS, PIECE_RUNS, PIECE_STEPS};
use super::removal::{Batch, Size};
use super::{PrunedAgent, Removed};
use crate::domain::id::{RunId, ThreadId};
use crate::domain::time::Timestamp;
use crate::server::store::Store;
use crate::server::store::error::StoreResult;
use crate::server::store::payloads;
use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult};

/// The newest runs of a thread.
const NEWEST: &str = "
SELECT id, finished_at FROM agent_runs WHERE thread_id = $1 ORDER BY id DESC LIMIT $2";

const STEPS: &str = "
DELETE FROM run_steps WHERE id IN (SELECT id FROM run_steps WHERE run_id {among} LIMIT :limit)";

/// The messages of people; those of runs go with them.
const MESSAGES: &str = "
DELETE FROM thread_messages WHERE id IN
    (SELECT id FROM thread_messages WHERE thread_id = $1 AND run_id IS NULL ORDER BY id DESC LIMIT $2)";

#[derive(FromQueryResult)]
struct Newest {
    id: RunId,
    finished_at: Timestamp,
}

impl Store {
    /// Removes a piece of the first of some threads.
    pub(super) async fn remove_piece(
        &self,
        txn: &DatabaseTransaction,
        agent: &PrunedAgent,
        first: Size,
        fit: &[Size],
    ) -> StoreResult<Batch> {
        let thread = first.thread_id;
        let hide = "UPDATE threads SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL";
        txn.execute_raw(self.statement(hide, [thread.into(), self.now().into()])).await?;
        let select = self.statement(NEWEST, [thread.into(), PIECE_RUNS.into()]);
        let newest = Newest::find_by_statement(select).all(txn).await?;
        let runs: Vec<RunId> = newest.iter().map(|run| run.id).collect();
        let rest: Vec<ThreadId> = fit.iter().map(|size| size.thread_id).collect();
        if self.drop_payloads(txn, &runs).await? || self.drop_steps(txn, &runs).await? {
            let removed = self.mark_stripped(txn, agent, &runs).await?;
            return Ok(Batch { removed: Some(removed), left: rest });
        }
        let is_last = first.runs <= PIECE_RUNS;
        if is_last {
            let drop = self.statement(MESSAGES, [thread.into(), PIECE_STEPS.into()]);
            if txn.execute_raw(drop).await?.rows_affected() == PIECE_STEPS.unsigned_abs() {
                return Ok(Batch { removed: None, left: rest });
            }
            txn.execute_raw(self.statement("DELETE FROM threads WHERE id = $1", [thread.into()])).await?;
        } else {
            let delete = format!("DELETE FROM agent_runs WHERE id {}", self.among("$1"));
            txn.execute_raw(self.statement(delete, [self.ids(&runs)])).await?;
        }
        let last = newest.iter().map(|run| run.finished_at).max();
        let gone = last.zip(runs.iter().max().copied());
        let removed = self.note_removed(txn, agent, gone, runs.len() as u64).await?;
        let left = if is_last { rest[1..].to_vec() } else { rest };
        Ok(Batch { removed: Some(removed), left })
    }

    /// Drops some long texts of runs; returns whether there may be more.
    pub(in crate::server::store) async fn drop_payloads(
        &self,
        txn: &DatabaseTransaction,
        runs: &[RunId],
    ) -> StoreResult<bool> {
        self.drop_some(txn, payloads::DROP_SOME, runs, PIECE_PAYLOADS).await
    }

    /// Drops some steps of runs; returns whether there may be more.
    pub(in crate::server::store) async fn drop_steps(
        &self,
        txn: &DatabaseTransaction,
        runs: &[RunId],
    ) -> StoreResult<bool> {
        self.drop_some(txn, STEPS, runs, PIECE_STEPS).await
    }

    async fn drop_some(&self, txn: &DatabaseTransaction, sql: &str, runs: &[RunId], most: i64) -> StoreResult<bool> {
        let values = [("runs", self.ids(runs)), ("limit", most.into())];
        let drop = self.named(&sql.replace("{among}", &self.among(":runs")), values);
        Ok(txn.execute_raw(drop).await?.rows_affected() == most.unsigned_abs())
    }

    /// Notes that of these runs something is gone already, should they stay after all.
    pub(in crate::server::store) async fn mark_stripped(
        &self,
        txn: &DatabaseTransaction,
        agent: &PrunedAgent,
        runs: &[RunId],
    ) -> StoreResult<Removed> {
        let mark = format!(
            "UPDATE agent_runs SET payloads_removed_at = COALESCE(payloads_removed_at, $2) WHERE id {}",
            self.among("$1")
        );
        txn.execute_raw(self.statement(mark, [self.ids(runs), self.now().into()])).await?;
        self.forget_documents(txn, runs).await?;
        self.note_removed(txn, agent, None, 0).await
    }
}
