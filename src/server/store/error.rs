//! Errors of the store, named by what the caller can do about them.

use crate::domain::id::{AgentId, BulkId, DeliveryId, ErrorGroupId, HookId, RunId, ThreadId, ViewId};
use crate::domain::step::payload::Side;
use crate::domain::wire::{FromWire, from_json};
use crate::error::{AppError, FieldError};
use crate::server::once;
use sea_orm::sqlx::postgres::{PgDatabaseError, PgSeverity};
use sea_orm::{DbErr, RuntimeErr, sqlx};
use std::borrow::Cow;
use std::path::PathBuf;
use thiserror::Error;

/// Where a function says nothing of its errors, they are only those of the database: `Busy`, `Unreachable`, `DiskFull`,
/// `Storage`, `FileGone`, `Unconfirmed` and `Db`.
pub type StoreResult<T> = Result<T, StoreError>;

/// Why the store did not do as asked.
#[derive(Clone, Debug, Error)]
pub enum StoreError {
    #[error("there is no agent #{0}")]
    NoAgent(AgentId),
    #[error("there is no thread #{0}")]
    NoThread(ThreadId),
    #[error("there is no run #{0}")]
    NoRun(RunId),
    /// It is not there, and may have had its time: younger runs were removed.
    #[error("there is no run #{0} any more")]
    RunRemoved(RunId),
    #[error("no run of its kind has succeeded before run #{0}")]
    NoGoodRun(RunId),
    #[error("run #{0} has no step {1}")]
    NoStep(RunId, i32),
    #[error("the group has no limit")]
    NoGroup,
    #[error("agent #{0} has no version {1}")]
    NoVersion(AgentId, i64),
    #[error("agent #{0} has no group of errors #{1}")]
    NoErrorGroup(AgentId, ErrorGroupId),
    #[error("there is no webhook #{0}")]
    NoHook(HookId),
    #[error("webhook #{0} has no delivery #{1}")]
    NoDelivery(HookId, DeliveryId),
    #[error("there is no action #{0}")]
    NoBulk(BulkId),
    #[error("there is no saved view #{0}")]
    NoView(ViewId),
    /// The webhook has had the same delivery before, which started this run.
    #[error("the delivery has started run #{0} before")]
    DeliveredBefore(RunId),
    /// The step has none, or none yet.
    #[error("step {1} of run #{0} has no {2}")]
    NoPayload(RunId, i32, Side),
    /// The thing is not in a state that allows it; the text says which would.
    #[error("{0}")]
    Conflict(String),
    /// The request does not fit the present state; names the values, and why.
    #[error("{}", AppError::invalid_fields(.0.clone()))]
    Unfit(Vec<FieldError>),
    /// The request was carried out before, under the same key: what was recorded of it, as JSON.
    #[error("the request has been carried out before")]
    AlreadyDone(String),
    /// The key of the request stands for another one.
    #[error("the request's key stands for another request")]
    OtherRequest,
    /// The database is held by somebody else; trying again may help.
    #[error("the database is busy: {0}")]
    Busy(DbErr),
    /// No connection was available, or the one in use was lost; trying again helps once the database is back.
    #[error("the database cannot be reached: {0}")]
    Unreachable(DbErr),
    /// There is no room where the database lies; trying again helps once there is.
    #[error("the disk is full: {0}")]
    DiskFull(DbErr),
    /// The operating system refused to read or write the database's files: over a quota or a limit on the size of files,
    /// not permitted, or the disk is failing.
    #[error("the database cannot be read or written: {0}")]
    Storage(DbErr),
    /// A file of the database was removed or replaced under the running server: what is written there is lost.
    #[error("{} was removed or replaced while the server was running: nothing can be stored", .0.display())]
    FileGone(PathBuf),
    /// The connection broke or the disk failed while COMMIT was under way: what was written may be stored or not.
    #[error("the database did not confirm what was written: {0}")]
    Unconfirmed(DbErr),
    /// The database takes nothing in for now: it is a standby or recovering, or its tables are being changed.
    #[error("the database takes no writes: {0}")]
    Refused(DbErr),
    /// The database's file is damaged.
    #[error("the database is damaged: {0}")]
    Damaged(DbErr),
    /// The database is not one that can be used; the text says what would be right. Found out at start.
    #[error("{0}")]
    Unusable(String),
    /// A row holds what its CHECKs forbid, or a statement of ours is wrong.
    #[error(transparent)]
    Db(DbErr),
}

