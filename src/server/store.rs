//! Reads and writes of the database: the only place that touches entities. Knows no HTTP and no models.
//!
//! Every change of a run happens in one transaction that first takes the next `live_seq` of its agent. On PostgreSQL
//! that locks the agent's row, on SQLite there is one writer at a time anyway: so all changes of an agent are in
//! `live_seq` order, and lock order is always agent before run.

pub mod agents;
pub mod board;
pub mod bulk;
pub mod chats;
mod confirm;
pub mod connect;
mod copies;
pub mod deliveries;
pub mod due;
pub mod echoes;
pub mod edits;
pub mod endings;
pub mod error;
pub mod error_groups;
pub mod generation;
pub mod groups;
mod health;
mod history;
pub mod holds;
pub mod hooks;
pub mod imports;
pub mod inputs;
mod last_good;
pub mod leases;
mod listing;
mod named;
mod newest;
pub mod normal;
mod offers;
pub mod once;
mod past_calls;
pub mod payloads;
mod pool;
mod postgres;
mod reach;
mod read;
pub mod removal;
pub mod retention;
pub mod rollups;
pub mod rows;
pub mod run_list;
pub mod runs;
pub mod schedules;
pub mod scope;
pub mod search;
mod series;
pub mod space;
mod sqlite;
pub mod steps;
mod stopwatches;
pub mod summary;
mod sums;
mod tags;
pub mod tasks;
pub mod threads;
pub mod timed_steps;
pub mod traced_steps;
pub mod transcripts;
pub mod transit;
pub mod transitions;
pub mod upkeep;
pub mod versions;
pub mod views;
pub mod which;
mod write;
mod writer;

use self::stopwatches::Stopwatches;
use crate::domain::id::AgentId;
use crate::domain::time::Timestamp;
use crate::server::clock::SharedClock;
use crate::server::entity::agent;
use crate::server::execution::Pricing;
use error::{StoreError, StoreResult};
use health::Health;
use offers::KnownOffers;
use pool::Pool;
use rollups::{DaysBefore, KeptFigures};
use scope::Scope;
use sea_orm::{ActiveModelBehavior, ActiveModelTrait, IntoActiveModel, Iterable};
use sea_orm::{
    ActiveValue, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, FromQueryResult, Statement,
    StatementBuilder, Value,
};
use std::borrow::Cow;
use std::sync::Arc;
use writer::Writer;

/// Names the advisory lock of set-up among those of whoever else uses the PostgreSQL server; "runboard" in ASCII.
const SETUP_LOCK: i64 = 0x7275_6e62_6f61_7264;

/// Names the one of imports; "import" in ASCII.
const IMPORT_LOCK: i64 = 0x0000_696d_706f_7274;

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    writer: Arc<Writer>,
    /// SQLite: connections that only read. PostgreSQL: the same pool.
    read: Pool,
    clock: SharedClock,
    /// How long what this process executes has been under way.
    stopwatches: Stopwatches,
    health: Arc<Health>,
    /// The sets of tools that are known to be stored.
    offers: KnownOffers,
    days_before: DaysBefore,
    kept: KeptFigures,
    /// Prices of calls that nobody has reported on; without them, their cost is not known.
    pricing: Option<Arc<dyn Pricing>>,
}

/// An instant, by the clock that people set and by one that nobody can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    pub at: Timestamp,
    /// Milliseconds since some moment of this process.
    pub elapsed_ms: i64,
}

impl Store {
    /// Returns the same with prices for calls that nobody has reported on.
    #[must_use]
    pub fn with_pricing(self, pricing: Arc<dyn Pricing>) -> Self {
        Self { pricing: Some(pricing), ..self }
    }

    /// Returns the present instant, by both clocks.
    pub fn moment(&self) -> Moment {
        Moment { at: self.now(), elapsed_ms: self.elapsed_ms() }
    }

    /// Returns the present instant on the injected clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Milliseconds since some moment of this process, by a clock that nobody can set.
    pub fn elapsed_ms(&self) -> i64 {
        self.clock.elapsed_ms()
    }

    fn backend(&self) -> DbBackend {
        self.read.get_database_backend()
    }

    /// Returns a statement with `$1`, `$2` … in it; both databases take them.
    fn statement(&self, sql: impl Into<String>, values: impl IntoIterator<Item = Value>) -> Statement {
        Statement::from_sql_and_values(self.backend(), sql, values.into_iter().map(storable))
    }

    /// Returns a statement that was built, for this database.
    fn build(&self, query: &impl StatementBuilder) -> Statement {
        storable_statement(query, self.backend())
    }

    /// Inserts a row.
    async fn insert<C, A>(&self, db: &C, row: A) -> StoreResult<<A::Entity as EntityTrait>::Model>
    where
        C: ConnectionTrait,
        A: ActiveModelTrait + ActiveModelBehavior + Send,
        <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
    {
        Ok(storable_row(row).insert(db).await?)
    }

