//! Errors of the store, named by what the caller can do about them.

mod driver;

pub(super) use driver::{ends_session, is_serialization, is_stale_plan};

use crate::domain::id::{AgentId, BulkId, DeliveryId, ErrorGroupId, HookId, RunId, ThreadId, ViewId};
use crate::domain::step::payload::Side;
use crate::domain::wire::{FromWire, from_json};
use crate::error::{AppError, FieldError};
use crate::server::once;
use driver::{IOERR, IOERR_WRITE, NOMEM, code, is_session_over, sqlite_code};
use sea_orm::DbErr;
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
