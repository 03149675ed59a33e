//! Threads that have had their time, removed: as many together as one transaction may take, larger ones piece by piece.

use super::bounds::{BUDGET, PIECE_RUNS, weight};
use super::{Bounds, PrunedAgent, Removed};
use crate::domain::id::{RunId, ThreadId};
use crate::domain::retention::RetentionLimits;
use crate::domain::time::Timestamp;
use crate::server::store::Store;
use crate::server::store::error::StoreResult;
use crate::server::store::payloads;
use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult};
use std::collections::HashMap;

/// Those of some threads that nothing holds back: no run is under way or kept, the newest has had its time, and, unless it was
/// deleted, nobody uses it and no message waits for an answer. A scheduled run stays for a day whatever the limits: its row is how
/// a due time is known to have fired, should the clock be put back.
pub(in crate::server::store) const FIT: &str = "
SELECT t.id FROM threads t JOIN agent_runs n ON n.id = (SELECT MAX(m.id) FROM agent_runs m WHERE m.thread_id = t.id)
WHERE t.id {among} AND t.agent_id = :agent
  AND (n.id <= :beyond OR n.finished_at < :old)
  AND (n.scheduled_for IS NULL OR n.scheduled_for < :used)
  AND NOT EXISTS (SELECT 1 FROM agent_runs a WHERE a.thread_id = t.id AND a.status IN ('queued', 'running'))
  AND NOT EXISTS (SELECT 1 FROM agent_runs k WHERE k.thread_id = t.id AND k.kept_at IS NOT NULL)
  AND (t.deleted_at IS NOT NULL
       OR ((t.kind <> 'chat' OR t.updated_at < :used)
           AND NOT EXISTS (SELECT 1 FROM thread_messages u
                           WHERE u.thread_id = t.id AND u.role = 'user' AND u.run_id IS NULL
                             AND u.id > COALESCE(n.input_message_id, 9223372036854775807))))
ORDER BY t.id";

/// How much there is in threads.
const SIZES: &str = "
SELECT thread_id, COUNT(*) AS runs, MAX(finished_at) AS last, MAX(id) AS newest FROM agent_runs
WHERE thread_id {among} GROUP BY thread_id";

/// How many steps, or long texts, the runs of threads have.
const PARTS: &str = "
SELECT r.thread_id, COUNT(*) AS parts FROM agent_runs r JOIN {table} p ON p.run_id = r.id
WHERE r.thread_id {among} GROUP BY r.thread_id";

#[derive(FromQueryResult)]
struct FitRow {
    id: ThreadId,
}

/// A thread that may be removed.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub(super) struct Size {
    pub thread_id: ThreadId,
    pub runs: i64,
    /// When the run ended that ended last.
    pub last: Timestamp,
    pub newest: RunId,
}

#[derive(FromQueryResult)]
struct Parts {
    thread_id: ThreadId,
    parts: i64,
}

/// The outcome of one transaction.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// `None` where no run was removed.
    pub removed: Option<Removed>,
    /// Threads that are still to be removed.
    pub left: Vec<ThreadId>,
}

impl Store {
    /// Removes those of an agent's threads that have had their time, or some of what is in them; `None` where there is nothing to
    /// do. Limits, and what holds a thread back, are read under the agent's lock. Where the agent may have another number of runs
    /// by now, nothing is removed.
    pub async fn remove_old_threads(
        &self,
        agent: &PrunedAgent,
        servers: RetentionLimits,
        bounds: &Bounds,
        threads: &[ThreadId],
    ) -> StoreResult<Option<Batch>> {
        let done = self.write_if(|txn, _| {
            Box::pin(async move {
                let Some(agent) = self.locked_agent(txn, agent.id).await? else { return Ok(None) };
                let Some(bounds) = bounds.under(agent.limits(servers)) else { return Ok(None) };
                let fit = self.fit_threads(txn, &agent, &bounds, threads).await?;
                let Some(first) = fit.first() else { return Ok(None) };
                let small = self.together(txn, &fit).await?;
                match small {
                    0 => self.remove_piece(txn, &agent, *first, &fit).await.map(Some),
                    _ => self.remove_whole(txn, &agent, &fit, small).await.map(Some),
                }
            })
        });
        done.await
    }

    /// Returns those of some threads that may be removed, as far as is known without a lock.
    pub async fn old_threads(
        &self,
        agent: &PrunedAgent,
        bounds: &Bounds,
        threads: &[ThreadId],
    ) -> StoreResult<Vec<ThreadId>> {
        let fit = self.fit_threads(&self.read, agent, bounds, threads).await?;
        Ok(fit.into_iter().map(|size| size.thread_id).collect())
    }

