//! Inputs and outputs that have had their time: what a run's steps were given and gave, what the run itself was given, and the data
//! that providers wanted back. The run stays, with its steps' names, times, tokens, costs and errors, and so does its conversation.
//!
//! Those of a chat stay while something is said in it: the history of its later turns is made of them. Afterwards a turn that
//! somebody adds is given the answers without the tools they came from.

use super::bounds::BUDGET;
use super::{Bounds, PrunedAgent, Removed};
use crate::domain::id::RunId;
use crate::domain::retention::RetentionLimits;
use crate::server::store::Store;
use crate::server::store::error::StoreResult;
use sea_orm::{ConnectionTrait, DatabaseTransaction, FromQueryResult};

/// Runs whose payloads have had their time, each with the number of its steps.
const FIT: &str = "
SELECT r.id, (SELECT COUNT(*) FROM run_steps s WHERE s.run_id = r.id) AS steps
FROM agent_runs r JOIN threads t ON t.id = r.thread_id
WHERE r.id {among} AND r.agent_id = :agent
  AND r.finished_at < :before AND r.kept_at IS NULL AND r.payloads_removed_at IS NULL
  AND (t.kind <> 'chat' OR t.deleted_at IS NOT NULL OR t.updated_at < :before)
ORDER BY r.id";

const STEPS: &str = "
UPDATE run_steps SET input = NULL, input_cut = FALSE, input_bytes = NULL, output = NULL, output_cut = FALSE, output_bytes = NULL,
       reasoning = NULL, reasoning_cut = FALSE, calls = '[]' WHERE run_id {among}";

const INPUTS: &str = "
UPDATE run_inputs SET input = NULL, variables = '{}', removed_at = :now WHERE run_id {among}";

const RUNS: &str = "UPDATE agent_runs SET payloads_removed_at = :now WHERE id {among}";

#[derive(FromQueryResult)]
struct Fit {
    id: RunId,
    steps: i64,
}

/// The outcome of one transaction.
#[derive(Clone, Debug, Default)]
pub struct Stripped {
    /// `None` where of no run all was removed.
    pub removed: Option<Removed>,
    /// Runs that are still to be looked at.
    pub left: Vec<RunId>,
}

impl Store {
    /// Removes the payloads of those of an agent's runs that have had their time, or some of them; `None` where there is nothing
    /// to do.
    pub async fn remove_old_payloads(
        &self,
        agent: &PrunedAgent,
        servers: RetentionLimits,
        bounds: &Bounds,
        runs: &[RunId],
    ) -> StoreResult<Option<Stripped>> {
        let done = self.write_if(|txn, _| {
            Box::pin(async move {
                let Some(agent) = self.locked_agent(txn, agent.id).await? else { return Ok(None) };
                let bounds = Bounds { limits: agent.limits(servers), ..*bounds };
                let fit = self.fit_payloads(txn, &agent, &bounds, runs).await?;
                let mut sum = 0;
                let fits = |(at, (_, steps)): &(usize, &(RunId, i64))| {
                    sum += steps + 2;
                    *at == 0 || sum <= BUDGET
                };
                let now: Vec<RunId> = fit.iter().enumerate().take_while(fits).map(|(_, (run, _))| *run).collect();
                if now.is_empty() {
                    return Ok(None);
                }
                if self.drop_payloads(txn, &now).await? {
                    return Ok(Some(Stripped { removed: None, left: fit.iter().map(|(run, _)| *run).collect() }));
                }
                self.strip(txn, &now).await?;
                let removed = self.note_removed(txn, &agent, None, now.len() as u64).await?;
                let left = fit[now.len()..].iter().map(|(run, _)| *run).collect();
                Ok(Some(Stripped { removed: Some(removed), left }))
            })
        });
        done.await
    }

    /// Returns those of some runs whose payloads may be removed, as far as is known without a lock.
    pub async fn old_payloads(&self, agent: &PrunedAgent, bounds: &Bounds, runs: &[RunId]) -> StoreResult<Vec<RunId>> {
        let fit = self.fit_payloads(&self.read, agent, bounds, runs).await?;
        Ok(fit.into_iter().map(|(run, _)| run).collect())
    }

    /// Returns those of some runs whose payloads may be removed, each with the number of its steps.
    pub(super) async fn fit_payloads<C: ConnectionTrait>(
        &self,
        db: &C,
        agent: &PrunedAgent,
        bounds: &Bounds,
        runs: &[RunId],
    ) -> StoreResult<Vec<(RunId, i64)>> {
        let values = [("agent", agent.id.into()), ("runs", self.ids(runs)), ("before", bounds.payloads_old().into())];
        let find = self.named(&FIT.replace("{among}", &self.among(":runs")), values);
        Ok(Fit::find_by_statement(find).all(db).await?.into_iter().map(|Fit { id, steps }| (id, steps)).collect())
    }

    async fn strip(&self, txn: &DatabaseTransaction, runs: &[RunId]) -> StoreResult<()> {
        let delete = format!("DELETE FROM run_echoes WHERE run_id {}", self.among("$1"));
        txn.execute_raw(self.statement(delete, [self.ids(runs)])).await?;
        txn.execute_raw(self.statement(STEPS.replace("{among}", &self.among("$1")), [self.ids(runs)])).await?;
        for sql in [INPUTS, RUNS] {
            let values = [("runs", self.ids(runs)), ("now", self.now().into())];
            txn.execute_raw(self.named(&sql.replace("{among}", &self.among(":runs")), values)).await?;
        }
        self.forget_documents(txn, runs).await
    }
}