impl StoreError {
    /// Whether the same call may succeed a little later.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Busy(_) | Self::Unreachable(_) | Self::DiskFull(_) => true,
            Self::Storage(_) | Self::FileGone(_) | Self::Unconfirmed(_) | Self::Refused(_) => true,
            Self::NoAgent(_) | Self::NoThread(_) | Self::NoRun(_) | Self::RunRemoved(_) | Self::Conflict(_) => false,
            Self::NoStep(..) | Self::NoPayload(..) | Self::NoVersion(..) | Self::NoGroup | Self::Unfit(_) => false,
            Self::NoGoodRun(_) | Self::NoErrorGroup(..) | Self::NoBulk(_) | Self::NoView(_) => false,
            Self::NoHook(_) | Self::NoDelivery(..) | Self::DeliveredBefore(_) => false,
            Self::AlreadyDone(_) | Self::OtherRequest => false,
            Self::Damaged(_) | Self::Unusable(_) | Self::Db(_) => false,
        }
    }

    /// Returns what was recorded of a request that was carried out before, and has the request know that this is what it gets.
    /// Only now is that certain: what a transaction has found goes with it if it is not committed.
    ///
    /// # Errors
    /// The error itself, when it is another one.
    pub fn recorded<T: FromWire>(self) -> StoreResult<T> {
        match self {
            Self::AlreadyDone(result) => {
                if let Some(request) = once::current() {
                    request.replay();
                }
                from_json(&result).map_err(|error| Self::Db(DbErr::Json(format!("a recorded result: {error}"))))
            }
            error => Err(error),
        }
    }

    /// Whether the database has failed, rather than what was asked of it.
    pub(super) fn is_of_database(&self) -> bool {
        self.is_passing() || matches!(self, Self::Damaged(_) | Self::Db(_))
    }

    /// Whether PostgreSQL gave up a transaction that would succeed on its own.
    pub(super) fn is_serialization(&self) -> bool {
        matches!(self, Self::Busy(error) if is_serialization(error))
    }

    /// Whether a statement was prepared before its table was changed.
    pub(super) fn is_stale_plan(&self) -> bool {
        matches!(self, Self::Refused(error) if is_stale_plan(error))
    }

    /// Whether another connection holds SQLite's lock.
    pub(super) fn is_sqlite_lock(&self) -> bool {
        matches!(self, Self::Busy(error) if sqlite_code(error).is_some_and(|code| matches!(code, 5 | 6)))
    }

    /// Says why COMMIT failed. Only after an error of the database itself it is certain that nothing was stored, and on SQLite
    /// only if it is not one of the disk's: once the last page is in the log, a sync that fails (IOERR_FSYNC) leaves a whole
    /// transaction there, which comes to light if the process ends before another has taken its place.
    pub(super) fn of_commit(error: DbErr) -> Self {
        let is_answer = match (sqlite_code(&error), code(&error)) {
            // Memory may have run out at any point of the commit.
            (Some(NOMEM), _) => false,
            (Some(primary), Some(code)) => primary != IOERR || code == IOERR_WRITE,
            (_, None) => false,
            (None, Some(code)) => {
                let is_lost = code.starts_with("08") || code.starts_with("57") || code == "40003";
                !(is_lost || is_session_over(&error))
            }
        };
        if is_answer { Self::from(error) } else { Self::Unconfirmed(error) }
    }
}

/// Whether the server, or a pooler in front of it, has ended the session with this error: the statement was not judged by then.
fn is_session_over(error: &DbErr) -> bool {
    sqlx_error(error).is_some_and(ends_session)
}

/// Whether PostgreSQL ends the session with this error, or does not let it begin.
pub(super) fn ends_session(error: &sqlx::Error) -> bool {
    let answer = error.as_database_error().and_then(|answer| answer.try_downcast_ref::<PgDatabaseError>());
    let severity = answer.map(PgDatabaseError::severity);
    matches!(severity, Some(PgSeverity::Fatal | PgSeverity::Panic))
}

/// Whether a statement was prepared for a table that has other columns by now, "cached plan must not change result type". It
/// fails for as long as the connection keeps it.
pub(super) fn is_stale_plan(error: &DbErr) -> bool {
    let Some(answer) = sqlx_error(error).and_then(sqlx::Error::as_database_error) else { return false };
    // By the place in the server that says so: the words may be of any language, and the code stands for all that is not
    // supported.
    let routine = answer.try_downcast_ref::<PgDatabaseError>().and_then(PgDatabaseError::routine);
    answer.code().is_some_and(|code| code == "0A000") && routine == Some("RevalidateCachedQuery")
}

