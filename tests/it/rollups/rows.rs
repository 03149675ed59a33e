//! The figures as the runs' own rows have them, computed without the server's code.

use runboard::domain::summary::{HOUR_MS, WINDOW_MS};
use sea_orm::{ConnectionTrait, DatabaseConnection, FromQueryResult, Statement};
use std::collections::BTreeMap;

/// A run that is over or under way, with what its steps are known to have cost.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Row {
    pub agent_id: i64,
    pub status: String,
    pub failure_kind: Option<String>,
    pub trigger: String,
    pub model: String,
    pub agent_version: Option<i64>,
    pub started_at: Option<i64>,
    pub finished_at: Option<i64>,
    pub duration_ms: Option<i64>,
    pub prompt_tokens: Option<i64>,
    pub cached_tokens: Option<i64>,
    pub completion_tokens: Option<i64>,
    pub reasoning_tokens: Option<i64>,
    pub total_tokens: Option<i64>,
    pub total_cost: Option<i64>,
    pub steps_cost: Option<i64>,
}

/// Agent, hour, trigger, model and version.
pub type Key = (i64, i64, String, String, i64);

/// The sums of a roll-up, in the order of [`COLUMNS`].
pub type Sums = [i64; 17];

pub const COLUMNS: [&str; 17] = [
    "success",
    "error",
    "timeout",
    "interrupted",
    "budget",
    "cancelled",
    "skipped",
    "began",
    "prompt_tokens",
    "cached_tokens",
    "completion_tokens",
    "reasoning_tokens",
    "total_tokens",
    "cost",
    "priced",
    "unpriced",
    "duration_ms",
];

impl Row {
    pub fn took(&self) -> Option<i64> {
        self.duration_ms.filter(|_| self.status == "success" || self.status == "failed")
    }

    pub fn cost(&self) -> i64 {
        self.total_cost.or(self.steps_cost).unwrap_or(0)
    }

    fn sums(&self) -> Sums {
        let is = |word: &str| i64::from(self.status == word || self.failure_kind.as_deref() == Some(word));
        let began = self.started_at.is_some();
        [
            is("success"),
            is("error"),
            is("timeout"),
            is("interrupted"),
            is("budget"),
            is("cancelled"),
            is("skipped"),
            began.into(),
            self.prompt_tokens.unwrap_or(0),
            self.cached_tokens.unwrap_or(0),
            self.completion_tokens.unwrap_or(0),
            self.reasoning_tokens.unwrap_or(0),
            self.total_tokens.unwrap_or(0),
            self.cost(),
            self.total_cost.is_some().into(),
            (began && self.total_cost.is_none()).into(),
            self.took().unwrap_or(0),
        ]
    }
}

async fn all(db: &DatabaseConnection, sql: String) -> Vec<sea_orm::QueryResult> {
    db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap()
}

/// Reads all runs.
pub async fn read(db: &DatabaseConnection) -> Vec<Row> {
    let sql =
        "SELECT r.*, (SELECT CAST(SUM(s.total_cost) AS BIGINT) FROM run_steps s WHERE s.run_id = r.id) AS steps_cost
               FROM agent_runs r";
    all(db, sql.to_owned()).await.iter().map(|row| Row::from_query_result(row, "").unwrap()).collect()
}

/// Sums up rows by what they would be rolled up by.
pub fn by_hour(rows: &[Row]) -> BTreeMap<Key, Sums> {
    let mut hours = BTreeMap::new();
    for row in rows {
        let Some(finished) = row.finished_at else { continue };
        let version = row.agent_version.unwrap_or(0);
        let key = (row.agent_id, finished / HOUR_MS, row.trigger.clone(), row.model.clone(), version);
        let sums: &mut Sums = hours.entry(key).or_insert([0; 17]);
        sums.iter_mut().zip(row.sums()).for_each(|(sum, n)| *sum += n);
    }
    hours
}

/// Reads the roll-ups.
pub async fn rolled_up(db: &DatabaseConnection) -> BTreeMap<Key, Sums> {
    let read = |row: &sea_orm::QueryResult| {
        let get = |name| row.try_get("", name).unwrap();
        let text = |name| row.try_get("", name).unwrap();
        ((get("agent_id"), get("hour"), text("trigger"), text("model"), get("version")), COLUMNS.map(get))
    };
    all(db, "SELECT * FROM run_hours".to_owned()).await.iter().map(read).collect()
}

/// Returns the same sums without regard to versions.
pub fn of_all_versions(hours: &BTreeMap<Key, Sums>) -> BTreeMap<Key, Sums> {
    let mut merged = BTreeMap::new();
    for ((agent, hour, trigger, model, _), sums) in hours {
        let sum: &mut Sums = merged.entry((*agent, *hour, trigger.clone(), model.clone(), 0)).or_insert([0; 17]);
        sum.iter_mut().zip(sums).for_each(|(sum, n)| *sum += n);
    }
    merged
}

/// Returns the rows of runs that ended in the 24 hours before `now`.
pub fn last_day(rows: &[Row], now: i64) -> Vec<&Row> {
    rows.iter().filter(|row| row.finished_at.is_some_and(|at| at > now - WINDOW_MS)).collect()
}

/// Returns a percentile by nearest rank.
pub fn percentile(rows: &[&Row], percent: usize) -> Option<i64> {
    let mut took: Vec<_> = rows.iter().filter_map(|row| row.took()).collect();
    took.sort_unstable();
    took.get((took.len() * percent).div_ceil(100).max(1) - 1).copied()
}

/// Whether a percentile is as exact as promised.
pub fn is_near(read: Option<i64>, exact: Option<i64>) -> bool {
    match (read, exact) {
        (Some(read), Some(exact)) => (read - exact).abs() * 64 <= exact,
        (read, exact) => read == exact,
    }
}

/// Returns how many bytes the durations of each roll-up take.
pub async fn lengths(db: &DatabaseConnection) -> Vec<i32> {
    let rows = all(db, "SELECT CAST(octet_length(durations) AS INTEGER) AS bytes FROM run_hours".to_owned()).await;
    rows.iter().map(|row| row.try_get("", "bytes").unwrap()).collect()
}
