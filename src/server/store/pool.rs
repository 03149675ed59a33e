//! Connections that are shared, and how transactions begin on them: whatever the database's defaults are, a transaction has
//! the isolation that it was written for. Knows no statements of ours.

use super::error::{is_serialization, is_stale_plan};
use super::reach::Reach;
use async_trait::async_trait;
use sea_orm::sqlx::Connection;
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DatabaseExecutor, DatabaseTransaction, DbBackend, DbErr,
    ExecResult, QueryResult, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How often a statement that stands alone is tried which the database could not bring into an order with others.
const MAX_TRIES: u32 = 8;
const PAUSE: Duration = Duration::from_millis(10);
/// Into how many attempts the time to wait for a connection is divided. Once the driver has begun to open a new connection it
/// waits for the server alone, though others become free meanwhile; a new attempt takes one of those.
const ATTEMPTS: u32 = 4;

/// Kind of the sessions at the server that the connections lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sessions {
    /// Each connection has one of its own for as long as it lasts.
    Own,
    /// A pooler hands out a session for each transaction. So nothing must be left behind in one and nothing expected of one:
    /// each statement stands in a transaction that says what it needs.
    Shared {
        /// Whether statements are prepared under names all the same, since the pooler keeps track of them.
        is_named: bool,
    },
}

/// The purpose of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Changes; each statement sees what was committed before it.
    Write,
    /// Reads, all as of one instant.
    Read,
}

/// Connections for whoever needs one. Cheap to clone.
#[derive(Clone)]
pub(super) struct Pool {
    connections: DatabaseConnection,
    sessions: Sessions,
    /// How long to wait for a free connection.
    wait: Duration,
    /// The server, which may be gone.
    reach: Option<Reach>,
}

impl Pool {
    /// `wait` is how long to wait for a free connection; the driver must wait for [`Pool::attempt`] at a time.
    pub fn new(connections: DatabaseConnection, sessions: Sessions, wait: Duration) -> Self {
        Self { connections, sessions, wait, reach: None }
    }

    /// Returns the same for a server that is not waited for while it refuses connections.
    #[must_use]
    pub fn of(self, reach: Reach) -> Self {
        Self { reach: Some(reach), ..self }
    }

    /// Waits for what is done with a connection, but not for a server that takes none.
    async fn unless_refused<T>(&self, done: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        let Some(reach) = &self.reach else { return done.await };
        tokio::select! {
            biased;
            outcome = done => outcome,
            error = reach.refused() => Err(error),
        }
    }

    /// Returns how long the driver should wait at a time.
    pub fn attempt(wait: Duration) -> Duration {
        (wait / ATTEMPTS).max(Duration::from_secs(1)).min(wait)
    }

    /// Returns the driver's own pool.
    pub fn connections(&self) -> &DatabaseConnection {
        &self.connections
    }

    /// Begins a transaction.
    ///
    /// # Errors
    /// Those of the database; no connection has become free in time, or the server takes none.
    pub async fn begin(&self, purpose: Purpose) -> Result<DatabaseTransaction, DbErr> {
        self.unless_refused(async {
            let mut tries = Tries::within(self.wait);
            loop {
                if let Some(begun) = tries.judge(self.begin_once(purpose).await).await {
                    return begun;
                }
            }
        })
        .await
    }

    async fn begin_once(&self, purpose: Purpose) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            // The write lock at once: it cannot fail half-way because somebody else has it.
            sqlite_transaction_mode: (purpose == Purpose::Write).then_some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        let txn = self.connections.begin_with_options(options).await?;
        if self.get_database_backend() == DbBackend::Postgres
            && let Some(opening) = self.sessions.opening(purpose)
        {
            txn.execute_unprepared(opening).await?;
        }
        Ok(txn)
    }

    /// Has the connections that nobody uses forget their prepared statements. Those that are in use come to it when they fail.
    pub async fn forget_statements(&self) {
        if self.get_database_backend() != DbBackend::Postgres {
            return;
        }
        let pool = self.connections.get_postgres_connection_pool();
        let idle: Vec<_> = std::iter::from_fn(|| pool.try_acquire()).collect();
        for mut connection in idle {
            if let Err(error) = connection.clear_cached_statements().await {
                tracing::warn!(%error, "forgetting prepared statements");
            }
        }
    }

    /// Returns where a statement that stands alone is executed.
    async fn place(&self) -> Result<Place<'_>, DbErr> {
        Ok(match self.sessions {
            Sessions::Own => Place::Anywhere(&self.connections),
            Sessions::Shared { .. } => Place::Within(self.begin_once(Purpose::Write).await?),
        })
    }
}