    /// Milliseconds since the epoch on the database's clock, as SQL. Leases live on it, so that the clocks of several
    /// servers need not agree.
    fn db_now(&self) -> &'static str {
        match self.backend() {
            DbBackend::Postgres => "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
            _ => "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
        }
    }

    /// Takes the next live sequence number of an agent, and with it the agent's row lock.
    ///
    /// # Errors
    /// `NoAgent`.
    async fn next_seq(&self, txn: &DatabaseTransaction, agent: AgentId) -> StoreResult<i64> {
        let row = txn.query_one_raw(self.bump(agent)).await?.ok_or(StoreError::NoAgent(agent))?;
        Ok(row.try_get("", "live_seq")?)
    }

    /// Returns the statement for [`Self::next_seq`]; it yields `live_seq`.
    fn bump(&self, agent: AgentId) -> Statement {
        self.statement("UPDATE agents SET live_seq = live_seq + 1 WHERE id = $1 RETURNING live_seq", [agent.into()])
    }

    /// Like [`Self::next_seq`], within a request's scope: an agent of somebody else's is not there.
    ///
    /// # Errors
    /// `NoAgent`.
    async fn next_seq_within(&self, txn: &DatabaseTransaction, scope: &Scope, agent: AgentId) -> StoreResult<i64> {
        let bump = "UPDATE agents SET live_seq = live_seq + 1 WHERE id = $1 AND owner_id = $2 RETURNING live_seq";
        let bump = self.statement(bump, [agent.into(), scope.owner().into()]);
        let row = txn.query_one_raw(bump).await?.ok_or(StoreError::NoAgent(agent))?;
        Ok(row.try_get("", "live_seq")?)
    }

    /// Like [`Self::next_seq_within`]; returns the agent's row.
    ///
    /// # Errors
    /// `NoAgent`.
    async fn agent_in_turn(&self, txn: &DatabaseTransaction, scope: &Scope, id: AgentId) -> StoreResult<agent::Model> {
        agent::Model::find_by_statement(self.agent_bump(scope, id)).one(txn).await?.ok_or(StoreError::NoAgent(id))
    }

    /// Returns the statement that does so, and yields the row.
    fn agent_bump(&self, scope: &Scope, id: AgentId) -> Statement {
        let bump = "UPDATE agents SET live_seq = live_seq + 1 WHERE id = $1 AND owner_id = $2 RETURNING *";
        self.statement(bump, [id.into(), scope.owner().into()])
    }

    /// Lets one server at a time set up a database; until the transaction ends. SQLite has one server anyway.
    async fn lock_setup(&self, txn: &DatabaseTransaction) -> StoreResult<()> {
        if self.backend() == DbBackend::Postgres {
            txn.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({SETUP_LOCK})")).await?;
        }
        Ok(())
    }

    /// Lets one import at a time look which agents there are and add others; until the transaction ends.
    async fn lock_imports(&self, txn: &DatabaseTransaction) -> StoreResult<()> {
        if self.backend() == DbBackend::Postgres {
            txn.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({IMPORT_LOCK})")).await?;
        }
        Ok(())
    }

    /// Closes all connections; SQLite folds its write-ahead log into the file.
    pub async fn close(self) {
        self.writer.close().await;
        if let Err(error) = self.read.connections().clone().close().await {
            tracing::warn!(%error, "closing the database");
        }
    }
}

/// Returns a statement whose values both databases can hold.
fn storable_statement(query: &impl StatementBuilder, backend: DbBackend) -> Statement {
    let mut statement = query.build(&backend);
    for value in statement.values.iter_mut().flat_map(|values| &mut values.0) {
        *value = storable(std::mem::replace(value, Value::Bool(None)));
    }
    statement
}

/// Returns a row as both databases can hold it.
fn storable_row<A: ActiveModelTrait>(mut row: A) -> A {
    for column in <A::Entity as EntityTrait>::Column::iter() {
        if let ActiveValue::Set(value) = row.get(column) {
            row.set(column, storable(value));
        }
    }
    row
}

/// Returns a value as both databases can hold it. PostgreSQL's text cannot hold NUL, and what models, tools and servers
/// send may well have one: it is shown as a replacement character. Every value passes through here on its way into the
/// database.
fn storable(value: Value) -> Value {
    match value {
        Value::String(Some(text)) if text.contains('\0') => Value::String(Some(without_nul(&text).into_owned())),
        value => value,
    }
}

/// Returns a text as both databases can hold it.
fn without_nul(text: &str) -> Cow<'_, str> {
    match text.contains('\0') {
        true => Cow::Owned(text.replace('\0', "\u{fffd}")),
        false => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests;
