//! Reads what the runs of an agent's versions come to, over all hours there are.

use super::Tally;
use super::window::sums_of_hours;
use crate::domain::agent::version::VersionFigures;
use crate::domain::id::AgentId;
use crate::server::store::Store;
use crate::server::store::error::StoreResult;
use crate::server::store::scope::Scope;
use sea_orm::{ConnectionTrait, DbBackend};
use std::collections::HashMap;
use std::ops::RangeInclusive;

impl Store {
    /// Returns the tallies of versions by their numbers; one without runs that are over is absent.
    pub(in crate::server::store) async fn version_tallies<C: ConnectionTrait>(
        &self,
        db: &C,
        scope: &Scope,
        agent: AgentId,
        numbers: RangeInclusive<i64>,
    ) -> StoreResult<HashMap<i64, Tally>> {
        let (first, last) = numbers.into_inner();
        let values =
            [("agent", agent.into()), ("owner", scope.owner().into()), ("first", first.into()), ("last", last.into())];
        let rows = db.query_all_raw(self.named(&version_tallies_sql(self.backend()), values)).await?;
        rows.iter().map(|row| Ok((row.try_get("", "version")?, Tally::read(row)?))).collect()
    }
}

/// Sums over an agent's roll-ups, by version.
pub(in crate::server::store) fn version_tallies_sql(backend: DbBackend) -> String {
    format!(
        "SELECT h.version, {}, NULL AS listed FROM run_hours h
         WHERE h.agent_id = :agent AND h.version >= :first AND h.version <= :last
           AND EXISTS (SELECT 1 FROM agents WHERE id = :agent AND owner_id = :owner) GROUP BY h.version",
        sums_of_hours(backend)
    )
}

impl Tally {
    /// Returns what the list of versions shows of them.
    pub(in crate::server::store) fn of_version(&self) -> VersionFigures {
        let day = self.day();
        VersionFigures {
            runs: self.began,
            success_rate: self.success_rate(),
            p50_ms: self.durations.percentile(50),
            cost: day.cost,
            unpriced: day.unpriced,
        }
    }
}
