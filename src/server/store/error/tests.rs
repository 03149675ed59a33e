//! Tests that errors of both databases are told apart, and of their words.

use super::*;
use sea_orm::sqlx::error::{DatabaseError, ErrorKind};
use sea_orm::{RuntimeErr, sqlx};
use std::borrow::Cow;
use std::error::Error as StdError;
use std::sync::Arc;

#[derive(Debug, Error)]
#[error("code {0}")]
struct Answer(&'static str);

impl DatabaseError for Answer {
    fn message(&self) -> &str {
        self.0
    }
    fn code(&self) -> Option<Cow<'_, str>> {
        Some(self.0.into())
    }
    fn as_error(&self) -> &(dyn StdError + Send + Sync + 'static) {
        self
    }
    fn as_error_mut(&mut self) -> &mut (dyn StdError + Send + Sync + 'static) {
        self
    }
    fn into_error(self: Box<Self>) -> Box<dyn StdError + Send + Sync + 'static> {
        self
    }
    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

fn answer(code: &'static str) -> DbErr {
    DbErr::Exec(RuntimeErr::SqlxError(Arc::new(sqlx::Error::Database(Box::new(Answer(code))))))
}

fn broken() -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(sqlx::Error::Io(std::io::ErrorKind::BrokenPipe.into()))))
}

#[test]
fn errors_of_both_databases_are_told_apart() {
    let name = |code| match StoreError::from(answer(code)) {
        StoreError::Busy(_) => "busy",
        StoreError::Unreachable(_) => "unreachable",
        StoreError::DiskFull(_) => "full",
        StoreError::Storage(_) => "storage",
        StoreError::Damaged(_) => "damaged",
        StoreError::Refused(_) => "refused",
        StoreError::Db(_) => "db",
        other => panic!("{other}"),
    };
    assert_eq!(
        ["7", "42P05"].map(name),
        ["busy", "refused"],
        "memory may be had again, and a statement of a name be gone"
    );
    // BUSY_SNAPSHOT, FULL, IOERR_WRITE, IOERR_FSYNC, IOERR_SHMSIZE, READONLY_DBMOVED, CONSTRAINT_UNIQUE, CORRUPT.
    let sqlite = ["517", "13", "778", "1034", "4874", "1032", "2067", "11"];
    assert_eq!(sqlite.map(name), ["busy", "full", "storage", "storage", "storage", "storage", "db", "damaged"]);
    let postgres = ["40001", "55P03", "57014", "53100", "58030", "23505"];
    assert_eq!(postgres.map(name), ["busy", "busy", "busy", "full", "storage", "db"]);
    // Read only; a page that is broken; nobody is let in; the system under it fails.
    assert_eq!(["25006", "XX001", "28P01", "58000"].map(name), ["refused", "damaged", "refused", "refused"]);
    let wrong = ["22003", "42P01", "54000", "P0001", "0A000", "XX000", "25P02", "34000"];
    assert_eq!(wrong.map(name), ["db"; 8], "waiting would not help");
    let code = "XX000";
    let before = DbErr::Conn(RuntimeErr::SqlxError(Arc::new(sqlx::Error::Database(Box::new(Answer(code))))));
    assert!(matches!(StoreError::from(before), StoreError::Unreachable(_)), "a pooler that has none to spare");
    let away = ["08006", "53300", "57P01", "57P02", "57P03"];
    assert_eq!(away.map(name), ["unreachable"; 5]);
    assert!(matches!(StoreError::from(broken()), StoreError::Unreachable(_)));
}

#[test]
fn only_an_answer_to_commit_is_certain() {
    let is_certain = |error| !matches!(StoreError::of_commit(error), StoreError::Unconfirmed(_));
    assert!(["13", "778", "40001", "40P01", "23505", "53100"].into_iter().all(|code| is_certain(answer(code))));
    // IOERR_FSYNC, IOERR_DIR_FSYNC, IOERR_SHMMAP, IOERR, NOMEM.
    let disk = ["1034", "1290", "5386", "10", "7"];
    assert!(!["08006", "57P01", "40003"].into_iter().chain(disk).any(|code| is_certain(answer(code))));
    assert!(!is_certain(broken()));
}

#[test]
fn a_database_out_of_reach_is_not_called_busy() {
    let error = AppError::from(StoreError::from(DbErr::ConnectionAcquire(sea_orm::ConnAcquireErr::Timeout)));
    assert_eq!(error.kind.status(), 503);
    assert!(error.to_string().contains("cannot be reached"), "{error}");
}

#[test]
fn a_full_disk_is_called_by_its_name() {
    let error = AppError::from(StoreError::from(answer("13")));
    assert_eq!(error.kind.status(), 503);
    assert!(error.to_string().contains("disk is full"), "{error}");
}