/// serialization_failure, deadlock_detected: the transaction would succeed on its own
/// (<https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html>).
pub(super) fn is_serialization(error: &DbErr) -> bool {
    code(error).is_some_and(|code| matches!(&*code, "40001" | "40P01"))
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        let kind = match (sqlite_code(&error), code(&error)) {
            (Some(code), _) => of_sqlite(code),
            (None, Some(_)) if is_stale_plan(&error) => Self::Refused,
            (None, Some(code)) => of_postgres(&code),
            (None, None) if is_out_of_reach(&error) => Self::Unreachable,
            (None, None) => Self::Db,
        };
        let (is_first, is_over) = (matches!(error, DbErr::Conn(_)), is_session_over(&error));
        // Nobody is let in by that name, or into that database: an operator has to see to it.
        let is_shut = code(&error).is_some_and(|code| matches!(code.get(..2), Some("28" | "3D")));
        match kind(error) {
            // Nothing had been asked yet, or the session ended before that could be judged.
            Self::Db(error) if is_first || is_over => Self::Unreachable(error),
            Self::Busy(error) | Self::Refused(error) if is_over && !is_shut => Self::Unreachable(error),
            judged => judged,
        }
    }
}

/// SQLite's primary result code of memory that could not be had.
const NOMEM: i32 = 7;
/// That of all that the operating system refused.
const IOERR: i32 = 10;
/// The extended one of a page that could not be written: it is missing from the log, and the transaction with it.
const IOERR_WRITE: &str = "778";

/// By SQLite's primary result code, <https://sqlite.org/rescode.html>.
fn of_sqlite(code: i32) -> fn(DbErr) -> StoreError {
    match code {
        // BUSY, LOCKED.
        5 | 6 | NOMEM => StoreError::Busy,
        // FULL: the operating system said ENOSPC, or wrote less than it was asked to.
        13 => StoreError::DiskFull,
        // PERM, READONLY, IOERR, CANTOPEN. A quota (EDQUOT) and a limit on the size of files (EFBIG) come as IOERR.
        3 | 8 | IOERR | 14 => StoreError::Storage,
        // CORRUPT, NOTADB.
        11 | 26 => StoreError::Damaged,
        _ => StoreError::Db,
    }
}

/// By SQLSTATE, <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
fn of_postgres(code: &str) -> fn(DbErr) -> StoreError {
    match (code, code.get(..2).unwrap_or_default()) {
        ("53100", _) => StoreError::DiskFull,
        // Connections; too many of them; the server is stopping, has crashed, or is still starting.
        (_, "08") | ("53300" | "57P01" | "57P02" | "57P03", _) => StoreError::Unreachable,
        // Transactions and locks that others were in the way of, resources, an operator who intervened.
        (_, "40" | "53" | "57") | ("55P03", _) => StoreError::Busy,
        // Input and output of the database's files.
        ("58030", _) => StoreError::Storage,
        // A page, or an index, that is broken.
        ("XX001" | "XX002", _) => StoreError::Damaged,
        // It may only be read; it lets nobody in any more, is not there, is not in a state for that; the system under it or
        // its settings fail; it has forgotten a statement, or has another of that name.
        ("25006" | "25P03" | "25P04" | "42P05", _) | (_, "26" | "28" | "3D" | "55" | "58" | "F0") => {
            StoreError::Refused
        }
        // The statement itself is wrong: waiting would not help.
        _ => StoreError::Db,
    }
}

/// Whether no connection could be had, or the one there was has gone.
fn is_out_of_reach(error: &DbErr) -> bool {
    let cause = match error {
        DbErr::ConnectionAcquire(_) => return true,
        error => sqlx_error(error),
    };
    matches!(
        cause,
        Some(sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed)
    )
}

fn sqlx_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Exec(RuntimeErr::SqlxError(cause))
        | DbErr::Query(RuntimeErr::SqlxError(cause))
        | DbErr::Conn(RuntimeErr::SqlxError(cause)) => Some(&**cause),
        _ => None,
    }
}

/// Returns the database's own code of the error: an extended result code of SQLite, a SQLSTATE of PostgreSQL.
fn code(error: &DbErr) -> Option<Cow<'_, str>> {
    sqlx_error(error)?.as_database_error()?.code()
}

