//! The newest runs of each agent in one statement that reads nothing else, however long the history is.

use super::Store;
use crate::domain::run::RunStatus;
use sea_orm::DbBackend;

/// PostgreSQL walks each agent's index from its newest run. With the other form it reads every run there is.
const LATERAL: &str = "
agents a CROSS JOIN LATERAL (SELECT * FROM agent_runs n WHERE n.agent_id = a.id {status}
                             ORDER BY n.id DESC LIMIT {limit}) r
WHERE a.owner_id = :owner AND (CAST(:only AS BIGINT) IS NULL OR a.id = CAST(:only AS BIGINT))";

/// SQLite, which has no LATERAL, keeps the order of a CROSS JOIN and walks the same index.
const BOUNDED: &str = "
agents a CROSS JOIN (SELECT * FROM agent_runs n WHERE TRUE {status}) r
WHERE r.agent_id = a.id AND a.owner_id = :owner AND (CAST(:only AS BIGINT) IS NULL OR a.id = CAST(:only AS BIGINT))
  AND r.id >= COALESCE((SELECT n.id FROM agent_runs n WHERE n.agent_id = a.id {status}
                        ORDER BY n.id DESC LIMIT 1 OFFSET {beyond}), 0)";

impl Store {
    /// Returns SQL for up to `limit` newest runs `r`, of this status if one is given, of each agent `a` of `:owner`, or
    /// of `:only` one. Goes after FROM, and more conditions may follow.
    pub(super) fn newest_of_each(&self, limit: usize, status: Option<RunStatus>) -> String {
        let form = match self.backend() {
            DbBackend::Postgres => LATERAL,
            _ => BOUNDED,
        };
        // Spelled out rather than bound, since that is what partial indexes are found by.
        let status = status.map(|status| format!("AND n.status = '{status}'")).unwrap_or_default();
        form.replace("{status}", &status)
            .replace("{limit}", &limit.to_string())
            .replace("{beyond}", &limit.saturating_sub(1).to_string())
    }
}
