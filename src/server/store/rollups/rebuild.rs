//! Makes roll-ups again from the runs themselves: for a database that has none yet, and where somebody asks for it.
//!
//! An hour is counted again only if its runs are all kept. Of earlier hours the roll-up is all there is.

use super::tally::LISTED;
use super::window::sums_of_rows;
use super::{HourKey, Tally};
use crate::domain::id::AgentId;
use crate::domain::run::Trigger;
use crate::domain::summary::HOUR_MS;
use crate::domain::time::Timestamp;
use crate::server::store::Store;
use crate::server::store::error::StoreResult;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, FromQueryResult};

/// Runs that are counted by one statement.
const PAGE: i64 = 20_000;

/// Whether runs have ended and none of them was counted.
const UNCOUNTED: &str = "
SELECT 1 AS uncounted WHERE NOT EXISTS (SELECT 1 FROM run_hours)
    AND EXISTS (SELECT 1 FROM agent_runs WHERE finished_at IS NOT NULL)";

/// The last run of the next page of an agent's.
const PAGE_END: &str = "
SELECT MAX(p.id) AS last FROM (SELECT id FROM agent_runs WHERE agent_id = :agent AND id > :after
                               ORDER BY id LIMIT :page) AS p";

/// The outcome of counting again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rebuilt {
    pub agents: u64,
    /// Roll-ups there are now.
    pub hours: u64,
    /// Of these, roll-ups of hours whose runs are no longer all kept: left as they were.
    pub kept: u64,
}

#[derive(FromQueryResult)]
struct PageEnd {
    last: Option<i64>,
}

#[derive(FromQueryResult)]
struct Kept {
    runs_kept_since: Option<Timestamp>,
}

impl Store {
    /// Makes the roll-ups of all agents again, each agent's in a transaction of its own, as far back as its runs are all
    /// kept. Memory does not depend on how many runs there are.
    /// After an error, the agents before it are done.
    pub async fn rebuild_stats(&self) -> StoreResult<Rebuilt> {
        let mut rebuilt = Rebuilt::default();
        for agent in self.all_agents(&self.read).await? {
            let counted = self.write_if(|txn, _| Box::pin(async move { self.rebuild_agent(txn, agent).await })).await?;
            // One that was deleted meanwhile has nothing left to count.
            let Some(Rebuilt { hours, kept, .. }) = counted else { continue };
            rebuilt.agents += 1;
            rebuilt.hours += hours;
            rebuilt.kept += kept;
        }
        Ok(rebuilt)
    }

    /// Counts the runs of a database that has no roll-ups yet.
    pub(in crate::server::store) async fn count_uncounted(&self, txn: &DatabaseTransaction) -> StoreResult<()> {
        if txn.query_one_raw(self.statement(UNCOUNTED, [])).await?.is_none() {
            return Ok(());
        }
        tracing::info!("counting the runs of each hour, once");
        for agent in self.all_agents(txn).await? {
            self.rebuild_agent(txn, agent).await?;
        }
        Ok(())
    }

    async fn all_agents<C: ConnectionTrait>(&self, db: &C) -> StoreResult<Vec<AgentId>> {
        let rows = db.query_all_raw(self.statement("SELECT id FROM agents ORDER BY id", [])).await?;
        Ok(rows.iter().map(|row| row.try_get("", "id")).collect::<Result<_, _>>()?)
    }

    /// Makes an agent's roll-ups again; `None` where it is gone. Holds its row, so that none of its runs ends meanwhile.
    async fn rebuild_agent(&self, txn: &DatabaseTransaction, agent: AgentId) -> StoreResult<Option<Rebuilt>> {
        let lock = match self.backend() {
            DbBackend::Postgres => "FOR UPDATE",
            _ => "",
        };
        let kept = self.statement(format!("SELECT runs_kept_since FROM agents WHERE id = $1 {lock}"), [agent.into()]);
        let Some(Kept { runs_kept_since }) = Kept::find_by_statement(kept).one(txn).await? else { return Ok(None) };
        // The first hour that is kept from its beginning.
        let first = runs_kept_since.map_or(0, |since| (since.ms() + HOUR_MS - 1) / HOUR_MS);
        // Whoever keeps figures of before reads them again.
        let move_on = "UPDATE agents SET live_seq = live_seq + 1 WHERE id = $1";
        txn.execute_raw(self.statement(move_on, [agent.into()])).await?;
        let forget = "DELETE FROM run_hours WHERE agent_id = $1 AND hour >= $2";
        txn.execute_raw(self.statement(forget, [agent.into(), first.into()])).await?;
        let mut after = 0;
        loop {
            let values = [("agent", agent.into()), ("after", after.into()), ("page", PAGE.into())];
            let end = PageEnd::find_by_statement(self.named(PAGE_END, values)).one(txn).await?;
            let Some(last) = end.and_then(|end| end.last) else { break };
            self.count_page(txn, agent, (after, last), first).await?;
            after = last;
        }
        let count = "SELECT COUNT(*) AS hours, COUNT(CASE WHEN hour < $2 THEN 1 END) AS kept FROM run_hours WHERE agent_id = $1";
        let Some(row) = txn.query_one_raw(self.statement(count, [agent.into(), first.into()])).await? else {
            return Ok(None);
        };
        let number = |name| row.try_get::<i64>("", name).map(i64::unsigned_abs);
        Ok(Some(Rebuilt { agents: 1, hours: number("hours")?, kept: number("kept")? }))
    }

    /// Counts an agent's runs with ids beyond the first of `page` up to the second, of those that ended in hour `first` or
    /// later.
    async fn count_page(
        &self,
        txn: &DatabaseTransaction,
        agent: AgentId,
        page: (i64, i64),
        first: i64,
    ) -> StoreResult<()> {
        let sums = self.named(
            &format!(
                "SELECT r.finished_at / {HOUR_MS} AS hour, r.trigger, r.model,
                        COALESCE(r.agent_version, 0) AS version, NULL AS durations, {}, {LISTED}
                 FROM agent_runs r
                 WHERE r.agent_id = :agent AND r.id > :after AND r.id <= :last AND r.finished_at >= :since
                 GROUP BY 1, 2, 3, 4",
                sums_of_rows()
            ),
            [
                ("agent", agent.into()),
                ("after", page.0.into()),
                ("last", page.1.into()),
                ("since", (first * HOUR_MS).into()),
            ],
        );
        let mut tallies = Vec::new();
        for row in txn.query_all_raw(sums).await? {
            let (hour, trigger): (i64, Trigger) = (row.try_get("", "hour")?, row.try_get("", "trigger")?);
            let (model, version): (String, i64) = (row.try_get("", "model")?, row.try_get("", "version")?);
            tallies.push((HourKey { agent, hour, trigger, model, version }, Tally::read(&row)?));
        }
        self.count(txn, tallies).await
    }
}
