//! Reads the last 24 hours: whole hours from roll-ups, and of the hour in which they begin the runs that ended within them.

use super::kept::{AgentSeq, BarsOf};
use super::tally::LISTED;
use super::{Tally, hour_of};
use crate::domain::id::AgentId;
use crate::domain::summary::{HOUR_MS, WINDOW_MS};
use crate::domain::time::Timestamp;
use crate::server::store::Store;
use crate::server::store::error::StoreResult;
use crate::server::store::named::among;
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

/// Agents whose figures are read: which they are, and how far each of them has come.
#[derive(Clone, Copy)]
pub(in crate::server::store) struct Shown<'a> {
    pub which: Which<'a>,
    pub seqs: &'a [AgentSeq],
}

impl Store {
    /// Returns the tally of each of these agents' runs that ended in the last 24 hours. Skipped runs count as far as they are of
    /// whole hours: no figure of 24 hours has them.
    pub(in crate::server::store) async fn tallies<C: ConnectionTrait>(
        &self,
        db: &C,
        scope: &Scope,
        shown: Shown<'_>,
    ) -> StoreResult<HashMap<AgentId, Tally>> {
        Ok(self.figures(db, scope, Some(shown), Overall::Nothing).await?.agents)
    }

    /// Returns the figures of these agents and of all, in one query that counts no runs that are over, but for those that
    /// ended in the hour in which the 24 begin. The agents' sequence numbers were read in the same transaction: of those
    /// that have not moved on, the whole hours are known.
    pub(in crate::server::store) async fn figures<C: ConnectionTrait>(
        &self,
        db: &C,
        scope: &Scope,
        shown: Option<Shown<'_>>,
        overall: Overall,
    ) -> StoreResult<Figures> {
        let Window { since, edge } = Window::to(self.now());
        let seqs = shown.map_or(&[][..], |shown| shown.seqs);
        let found = self.kept.tallies(seqs, edge);
        let bars_of = shown.filter(|_| overall == Overall::Bars);
        let bars_of = bars_of.map(|_| BarsOf { owner: scope.owner(), edge, seqs: seqs.to_vec() });
        let bars = bars_of.as_ref().and_then(|of| self.kept.bars(of));
        let asked = Asked {
            agents: shown.map(|shown| shown.which),
            missing: !found.missing.is_empty(),
            total: overall == Overall::All,
            bars: overall != Overall::Nothing && bars.is_none(),
        };
        let mut values = self.which(scope, asked.agents.unwrap_or(Which::All));
        if asked.missing || asked.total || asked.bars {
            values.push(("edge", edge.into()));
        }
        if asked.missing {
            values.push(("missing", self.ids(&found.missing)));
        }
        if asked.agents.is_some() || asked.total {
            let of_edge: [(&str, Value); 2] = [("since", since.into()), ("whole", ((edge + 1) * HOUR_MS).into())];
            values.extend(of_edge);
        }
        // One without runs in whole hours has no row.
        let mut read: HashMap<_, _> = found.missing.iter().map(|agent| (*agent, Tally::default())).collect();
        let mut edges = Vec::new();
        let mut figures = Figures::default();
        for row in db.query_all_raw(self.named(&figures_sql(self.backend(), asked), values)).await? {
            let tally = Tally::read(&row)?;
            match row.try_get::<String>("", "part")?.as_str() {
                HOURS => _ = read.insert(row.try_get("", "agent_id")?, tally),
                EDGE => edges.push((row.try_get("", "agent_id")?, tally)),
                TOTAL => figures.total.add(&tally),
                _ => {
                    let hour = row.try_get("", "hour")?;
                    figures.bars.push(Bar { hour, runs: tally.began, failed: tally.failed() });
                }
            }
        }
        self.kept.keep_tallies(seqs, edge, &read);
        figures.agents = found.kept;
        figures.agents.extend(read);
        for (agent, tally) in edges {
            figures.agents.entry(agent).or_default().add(&tally);
        }
        if let Some(of) = bars_of {
            figures.agents.values().for_each(|tally| figures.total.add(tally));
            match bars {
                Some(kept) => figures.bars = kept,
                None => self.kept.keep_bars(of, &figures.bars),
            }
        }
        Ok(figures)
    }
}

/// Parts of the figures, as rows name theirs.
const HOURS: &str = "hours";
const EDGE: &str = "edge";
const TOTAL: &str = "total";
const BAR: &str = "bar";

/// The parts that a query is to have.
#[derive(Clone, Copy, Debug)]
pub(in crate::server::store) struct Asked<'a> {
    /// The edges of these agents.
    pub agents: Option<Which<'a>>,
    /// The whole hours of agents `:missing`.
    pub missing: bool,
    /// Hours and edge of all agents together.
    pub total: bool,
    /// A row for each hour, and one for the runs under way.
    pub bars: bool,
}

/// A row for each agent's whole hours, and one for its edge; the same for all together; bars. CROSS JOIN: SQLite keeps the
/// order, and needs no sorting.
pub(in crate::server::store) fn figures_sql(backend: DbBackend, asked: Asked<'_>) -> String {
    let mut parts = Vec::new();
    if asked.missing {
        let missing = format!("a.owner_id = :owner AND a.id {}", among(backend, ":missing"));
        parts.push(sums_of(backend, HOURS, &missing));
    }
    if let Some(which) = asked.agents {
        parts.push(edges_of(backend, EDGE, &which.condition(backend)));
    }
    if asked.total {
        let all = Which::All.condition(backend);
        parts.extend([sums_of(backend, TOTAL, &all), edges_of(backend, TOTAL, &all)]);
    }
    if asked.bars {
        parts.extend(bars(backend));
    }
    parts.join(" UNION ALL ")
}

/// Returns how the sums of a part are told apart: by agent, or not at all.
fn grouping(part: &str) -> [&'static str; 2] {
    match part {
        TOTAL => ["CAST(NULL AS BIGINT)", "HAVING COUNT(*) > 0"],
        _ => ["a.id", "GROUP BY a.id"],
    }
}

fn sums_of(backend: DbBackend, part: &str, of_agents: &str) -> String {
    let ([agent, group], [_, no_hour]) = (grouping(part), missing(backend));
    format!(
        "SELECT '{part}' AS part, {agent} AS agent_id, {no_hour}, {}, CAST(NULL AS TEXT) AS listed
         FROM agents a CROSS JOIN run_hours h WHERE {of_agents} AND h.agent_id = a.id AND h.hour > :edge {group}",
        sums_of_hours(backend)
    )
}

fn edges_of(backend: DbBackend, part: &str, of_agents: &str) -> String {
    let ([agent, group], [no_durations, no_hour]) = (grouping(part), missing(backend));
    format!(
        "SELECT '{part}' AS part, {agent} AS agent_id, {no_hour}, {}, {no_durations}, {LISTED}
         FROM agents a CROSS JOIN agent_runs r
         WHERE {of_agents} AND r.agent_id = a.id AND r.finished_at > :since AND r.finished_at < :whole
           AND r.status <> 'skipped' {group}",
        sums_of_rows()
    )
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
