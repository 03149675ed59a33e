//! What can go wrong in the store, named by what the caller can do about it.

use crate::domain::id::{AgentId, RunId, ThreadId};
use crate::error::AppError;
use sea_orm::{DbErr, RuntimeErr};
use thiserror::Error;

pub type StoreResult<T> = Result<T, StoreError>;

/// Why the store did not do as asked.
#[derive(Debug, Error)]
pub enum StoreError {
    #[error("there is no agent #{0}")]
    NoAgent(AgentId),
    #[error("there is no thread #{0}")]
    NoThread(ThreadId),
    #[error("there is no run #{0}")]
    NoRun(RunId),
    /// The thing is not in a state that allows it; the text says which would.
    #[error("{0}")]
    Conflict(String),
    /// The database is held by somebody else or out of reach; trying again may help.
    #[error("the database is busy: {0}")]
    Busy(DbErr),
    /// A row holds what its CHECKs forbid, or a statement of ours is wrong.
    #[error(transparent)]
    Db(DbErr),
}

impl StoreError {
    /// Whether the same call may succeed a little later.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Busy(_))
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        if is_passing(&error) { Self::Busy(error) } else { Self::Db(error) }
    }
}

/// SQLITE_BUSY and SQLITE_LOCKED with their extended codes (<https://sqlite.org/rescode.html>), PostgreSQL's
/// connection, shutdown and serialisation classes, and a pool with nothing free.
fn is_passing(error: &DbErr) -> bool {
    let (DbErr::Exec(cause) | DbErr::Query(cause) | DbErr::Conn(cause)) = error else {
        return matches!(error, DbErr::ConnectionAcquire(_));
    };
    let RuntimeErr::SqlxError(cause) = cause else { return false };
    let sqlx = &**cause;
    if let Some(database) = sqlx.as_database_error() {
        return database.code().is_some_and(|code| match code.parse::<i32>() {
            Ok(number) if code.len() < 5 => matches!(number & 0xff, 5 | 6),
            _ => ["08", "40", "53", "57"].iter().any(|class| code.starts_with(class)),
        });
    }
    matches!(
        sqlx,
        sea_orm::sqlx::Error::Io(_)
            | sea_orm::sqlx::Error::PoolTimedOut
            | sea_orm::sqlx::Error::PoolClosed
            | sea_orm::sqlx::Error::WorkerCrashed
    )
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NoAgent(id) => Self::NotFound(format!("There is no agent #{id}.")),
            StoreError::NoThread(id) => Self::NotFound(format!("There is no thread #{id}.")),
            StoreError::NoRun(id) => Self::NotFound(format!("There is no run #{id}.")),
            StoreError::Conflict(text) => Self::Conflict(text),
            StoreError::Busy(error) => {
                tracing::warn!(%error, "database busy");
                Self::Busy("The database is busy: another process holds it. Try again in a few seconds.".to_owned())
            }
            StoreError::Db(error) => {
                tracing::error!(%error, "database");
                Self::internal()
            }
        }
    }
}
