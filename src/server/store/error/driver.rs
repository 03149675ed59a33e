//! What an error of the driver means, by the codes of the two databases.

use super::StoreError;
use sea_orm::sqlx::postgres::{PgDatabaseError, PgSeverity};
use sea_orm::{DbErr, RuntimeErr, sqlx};
use std::borrow::Cow;

/// Whether the server, or a pooler in front of it, has ended the session with this error: the statement was not judged by then.
pub(super) fn is_session_over(error: &DbErr) -> bool {
    sqlx_error(error).is_some_and(ends_session)
}

/// Whether PostgreSQL ends the session with this error, or does not let it begin.
pub(in crate::server::store) fn ends_session(error: &sqlx::Error) -> bool {
    let answer = error.as_database_error().and_then(|answer| answer.try_downcast_ref::<PgDatabaseError>());
    let severity = answer.map(PgDatabaseError::severity);
    matches!(severity, Some(PgSeverity::Fatal | PgSeverity::Panic))
}

/// Whether a statement was prepared for a table that has other columns by now, "cached plan must not change result type". It
/// fails for as long as the connection keeps it.
pub(in crate::server::store) fn is_stale_plan(error: &DbErr) -> bool {
    let Some(answer) = sqlx_error(error).and_then(sqlx::Error::as_database_error) else { return false };
    // By the place in the server that says so: the words may be of any language, and the code stands for all that is not
    // supported.
    let routine = answer.try_downcast_ref::<PgDatabaseError>().and_then(PgDatabaseError::routine);
    answer.code().is_some_and(|code| code == "0A000") && routine == Some("RevalidateCachedQuery")
}

/// serialization_failure, deadlock_detected: the transaction would succeed on its own
/// (<https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html>).
pub(in crate::server::store) fn is_serialization(error: &DbErr) -> bool {
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
pub(super) const NOMEM: i32 = 7;
/// That of all that the operating system refused.
pub(super) const IOERR: i32 = 10;
/// The extended one of a page that could not be written: it is missing from the log, and the transaction with it.
pub(super) const IOERR_WRITE: &str = "778";

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
pub(super) fn code(error: &DbErr) -> Option<Cow<'_, str>> {
    sqlx_error(error)?.as_database_error()?.code()
}

/// Returns SQLite's primary result code. Its codes have four digits at most, SQLSTATE five characters.
pub(super) fn sqlite_code(error: &DbErr) -> Option<i32> {
    let code = code(error).filter(|code| code.len() < 5)?;
    code.parse::<i32>().ok().map(|code| code & 0xff)
}
