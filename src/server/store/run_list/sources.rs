//! The rows that a list of runs is read from: which index leads to them, and where in it to begin and to end. Whatever the index
//! cannot decide is decided row by row.

use super::conditions::{Conditions, Searched, like_patterns};
use super::{RunsFrom, Values};
use crate::domain::run::RunStatus;
use crate::domain::run_filter::RunFilter;
use sea_orm::DbBackend;

/// The index of runs that failed, were stopped or did not happen, and the statuses it has, in the words of its condition.
const TROUBLE: (&str, &str) = ("agent_runs_trouble", "status IN ('failed', 'cancelled', 'skipped')");

/// The index of runs that have a signal: few.
const SIGNALS: &str = "agent_runs_signals";

/// With more runs in a time than this, it is not looked up between which ids they are: the walk from the newest on finds a page's
/// worth of them soon.
const MANY: i64 = 50_000;

/// The highest id there can be.
const MOST: &str = "9223372036854775807";

/// Where a list begins.
pub(super) struct Source<'a> {
    backend: DbBackend,
    conditions: &'a Conditions,
    from: RunsFrom,
    statuses: Vec<RunStatus>,
}

impl<'a> Source<'a> {
    pub fn of(backend: DbBackend, filter: &RunFilter, conditions: &'a Conditions, from: RunsFrom) -> Self {
        Self { backend, conditions, from, statuses: filter.statuses() }
    }