/// Returns SQLite's primary result code. Its codes have four digits at most, SQLSTATE five characters.
fn sqlite_code(error: &DbErr) -> Option<i32> {
    let code = code(error).filter(|code| code.len() < 5)?;
    code.parse::<i32>().ok().map(|code| code & 0xff)
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NoAgent(id) => Self::not_found(format!("There is no agent #{id}.")),
            StoreError::NoThread(id) => Self::not_found(format!("There is no thread #{id}.")),
            StoreError::NoRun(id) => Self::not_found(format!("There is no run #{id}.")),
            StoreError::RunRemoved(id) => Self::not_found(format!(
                "There is no run #{id}. It may have been removed: runs are kept for some time, or until their agent has too \
                 many; what they have used and cost stays in the figures. Runs can be kept for good from their pages."
            )),
            StoreError::NoGroup => Self::not_found("This group has no limit."),
            StoreError::NoGoodRun(id) => Self::not_found(format!(
                "There is no earlier successful run of its agent to compare run #{id} with. Name the other run by its id."
            )),
            StoreError::NoVersion(id, number) => Self::not_found(format!("Agent #{id} has no version {number}.")),
            StoreError::NoStep(run, step) => Self::not_found(format!("Run #{run} has no step {step}.")),
            StoreError::NoErrorGroup(agent, id) => {
                Self::not_found(format!("Agent #{agent} has no group of errors #{id}, or no longer has it."))
            }
            StoreError::NoHook(id) => Self::not_found(format!("The agent has no webhook #{id}.")),
            StoreError::NoDelivery(hook, id) => {
                Self::not_found(format!("Webhook #{hook} has no delivery #{id}, or no longer has it."))
            }
            StoreError::NoBulk(id) => {
                Self::not_found(format!("There is no bulk action #{id}, or no longer: they are kept for 7 days."))
            }
            StoreError::NoView(id) => Self::not_found(format!("There is no saved view #{id}.")),
            StoreError::DeliveredBefore(run) => {
                Self::conflict(format!("The same delivery has started run #{run} before."))
            }
            StoreError::NoPayload(run, step, side) => Self::not_found(format!(
                "Step {step} of run #{run} has no {side}, or none yet; or it was removed in its time, which \
                     `payloads_removed_at` of the run says."
            )),
            StoreError::Conflict(text) => Self::conflict(text),
            StoreError::Unfit(errors) => Self::invalid_fields(errors),
            StoreError::AlreadyDone(_) => Self::conflict("This request has been carried out before."),
            StoreError::OtherRequest => Self::invalid(
                "Idempotency-Key: within the last 24 hours another request had this key. Give each request a key of its own, \
                 and send it again unchanged.",
            ),
            StoreError::Busy(error) => {
                tracing::warn!(%error, "database busy");
                Self::busy(
                    "The database is busy: another process holds it, or too much waits to be written. Try again in a few \
                     seconds."
                        .to_owned(),
                )
            }
            StoreError::Unreachable(error) => {
                tracing::error!(%error, "database unreachable");
                Self::busy(
                    "The database cannot be reached, or all its connections are taken: nothing was changed. Try again in \
                     a few seconds; if that does not help, check that it is running."
                        .to_owned(),
                )
            }
            StoreError::DiskFull(error) => {
                tracing::error!(%error, "disk full");
                Self::storage(
                    "The disk is full: nothing was stored. Make room where the database is, then try again.".to_owned(),
                )
            }
            StoreError::Storage(error) => {
                tracing::error!(%error, "database files");
                Self::storage(
                    "The database's files cannot be read or written: the disk may be full, over a quota or failing. \
                     Nothing was stored. Check the disk and the server's log, then try again."
                        .to_owned(),
                )
            }
            error @ StoreError::FileGone(_) => {
                tracing::error!(%error, "database files");
                Self::storage(
                    "The database's file was removed or replaced while the server was running: nothing can be stored. \
                     Put it back, or end the server and start it again."
                        .to_owned(),
                )
            }
            StoreError::Unconfirmed(error) => {
                tracing::error!(%error, "commit not confirmed");
                Self::storage(
                    "The connection to the database broke, the disk failed or the database's file was taken away before it \
                     was confirmed that this was stored. Check whether it was before you try again."
                        .to_owned(),
                )
            }
            StoreError::Refused(error) => {
                tracing::error!(%error, "the database takes no writes");
                Self::busy(
                    "The database takes nothing in now: it may be a standby, be recovering, or have its tables changed. \
                     Nothing was stored. Try again in a few seconds; the server's log says more."
                        .to_owned(),
                )
            }
            StoreError::Damaged(error) => {
                tracing::error!(%error, "database damaged");
                Self::storage(
                    "The database is damaged, and what it holds cannot be relied on. End the server, keep a copy of the \
                     database, and restore a backup or repair it (SQLite: https://sqlite.org/recovery.html; PostgreSQL: its \
                     log says what is broken)."
                        .to_owned(),
                )
            }
            StoreError::Unusable(says) => {
                tracing::error!(says, "database");
                Self::internal()
            }
            StoreError::Db(error) => {
                tracing::error!(%error, "database");
                Self::internal()
            }
        }
    }
}

#[cfg(test)]
mod tests;
