//! Reads the last 24 hours: whole hours from roll-ups, and of the hour in which they begin the runs that ended within them.

use super::tally::LISTED;
use super::{Tally, hour_of};
use crate::domain::id::AgentId;
use crate::domain::summary::{HOUR_MS, WINDOW_MS};
use crate::domain::time::Timestamp;
use crate::server::store::Store;
use crate::server::store::error::StoreResult;
use crate::server::store::scope::Scope;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Value};
use std::collections::HashMap;

/// Runs that had begun, of one hour or under way.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub(in crate::server::store) struct Bar {
    /// The hour in which they ended, from the epoch; `None` for those under way.
    pub hour: Option<i64>,
    pub runs: i64,
    /// Those of `runs` that have failed.
    pub failed: i64,
}

/// Bounds of the last 24 hours.
struct Window {
    /// A run that ended at this instant or before it is too old, in milliseconds.
    since: i64,
    /// The hour that `since` is in, from the epoch.
    edge: i64,
}

impl Window {
    fn to(now: Timestamp) -> Self {
        let since = Timestamp::from_ms(now.ms() - WINDOW_MS);
        Self { since: since.ms(), edge: hour_of(since) }
    }
}

impl Store {
    /// Returns the tally of each agent's runs that ended in the last 24 hours, or of one agent's; an agent without such is
    /// absent. Skipped runs count as far as they are of whole hours: no figure of 24 hours has them.
    pub(in crate::server::store) async fn tallies<C: ConnectionTrait>(
        &self,
        db: &C,
        scope: &Scope,
        only: Option<AgentId>,
    ) -> StoreResult<HashMap<AgentId, Tally>> {
        let Window { since, edge } = Window::to(self.now());
        let whole = (edge + 1) * HOUR_MS;
        let values: [(_, Value); 5] = [
            ("owner", scope.owner().into()),
            ("only", only.into()),
            ("edge", edge.into()),
            ("since", since.into()),
            ("whole", whole.into()),
        ];
        let mut tallies: HashMap<AgentId, Tally> = HashMap::new();
        for row in db.query_all_raw(self.named(&tallies_sql(self.backend()), values)).await? {
            tallies.entry(row.try_get("", "agent_id")?).or_default().add(&Tally::read(&row)?);
        }
        Ok(tallies)
    }

    /// Returns how many runs ended in each whole hour of the last 24 hours, of those that had begun, and how many are under
    /// way.
    pub(in crate::server::store) async fn bars<C: ConnectionTrait>(
        &self,
        db: &C,
        scope: &Scope,
    ) -> StoreResult<Vec<Bar>> {
        let Window { edge, .. } = Window::to(self.now());
        let select = self.named(BARS, [("owner", scope.owner().into()), ("edge", edge.into())]);
        Ok(Bar::find_by_statement(select).all(db).await?)
    }
}

/// For each agent up to two rows: of whole hours and of the edge. CROSS JOIN: SQLite keeps the order, and needs no sorting.
pub(in crate::server::store) fn tallies_sql(backend: DbBackend) -> String {
    let of_agents = "a.owner_id = :owner AND (CAST(:only AS BIGINT) IS NULL OR a.id = CAST(:only AS BIGINT))";
    format!(
        "SELECT a.id AS agent_id, {}, NULL AS listed
         FROM agents a CROSS JOIN run_hours h WHERE {of_agents} AND h.agent_id = a.id AND h.hour > :edge GROUP BY a.id
         UNION ALL
         SELECT a.id AS agent_id, {}, NULL AS durations, {LISTED}
         FROM agents a CROSS JOIN agent_runs r
         WHERE {of_agents} AND r.agent_id = a.id AND r.finished_at > :since AND r.finished_at < :whole
           AND r.status <> 'skipped' GROUP BY a.id",
        sums_of_hours(backend),
        sums_of_rows(),
    )
}

/// Returns the sums over rows `h` of `run_hours`, and their durations.
pub(super) fn sums_of_hours(backend: DbBackend) -> String {
    let durations = match backend {
        DbBackend::Postgres => "string_agg(h.durations, CAST('' AS BYTEA)) AS durations",
        _ => "CAST(string_agg(h.durations, '') AS BLOB) AS durations",
    };
    let sums = Tally::SUMS.iter().zip(Tally::OF_HOURS).map(|((name, _), sum)| format!("{sum} AS {name}"));
    sums.chain([durations.to_owned()]).collect::<Vec<_>>().join(", ")
}

/// Returns the sums over rows `r` of `agent_runs`.
pub(super) fn sums_of_rows() -> String {
    let sums = Tally::SUMS.iter().map(|(name, sql)| format!("CAST(COALESCE({sql}, 0) AS BIGINT) AS {name}"));
    sums.collect::<Vec<_>>().join(", ")
}

/// Runs of each whole hour, and those under way.
pub(in crate::server::store) const BARS: &str = "
SELECT h.hour, CAST(SUM(h.began) AS BIGINT) AS runs,
       CAST(SUM(h.error + h.timeout + h.interrupted + h.budget) AS BIGINT) AS failed
FROM agents a CROSS JOIN run_hours h
WHERE a.owner_id = :owner AND h.agent_id = a.id AND h.hour > :edge GROUP BY h.hour
UNION ALL
SELECT CAST(NULL AS BIGINT), COUNT(*), 0 FROM agents a CROSS JOIN agent_runs r
WHERE a.owner_id = :owner AND r.agent_id = a.id AND r.status = 'running'";