    /// Returns how ids are ordered.
    pub fn order(&self) -> &'static str {
        match self.from {
            RunsFrom::Above(_) => "ASC",
            RunsFrom::Newest | RunsFrom::Below(_) => "DESC",
        }
    }

    /// Returns the statement that selects these columns of all runs `r`, in no order.
    pub fn select(&self, columns: &str) -> String {
        self.parts(columns).join(" UNION ALL ")
    }

    /// Returns the statement that selects these columns, the id among them, of the first `:limit` runs in an order of their ids.
    pub fn select_first(&self, columns: &str, order: &str) -> String {
        let parts = self.parts(columns);
        let runs = match self.backend {
            // It would read each part to its end. SQLite goes through them side by side.
            DbBackend::Postgres if parts.len() > 1 => {
                let first = |part| format!("({part} ORDER BY id {order} LIMIT :limit)");
                parts.into_iter().map(first).collect::<Vec<_>>().join(" UNION ALL ")
            }
            _ => parts.join(" UNION ALL "),
        };
        format!("{runs} ORDER BY id {order} LIMIT :limit")
    }

    /// Returns the statements that select these columns of all runs `r` between them. Each is in the order of ids, so a page reads of
    /// each no more than it needs.
    fn parts(&self, columns: &str) -> Vec<String> {
        let part = |from: String| format!("SELECT {columns} {from}");
        if let Some(search) = self.conditions.search {
            return self.found(columns, search);
        }
        if self.conditions.has_signal {
            return vec![part(self.walk(&self.by(SIGNALS), self.conditions.status.clone()))];
        }
        match self.statuses.contains(&RunStatus::Success) {
            true => vec![part(self.walk("", self.conditions.status.clone()))],
            // Each of the others has an index: its status is spelled out as in the condition of that.
            false if !self.statuses.is_empty() => {
                let of_status = |status: &RunStatus| match status.is_terminal() {
                    true => part(self.in_trouble(*status)),
                    false => part(self.active(*status)),
                };
                self.statuses.iter().map(of_status).collect()
            }
            false => vec![part(self.walk("", Some("FALSE".to_owned())))],
        }
    }

    /// Returns the same of runs that are searched: the one of a number; those that are over, by their documents; and those that are
    /// under way, of which there are none, by how their input begins.
    fn found(&self, columns: &str, Searched { by_number, by_words }: Searched) -> Vec<String> {
        let one = by_number.then(|| {
            let number = ["r.id = :number".to_owned()].into_iter().chain(self.conditions.status.clone());
            format!("SELECT {columns} {}", self.walk("", Some(number.collect::<Vec<_>>().join(" AND "))))
        });
        let others = if by_number { " AND r.id <> :number" } else { "" };
        let ended = self.statuses.iter().any(|status| status.is_terminal()).then(|| {
            // Ordered by the ids of the hits themselves, so that runs are read one by one until the page is full.
            let columns = columns.replace("r.id AS id", &format!("{} AS id", self.hit()));
            format!("SELECT {columns} {}{others}", self.with_words())
        });
        let under_way = self.statuses.iter().filter(|status| !status.is_terminal()).map(|status| {
            let like = like_patterns(self.backend);
            format!("SELECT {columns} {} AND {like}{others}", self.active(*status))
        });
        let by_words = ended.into_iter().chain(under_way).filter(|_| by_words);
        let all: Vec<_> = one.into_iter().chain(by_words).collect();
        match all.is_empty() {
            true => vec![format!("SELECT {columns} {}", self.walk("", Some("FALSE".to_owned())))],
            false => all,
        }
    }

    /// The id of a run that has the words.
    fn hit(&self) -> &'static str {
        if self.backend == DbBackend::Postgres { "w.run_id" } else { "w.rowid" }
    }

    /// The owner's runs that are over and have the words. CROSS JOIN: SQLite keeps the order, and its index yields hits in that of
    /// their ids. PostgreSQL orders the hits before it reads runs; OFFSET 0 keeps it from walking documents for a word that is
    /// rare, or all runs beside the hits.
    fn with_words(&self) -> String {
        let status = self.conditions.status.clone();
        match self.backend {
            DbBackend::Postgres => {
                let found = "d.words @@ CAST(CAST(:match AS TEXT) AS TSQUERY)".to_owned();
                let hits = [found].into_iter().chain(self.bounds("d.run_id")).collect::<Vec<_>>().join(" AND ");
                let (own, order) = ("r.owner_id = :owner".to_owned(), self.order());
                let own = [own].into_iter().chain(status).chain(self.others(false)).collect::<Vec<_>>().join(" AND ");
                format!(
                    "FROM (SELECT d.run_id FROM run_documents d WHERE {hits} ORDER BY d.run_id {order} OFFSET 0) w
                     CROSS JOIN LATERAL (SELECT * FROM agent_runs x WHERE x.id = w.run_id OFFSET 0) r WHERE {own}"
                )
            }
            _ => {
                let found = "w.run_words MATCH :match AND r.id = w.rowid AND r.owner_id + 0 = :owner".to_owned();
                let all = [found].into_iter().chain(status).chain(self.bounds("w.rowid")).chain(self.others(false));
                let all = all.collect::<Vec<_>>().join(" AND ");
                format!("FROM run_words w CROSS JOIN agent_runs r WHERE {all}")
            }
        }
    }

    /// Returns the parameters of that statement but the owner.
    pub fn values(&self) -> Values {
        let place = match self.from {
            RunsFrom::Newest => None,
            RunsFrom::Below(id) => Some(("before", id.into())),
            RunsFrom::Above(id) => Some(("after", id.into())),
        };
        self.conditions.values.iter().cloned().chain(place).collect()
    }

    /// The owner's runs that failed, were stopped or did not happen, in the order of their ids. The index is
    /// named, since SQLite would take that of all of the owner's runs instead.
    fn in_trouble(&self, status: RunStatus) -> String {
        let (index, statuses) = TROUBLE;
        self.walk(&self.by(index), Some(format!("r.{statuses} AND r.status = '{status}'")))
    }

    /// Names an index to SQLite; PostgreSQL knows how many rows each has.
    fn by(&self, index: &str) -> String {
        if self.backend == DbBackend::Sqlite { format!(" INDEXED BY {index}") } else { String::new() }
    }

    /// The owner's runs of a status, or of any, in the order of their ids.
    fn walk(&self, by: &str, status: Option<String>) -> String {
        // With a status, the index of that has the agents as well.
        let by_agent = self.conditions.is_of_one_agent && by.is_empty() && self.statuses.contains(&RunStatus::Success);
        // Of two indexes that would do, SQLite is to take that of the agent.
        let owner = if by_agent { "r.owner_id + 0 = :owner" } else { "r.owner_id = :owner" };
        let conditions =
            [owner.to_owned()].into_iter().chain(status).chain(self.bounds("r.id")).chain(self.others(by_agent));
        format!("FROM agent_runs r{by} WHERE {}", conditions.collect::<Vec<_>>().join(" AND "))
    }

    /// The owner's runs that are queued, or running. CROSS JOIN: SQLite keeps the order.
    fn active(&self, status: RunStatus) -> String {
        let own = format!("a.owner_id = :owner AND r.agent_id = a.id AND r.status = '{status}'");
        let place = match self.from {
            RunsFrom::Newest => None,
            RunsFrom::Below(_) => Some("r.id + 0 < :before".to_owned()),
            RunsFrom::Above(_) => Some("r.id + 0 > :after".to_owned()),
        };
        let conditions = [own].into_iter().chain(place).chain(self.others(false));
        format!("FROM agents a CROSS JOIN agent_runs r WHERE {}", conditions.collect::<Vec<_>>().join(" AND "))
    }

    /// Conditions that are decided row by row, but for that of the agent where an index is to lead to its runs.
    fn others(&self, by_agent: bool) -> impl Iterator<Item = String> {
        let conditions = self.conditions;
        let agents = conditions.agents_on("r", by_agent);
        let times = conditions.times_on("r", false);
        agents.into_iter().chain(times).chain(conditions.rest.iter().cloned())
    }

    /// One bound at each end of a walk along these ids at most, so that both are found by the index.
    fn bounds(&self, id: &str) -> impl Iterator<Item = String> + use<> {
        let times = self.conditions.times_on("t", true);
        let bound = |function: &str, of_none: &str, unknown: &str| {
            format!(
                "(SELECT CASE WHEN COUNT(*) < {MANY} THEN COALESCE({function}(b.id), {of_none}) ELSE {unknown} END
                  FROM (SELECT t.id FROM agent_runs t WHERE t.owner_id = :owner AND {}
                        ORDER BY t.queued_at DESC LIMIT {MANY}) b)",
                times.join(" AND ")
            )
        };
        let lowest = (!times.is_empty()).then(|| format!("{id} >= {}", bound("MIN", MOST, "0")));
        let highest = self.conditions.has_end().then(|| format!("{id} <= {}", bound("MAX", "0", MOST)));
        let (low, high) = match self.from {
            // A bound that leaves out nothing, so that a statement is of one form wherever its page begins.
            RunsFrom::Newest => (lowest, highest.or_else(|| Some(format!("{id} <= {MOST}")))),
            RunsFrom::Below(_) => (lowest, Some(format!("{id} < :before"))),
            RunsFrom::Above(_) => (Some(format!("{id} > :after")), highest),
        };
        low.into_iter().chain(high)
    }
}