    /// Returns those of some threads that may be removed.
    pub(super) async fn fit_threads<C: ConnectionTrait>(
        &self,
        db: &C,
        agent: &PrunedAgent,
        bounds: &Bounds,
        threads: &[ThreadId],
    ) -> StoreResult<Vec<Size>> {
        let values = [
            ("agent", agent.id.into()),
            ("threads", self.ids(threads)),
            ("beyond", bounds.beyond().into()),
            ("old", bounds.old().into()),
            ("used", bounds.used().into()),
        ];
        let find = self.named(&FIT.replace("{among}", &self.among(":threads")), values);
        let fit: Vec<ThreadId> = FitRow::find_by_statement(find).all(db).await?.into_iter().map(|row| row.id).collect();
        if fit.is_empty() {
            return Ok(Vec::new());
        }
        let sizes = self.statement(SIZES.replace("{among}", &self.among("$1")), [self.ids(&fit)]);
        let mut sizes = Size::find_by_statement(sizes).all(db).await?;
        // An earlier run may have ended later than the newest.
        sizes.retain(|size| size.last.ms() < bounds.old() || size.newest <= bounds.beyond());
        sizes.sort_unstable_by_key(|size| size.thread_id.0);
        Ok(sizes)
    }

    /// Returns how many of the first threads are removed together; 0 where the first is too much for that.
    async fn together(&self, txn: &DatabaseTransaction, fit: &[Size]) -> StoreResult<usize> {
        let small: Vec<ThreadId> =
            fit.iter().take_while(|size| size.runs <= PIECE_RUNS).map(|size| size.thread_id).collect();
        if small.is_empty() {
            return Ok(0);
        }
        let (steps, payloads) =
            (self.parts(txn, "run_steps", &small).await?, self.parts(txn, payloads::TABLE, &small).await?);
        let of = |parts: &HashMap<ThreadId, i64>, thread| parts.get(&thread).copied().unwrap_or_default();
        let mut sum = 0;
        let fits = |size: &&Size| {
            sum += weight(size.runs, of(&steps, size.thread_id), of(&payloads, size.thread_id));
            sum <= BUDGET
        };
        Ok(fit[..small.len()].iter().take_while(fits).count())
    }

    async fn parts(
        &self,
        txn: &DatabaseTransaction,
        table: &str,
        threads: &[ThreadId],
    ) -> StoreResult<HashMap<ThreadId, i64>> {
        let count = PARTS.replace("{table}", table).replace("{among}", &self.among("$1"));
        let rows = Parts::find_by_statement(self.statement(count, [self.ids(threads)])).all(txn).await?;
        Ok(rows.into_iter().map(|Parts { thread_id, parts }| (thread_id, parts)).collect())
    }

    async fn remove_whole(
        &self,
        txn: &DatabaseTransaction,
        agent: &PrunedAgent,
        fit: &[Size],
        count: usize,
    ) -> StoreResult<Batch> {
        let (now, left) = fit.split_at(count);
        let ids: Vec<ThreadId> = now.iter().map(|size| size.thread_id).collect();
        let delete = format!("DELETE FROM threads WHERE id {}", self.among("$1"));
        txn.execute_raw(self.statement(delete, [self.ids(&ids)])).await?;
        let last = now.iter().map(|size| size.last).max();
        let newest = now.iter().map(|size| size.newest).max();
        let runs = now.iter().map(|size| size.runs.unsigned_abs()).sum();
        let removed = self.note_removed(txn, agent, last.zip(newest), runs).await?;
        Ok(Batch { removed: Some(removed), left: left.iter().map(|size| size.thread_id).collect() })
    }

    /// Takes the agent's next live sequence number. Of runs that were removed, `gone` says when the last of them ended and which was the
    /// newest: it is noted since when all are kept, and up to where some are not.
    pub(in crate::server::store) async fn note_removed(
        &self,
        txn: &DatabaseTransaction,
        agent: &PrunedAgent,
        gone: Option<(Timestamp, RunId)>,
        runs: u64,
    ) -> StoreResult<Removed> {
        let larger = |column: &str, name: &str| {
            format!("{column} = CASE WHEN COALESCE({column}, 0) > {name} THEN {column} ELSE {name} END")
        };
        if let Some((last, newest)) = gone {
            let note = format!(
                "UPDATE agents SET {}, {} WHERE id = :agent",
                larger("runs_kept_since", ":since"),
                larger("runs_removed_to", ":newest")
            );
            let values = [("since", (last.ms() + 1).into()), ("newest", newest.into()), ("agent", agent.id.into())];
            txn.execute_raw(self.named(&note, values)).await?;
        }
        let seq = self.next_seq(txn, agent.id).await?;
        Ok(Removed { owner: agent.owner_id, agent: agent.id, seq, runs })
    }
}