/// Where a statement that stands alone is executed.
enum Place<'a> {
    Anywhere(&'a DatabaseConnection),
    Within(DatabaseTransaction),
}

impl Place<'_> {
    fn executor(&self) -> DatabaseExecutor<'_> {
        match self {
            Self::Anywhere(connections) => (*connections).into(),
            Self::Within(txn) => txn.into(),
        }
    }

    async fn leave(self) -> Result<(), DbErr> {
        match self {
            Self::Anywhere(_) => Ok(()),
            Self::Within(txn) => txn.commit().await,
        }
    }
}

impl Sessions {
    /// Returns the statements that begin a transaction on PostgreSQL, by the protocol that prepares nothing.
    ///
    /// Whatever the driver prepares under a name stays in a session of the pooler's, where the next client that counts from 1
    /// finds the name taken: so everything there is forgotten first.
    fn opening(self, purpose: Purpose) -> Option<&'static str> {
        match (self, purpose) {
            // As the session was asked to be when it began.
            (Self::Own, Purpose::Write) => None,
            (Self::Own | Self::Shared { is_named: true }, Purpose::Read) => {
                Some("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            }
            (Self::Shared { is_named: true }, Purpose::Write) => {
                Some("SET TRANSACTION ISOLATION LEVEL READ COMMITTED READ WRITE")
            }
            (Self::Shared { is_named: false }, Purpose::Read) => {
                Some("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; DEALLOCATE ALL")
            }
            (Self::Shared { is_named: false }, Purpose::Write) => {
                Some("SET TRANSACTION ISOLATION LEVEL READ COMMITTED READ WRITE; DEALLOCATE ALL")
            }
        }
    }
}

/// Decides what is tried again. Only what has certainly had no effect is.
struct Tries {
    until: Instant,
    made: u32,
}

impl Tries {
    fn within(wait: Duration) -> Self {
        Self { until: Instant::now() + wait, made: 1 }
    }

    /// Returns the outcome, unless it is worth another try.
    async fn judge<T>(&mut self, outcome: Result<T, DbErr>) -> Option<Result<T, DbErr>> {
        match &outcome {
            // No connection was found: nothing has been sent.
            Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)) if Instant::now() < self.until => None,
            Err(error) if (is_serialization(error) || is_stale_plan(error)) && self.made < MAX_TRIES => {
                sleep(PAUSE * self.made).await;
                self.made += 1;
                None
            }
            _ => Some(outcome),
        }
    }
}

/// A statement that stands alone is one transaction in any case: it may be tried again.
macro_rules! alone {
    ($pool:ident, $db:ident => $ask:expr) => {{
        let done = async {
            let mut tries = Tries::within($pool.wait);
            loop {
                let outcome = async {
                    let place = $pool.place().await?;
                    let $db = place.executor();
                    let got = $ask.await?;
                    place.leave().await?;
                    Ok(got)
                };
                let outcome = outcome.await;
                if outcome.as_ref().is_err_and(is_stale_plan) {
                    $pool.forget_statements().await;
                }
                if let Some(outcome) = tries.judge(outcome).await {
                    return outcome;
                }
            }
        };
        $pool.unless_refused(done).await
    }};
}

#[async_trait]
impl ConnectionTrait for Pool {
    fn get_database_backend(&self) -> DbBackend {
        self.connections.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        alone!(self, db => db.execute_raw(statement.clone()))
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        alone!(self, db => db.execute_unprepared(sql))
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        alone!(self, db => db.query_one_raw(statement.clone()))
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        alone!(self, db => db.query_all_raw(statement.clone()))
    }
}

#[cfg(test)]
mod tests;
