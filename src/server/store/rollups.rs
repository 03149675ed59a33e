//! Roll-ups: what the runs of an agent that ended within an hour of the clock (UTC) come to, by trigger, model and
//! version of the agent, in `run_hours`. Figures of a day or a month are sums over a few of these rows, however many runs there were.
//!
//! They are written where runs end, in the same transaction, so they are right after a crash too. When runs are deleted,
//! their roll-ups stay: they are the record of what was done and spent, which outlives the runs. With the agent they go: what
//! is deleted is forgotten, and figures over all agents are then those of the agents that are there.

mod before;
pub mod grouped;
mod histogram;
mod kept;
mod rebuild;
pub mod spans;
mod tally;
mod versions;
mod window;

pub(super) use self::before::DaysBefore;
#[cfg(test)]
pub(super) use self::before::day_before_sql;
pub(super) use self::kept::{AgentSeq, KeptFigures};
pub use self::rebuild::Rebuilt;
pub(super) use self::tally::Tally;
#[cfg(test)]
pub(super) use self::versions::version_tallies_sql;
#[cfg(test)]
pub(super) use self::window::{Asked, figures_sql};
pub(super) use self::window::{Bar, Figures, Overall, Shown};

use self::histogram::Histogram;
use self::tally::broken;
use super::Store;
use super::error::StoreResult;
use crate::domain::id::AgentId;
use crate::domain::run::Trigger;
use crate::domain::summary::HOUR_MS;
use crate::domain::time::Timestamp;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, FromQueryResult, Value};
use std::collections::HashMap;

/// Rows written by one statement; each has some twenty parameters, of which SQLite takes 32,766.
const ROWS: usize = 200;

/// The key of a roll-up.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct HourKey {
    pub agent: AgentId,
    /// Hours from the epoch to the one in which the runs ended.
    pub hour: i64,
    pub trigger: Trigger,
    pub model: String,
    /// The version of the agent that the runs were executed with; 0 where it is not known.
    pub version: i64,
}

/// Returns the hour of the clock (UTC) that an instant is in, counted from the epoch.
pub(super) fn hour_of(at: Timestamp) -> i64 {
    at.ms() / HOUR_MS
}

/// A roll-up that was added to, with its durations as they are stored now.
#[derive(FromQueryResult)]
struct Stored {
    agent_id: AgentId,
    hour: i64,
    trigger: Trigger,
    model: String,
    version: i64,
    durations: Vec<u8>,
}

impl Store {
    /// Adds tallies to their hours, in as many statements however many runs they are of. On PostgreSQL two transactions
    /// cannot wait for each other here: each holds the rows of its agents already (`Store::next_seq`), and takes the hours
    /// in order.
    pub(super) async fn count(
        &self,
        txn: &DatabaseTransaction,
        tallies: impl IntoIterator<Item = (HourKey, Tally)>,
    ) -> StoreResult<()> {
        let mut hours: HashMap<HourKey, Tally> = HashMap::new();
        for (key, tally) in tallies {
            hours.entry(key).or_default().add(&tally);
        }
        let mut hours: Vec<_> = hours.into_iter().collect();
        hours.sort_by(|(a, _), (b, _)| {
            let order = |key: &HourKey| (key.agent, key.hour, key.trigger.as_str());
            order(a).cmp(&order(b)).then_with(|| (&a.model, a.version).cmp(&(&b.model, b.version)))
        });
        for part in hours.chunks(ROWS) {
            self.add_to_hours(txn, part).await?;
        }
        Ok(())
    }

    async fn add_to_hours(&self, txn: &DatabaseTransaction, hours: &[(HourKey, Tally)]) -> StoreResult<()> {
        let add = self
            .statement(add_sql(self.backend(), hours.len()), hours.iter().flat_map(|(key, tally)| values(key, tally)));
        for stored in Stored::find_by_statement(add).all(txn).await? {
            if !is_to_be_looked_at(stored.durations.len()) {
                continue;
            }
            let Some(short) = Histogram::shortened(&stored.durations).map_err(|_| broken())? else { continue };
            let shorten = "UPDATE run_hours SET durations = :durations
                           WHERE agent_id = :agent AND hour = :hour AND trigger = :trigger AND model = :model
                             AND version = :version";
            let values = [
                ("durations", short.into()),
                ("agent", stored.agent_id.into()),
                ("hour", stored.hour.into()),
                ("trigger", stored.trigger.into()),
                ("model", stored.model.into()),
                ("version", stored.version.into()),
            ];
            txn.execute_raw(self.named(shorten, values)).await?;
        }
        Ok(())
    }
}

/// Whether durations that take so many bytes are looked at, to be shortened. Reading them costs more than adding to them, and
/// a run adds four bytes at most: so that is once in some twenty runs.
fn is_to_be_looked_at(bytes: usize) -> bool {
    bytes % 64 < 4 || bytes > 4_096
}

/// Returns the statement that adds this many rows. Whatever providers have reported, a sum that is too large for its column
/// must not keep a run from ending: it stays at the largest number.
fn add_sql(backend: DbBackend, rows: usize) -> String {
    let names = || Tally::SUMS.iter().map(|(name, _)| *name);
    let width = names().count() + 6;
    let row = |row: usize| {
        let values: Vec<_> = (1..=width).map(|place| format!("${}", row * width + place)).collect();
        format!("({})", values.join(", "))
    };
    let sum = |name: &str| {
        let most = i64::MAX;
        format!(
            "{name} = CASE WHEN run_hours.{name} > {most} - excluded.{name} THEN {most}
                           ELSE run_hours.{name} + excluded.{name} END"
        )
    };
    format!(
        "INSERT INTO run_hours (agent_id, hour, trigger, model, version, {}, durations) VALUES {}
         ON CONFLICT (agent_id, hour, trigger, model, version) DO UPDATE SET {}, durations = {}
         RETURNING agent_id, hour, trigger, model, version, durations",
        names().collect::<Vec<_>>().join(", "),
        (0..rows).map(row).collect::<Vec<_>>().join(", "),
        names().map(sum).collect::<Vec<_>>().join(", "),
        joined(backend),
    )
}

/// Returns what joins the durations of two rows.
fn joined(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "run_hours.durations || excluded.durations",
        // `||` makes text of anything; the bytes stay as they are.
        _ => "CAST(run_hours.durations || excluded.durations AS BLOB)",
    }
}

/// Returns the values of a row, in the order of its columns.
fn values(key: &HourKey, tally: &Tally) -> Vec<Value> {
    let HourKey { agent, hour, trigger, model, version } = key.clone();
    let key: [Value; 5] = [agent.into(), hour.into(), trigger.into(), model.into(), version.into()];
    let durations = tally.durations.to_bytes().into();
    key.into_iter().chain(tally.sums().map(Value::from)).chain([durations]).collect()
}
