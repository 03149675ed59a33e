//! The newest runs of each agent in one statement that reads nothing else, however long the history is.

use super::Store;
use crate::domain::run::RunStatus;
use sea_orm::DbBackend;

/// PostgreSQL walks each agent's index from its newest run. With the other form it reads every run there is.
const LATERAL: &str = "
agents a CROSS JOIN LATERAL (SELECT * FROM {among} n {status} ORDER BY n.id DESC LIMIT {limit}) r
WHERE a.owner_id = :owner AND (CAST(:only AS BIGINT) IS NULL OR a.id = CAST(:only AS BIGINT))";

const LATERAL_AMONG: &str = "
(SELECT * FROM agent_runs m WHERE m.agent_id = a.id ORDER BY m.id DESC LIMIT {runs})";

/// SQLite, which has no LATERAL, keeps the order of a CROSS JOIN and walks the same index.
const BOUNDED: &str = "
agents a CROSS JOIN (SELECT * FROM agent_runs n {status}) r
WHERE r.agent_id = a.id AND a.owner_id = :owner AND (CAST(:only AS BIGINT) IS NULL OR a.id = CAST(:only AS BIGINT))
  AND r.id >= {first}";

/// The oldest of this many newest runs of agent `a`, or of all.
const OLDEST: &str = "
COALESCE((SELECT m.id FROM agent_runs m WHERE m.agent_id = a.id ORDER BY m.id DESC LIMIT 1 OFFSET {beyond}), 0)";

/// The oldest of this many newest ones among these that are in a status, or of all among these.
const OLDEST_IN_STATUS: &str = "
COALESCE((SELECT n.id FROM agent_runs n WHERE n.agent_id = a.id AND n.status = '{word}' AND n.id >= {oldest}
          ORDER BY n.id DESC LIMIT 1 OFFSET {beyond}), {oldest})";

impl Store {
    /// Returns SQL for up to `limit` newest runs `r` of each agent `a` of `:owner`, or of `:only` one. Goes after FROM, and
    /// more conditions may follow.
    pub(super) fn newest_of_each(&self, limit: usize) -> String {
        match self.backend() {
            DbBackend::Postgres => lateral(limit, limit, ""),
            _ => bounded(&oldest(limit), ""),
        }
    }

    /// Does the same for runs in a status, which are looked for `among` that many newest runs of each agent.
    pub(super) fn newest_in_status(&self, limit: usize, status: RunStatus, among: usize) -> String {
        match self.backend() {
            DbBackend::Postgres => lateral(limit, among, &in_status(status)),
            _ => bounded_in_status(limit, status, among),
        }
    }
}

/// Returns the form of SQLite.
pub(super) fn bounded_in_status(limit: usize, status: RunStatus, among: usize) -> String {
    let first = OLDEST_IN_STATUS
        .replace("{word}", status.as_str())
        .replace("{oldest}", &oldest(among))
        .replace("{beyond}", &beyond(limit));
    bounded(&first, &in_status(status))
}

/// Spelled out rather than bound, as the words of all conditions on the status.
fn in_status(status: RunStatus) -> String {
    format!("WHERE n.status = '{status}'")
}

fn lateral(limit: usize, among: usize, status: &str) -> String {
    let among = LATERAL_AMONG.replace("{runs}", &among.to_string());
    LATERAL.replace("{among}", &among).replace("{status}", status).replace("{limit}", &limit.to_string())
}

fn bounded(first: &str, status: &str) -> String {
    BOUNDED.replace("{first}", first).replace("{status}", status)
}

fn oldest(limit: usize) -> String {
    OLDEST.replace("{beyond}", &beyond(limit))
}

/// Returns how many runs are newer than the oldest of `limit`.
fn beyond(limit: usize) -> String {
    limit.saturating_sub(1).to_string()
}
