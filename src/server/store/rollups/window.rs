//! Reads the last 24 hours: whole hours from roll-ups, and of the hour in which they begin the runs that ended within them.

use super::tally::LISTED;
use super::{Tally, hour_of};
use crate::domain::id::AgentId;
use crate::domain::summary::{HOUR_MS, WINDOW_MS};
use crate::domain::time::Timestamp;
use crate::server::store::Store;
use crate::server::store::error::StoreResult;
use crate::server::store::scope::Scope;
use crate::server::store::which::Which;
use sea_orm::{ConnectionTrait, DbBackend, Value};
use std::collections::HashMap;

/// Figures of the last 24 hours, as far as they were asked for.
#[derive(Default)]
pub(in crate::server::store) struct Figures {
    /// By agent; one without runs is absent.
    pub agents: HashMap<AgentId, Tally>,
    /// Of all agents within the scope.
    pub total: Tally,
    /// Of all agents within the scope, but for the hour in which the 24 begin.
    pub bars: Vec<Bar>,
}

/// Runs that had begun, of one hour or under way.
#[derive(Clone, Copy, Debug)]
pub(in crate::server::store) struct Bar {
    /// The hour in which they ended, from the epoch; `None` for those under way.
    pub hour: Option<i64>,
    pub runs: i64,
    /// Those of `runs` that have failed.
    pub failed: i64,
}

/// The figures over all agents that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::server::store) enum Overall {
    Nothing,
    /// Bars. The total is the sum of the agents, which are all of them.
    Bars,
    /// Bars and total.
    All,
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
    /// Returns the tally of each of these agents' runs that ended in the last 24 hours. Skipped runs count as far as they are of
    /// whole hours: no figure of 24 hours has them.
    pub(in crate::server::store) async fn tallies<C: ConnectionTrait>(
        &self,
        db: &C,
        scope: &Scope,
        which: Which<'_>,
    ) -> StoreResult<HashMap<AgentId, Tally>> {
        Ok(self.figures(db, scope, Some(which), Overall::Nothing).await?.agents)
    }

    /// Returns the figures of these agents and of all, in one query that counts no runs that are over, but for those that
    /// ended in the hour in which the 24 begin.
    pub(in crate::server::store) async fn figures<C: ConnectionTrait>(
        &self,
        db: &C,
        scope: &Scope,
        which: Option<Which<'_>>,
        overall: Overall,
    ) -> StoreResult<Figures> {
        let Window { since, edge } = Window::to(self.now());
        let mut values = self.which(scope, which.unwrap_or(Which::All));
        values.push(("edge", edge.into()));
        if which.is_some() || overall == Overall::All {
            let of_edge: [(&str, Value); 2] = [("since", since.into()), ("whole", ((edge + 1) * HOUR_MS).into())];
            values.extend(of_edge);
        }
        let mut figures = Figures::default();
        for row in db.query_all_raw(self.named(&figures_sql(self.backend(), which, overall), values)).await? {
            let tally = Tally::read(&row)?;
            let hour: Option<i64> = row.try_get("", "hour")?;
            match row.try_get::<String>("", "part")?.as_str() {
                AGENT => {
                    if overall == Overall::Bars {
                        figures.total.add(&tally);
                    }
                    figures.agents.entry(row.try_get("", "agent_id")?).or_default().add(&tally);
                }
                TOTAL => figures.total.add(&tally),
                _ => figures.bars.push(Bar { hour, runs: tally.began, failed: tally.failed() }),
            }
        }
        Ok(figures)
    }
}

/// Parts of the figures, as rows name theirs.
const AGENT: &str = "agent";
const TOTAL: &str = "total";
const BAR: &str = "bar";

/// Up to two rows for each agent, and for all together: of whole hours and of the edge; a row for each hour, and one for the
/// runs under way. CROSS JOIN: SQLite keeps the order, and needs no sorting.
pub(in crate::server::store) fn figures_sql(backend: DbBackend, which: Option<Which<'_>>, overall: Overall) -> String {
    let mut parts = Vec::new();
    if let Some(which) = which {
        parts.extend(sums(backend, AGENT, which, "a.id"));
    }
    if overall == Overall::All {
        parts.extend(sums(backend, TOTAL, Which::All, "CAST(NULL AS BIGINT)"));
    }
    if overall != Overall::Nothing {
        parts.extend(bars(backend));
    }
    parts.join(" UNION ALL ")
}

fn sums(backend: DbBackend, part: &str, which: Which<'_>, agent: &str) -> [String; 2] {
    let (of_agents, [no_durations, no_hour]) = (which.condition(backend), missing(backend));
    let group = if part == AGENT { "GROUP BY a.id" } else { "HAVING COUNT(*) > 0" };
    [
        format!(
            "SELECT '{part}' AS part, {agent} AS agent_id, {no_hour}, {}, CAST(NULL AS TEXT) AS listed
             FROM agents a CROSS JOIN run_hours h WHERE {of_agents} AND h.agent_id = a.id AND h.hour > :edge {group}",
            sums_of_hours(backend)
        ),
        format!(
            "SELECT '{part}' AS part, {agent} AS agent_id, {no_hour}, {}, {no_durations}, {LISTED}
             FROM agents a CROSS JOIN agent_runs r
             WHERE {of_agents} AND r.agent_id = a.id AND r.finished_at > :since AND r.finished_at < :whole
               AND r.status <> 'skipped' {group}",
            sums_of_rows()
        ),
    ]
}

fn bars(backend: DbBackend) -> [String; 2] {
    let [no_durations, no_hour] = missing(backend);
    let none = format!("{no_durations}, CAST(NULL AS TEXT) AS listed");
    let shown = ["began", "error", "timeout", "interrupted", "budget"];
    let began = |name: &str| if name == "began" { "COUNT(*)" } else { "CAST(0 AS BIGINT)" };
    let under_way = Tally::SUMS.iter().map(|(name, _)| format!("{} AS {name}", began(name)));
    [
        format!(
            "SELECT '{BAR}' AS part, CAST(NULL AS BIGINT) AS agent_id, h.hour AS hour, {}, {none}
             FROM agents a CROSS JOIN run_hours h
             WHERE a.owner_id = :owner AND h.agent_id = a.id AND h.hour > :edge GROUP BY h.hour",
            sums_shown(&shown)
        ),
        format!(
            "SELECT '{BAR}' AS part, CAST(NULL AS BIGINT) AS agent_id, {no_hour}, {}, {none}
             FROM agents a CROSS JOIN agent_runs r
             WHERE a.owner_id = :owner AND r.agent_id = a.id AND r.status = 'running'",
            under_way.collect::<Vec<_>>().join(", ")
        ),
    ]
}

/// Returns SQL for durations and an hour that there are none of. PostgreSQL wants to know their types.
fn missing(backend: DbBackend) -> [&'static str; 2] {
    let durations = match backend {
        DbBackend::Postgres => "CAST(NULL AS BYTEA) AS durations",
        _ => "NULL AS durations",
    };
    [durations, "CAST(NULL AS BIGINT) AS hour"]
}

/// Returns some of the sums over rows `h` of `run_hours`, and 0 in place of the others.
fn sums_shown(shown: &[&str]) -> String {
    let sum = |name: &str| match shown.contains(&name) {
        true => format!("CAST(SUM(h.{name}) AS BIGINT) AS {name}"),
        false => format!("CAST(0 AS BIGINT) AS {name}"),
    };
    Tally::SUMS.iter().map(|(name, _)| sum(name)).collect::<Vec<_>>().join(", ")
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
