//! Group commit: writes that wait for SQLite's one connection at the same time share a transaction and its COMMIT. Knows no
//! statements but those that divide a transaction.
//!
//! A turn at the [`Place`] belongs to one write at a time. The first finds the connection idle, begins a batch and has a
//! commit queue up behind those who are waiting already; each of them, when it gets its turn, joins. So a batch grows by
//! itself as far as commits take longer than writes take to come, and a lone write waits for nobody. What a member has done
//! counts, and may be spoken of, once the batch is committed. That goes for what it was refused as well, since it may have
//! been refused because of what members before it have done.
//!
//! The first member needs no savepoint: when it takes back what it did, the batch is over. Each other one works within one.
//! Where a member cannot say how the connection is (a statement failed, or its caller went away in the middle), the batch is
//! abandoned: the connection is closed, nothing of the batch is stored, and the other members do their work again.

use crate::server::database_file::PinnedFiles;
use crate::server::store::error::{StoreError, StoreResult};
use crate::server::store::generation::Generations;
use crate::server::store::pool::{Pool, Purpose};
use futures::poll;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement};
use std::mem;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, OwnedMutexGuard, watch};
use tokio::time::Instant;

/// How large a batch becomes. Its first member waits for the last.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// How many writes are committed together at most.
    pub most: usize,
    /// How long a batch is joined.
    pub longest: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { most: 64, longest: Duration::from_millis(20) }
    }
}

/// Ends the savepoint before, and makes the next.
const NEXT: &str = "RELEASE member; SAVEPOINT member";
const FIRST: &str = "SAVEPOINT member";
const TAKE_BACK: &str = "ROLLBACK TO member";

/// Where the connection that writes is while nobody is writing.
#[derive(Default)]
pub enum Place {
    /// Nowhere: whoever has the turn has it, or it was closed.
    #[default]
    Empty,
    /// Outside of any transaction.
    Idle(Pool),
    /// In a transaction that others may join.
    Open(Batch),
}

impl Place {
    /// Commits the batch that is open, if one is.
    async fn settle(&mut self) {
        match mem::take(self) {
            Self::Open(batch) => *self = batch.commit().await.map_or(Self::Empty, Self::Idle),
            other => *self = other,
        }
    }
}

/// The right to use the connection that writes.
pub type Turn = OwnedMutexGuard<Place>;

/// A transaction that several writes share.
pub struct Batch {
    // Dropped first: what comes of the others can only be said once it is closed.
    txn: DatabaseTransaction,
    connection: Pool,
    outcome: watch::Sender<Outcome>,
    begun: Instant,
    members: usize,
    /// Whether a savepoint has been made.
    is_divided: bool,
    company: Company,
    bounds: Bounds,
    files: Arc<PinnedFiles>,
    generations: Arc<Generations>,
}

/// With whom a write may share a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Company {
    Any,
    /// It takes long, and others are not to wait for it; or has often been abandoned because of others.
    None,
}

#[derive(Clone, Debug)]
enum Outcome {
    Open,
    /// COMMIT is under way.
    Committing,
    Committed,
    Failed(StoreError),
}

/// Why a write has not come about.
#[derive(Debug)]
pub enum Failure {
    /// Something else in its batch has failed before COMMIT. Nothing of it is stored, and it may be tried again.
    Abandoned,
    Failed(StoreError),
}

/// A write that has the turn.
pub struct Member {
    batch: Batch,
    turn: Turn,
}

/// A member's wait for its batch.
pub struct Pending(watch::Receiver<Outcome>);

impl Batch {
    /// Begins a transaction on an idle connection to these files.
    pub async fn begin(
        connection: Pool,
        company: Company,
        bounds: Bounds,
        files: Arc<PinnedFiles>,
        generations: Arc<Generations>,
    ) -> Result<Self, (Pool, DbErr)> {
        match connection.begin(Purpose::Write).await {
            Ok(txn) => Ok(Self {
                txn,
                connection,
                outcome: watch::Sender::new(Outcome::Open),
                begun: Instant::now(),
                members: 0,
                is_divided: false,
                company,
                bounds,
                files,
                generations,
            }),
            Err(error) => Err((connection, error)),
        }
    }

    /// Whether a write may join.
    pub fn takes(&self, company: Company) -> bool {
        let is_open = company == Company::Any && self.company == Company::Any;
        is_open && self.members < self.bounds.most && self.begun.elapsed() < self.bounds.longest
    }

    /// Lets the next member begin.
    async fn divide(&mut self) -> Result<(), DbErr> {
        self.members += 1;
        if self.members > 1 {
            self.execute(if self.is_divided { NEXT } else { FIRST }).await?;
            self.is_divided = true;
        }
        Ok(())
    }

    async fn execute(&self, sql: &str) -> Result<(), DbErr> {
        self.txn.execute_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.map(drop)
    }

    /// Returns the connection, unless COMMIT has failed: then it may be in whatever state. Members have joined after the files
    /// were looked at, so they are looked at again: nobody finds what is written to a file that has been taken away.
    async fn commit(self) -> Option<Pool> {
        let Self { txn, connection, outcome, files, generations, .. } = self;
        if let Some(file) = files.missing() {
            drop((txn, connection));
            outcome.send_replace(Outcome::Failed(StoreError::FileGone(file.to_owned())));
            return None;
        }
        outcome.send_if_modified(|outcome| {
            *outcome = Outcome::Committing;
            false
        });
        generations.begin();
        match txn.commit().await {
            Ok(()) => {
                // COMMIT may take a while, and what it was written to may be gone by its end. It is stored there all the same:
                // whoever puts the file back finds it.
                if let Some(file) = files.missing() {
                    let gone = DbErr::Custom(format!("{} was gone when COMMIT had ended", file.display()));
                    outcome.send_replace(Outcome::Failed(StoreError::Unconfirmed(gone)));
                    return None;
                }
                generations.committed();
                outcome.send_replace(Outcome::Committed);
                Some(connection)
            }
            Err(error) => {
                outcome.send_replace(Outcome::Failed(StoreError::of_commit(error)));
                None
            }
        }
    }
}

/// Commits the batch that is open, if one is, and returns the turn. Goes on when whoever asked does not wait for it, since
/// others do.
///
/// # Errors
/// `Busy`: the process is ending. How the COMMIT went, only the batch's members learn.
pub async fn commit(mut turn: Turn) -> StoreResult<Turn> {
    if !matches!(*turn, Place::Open(_)) {
        return Ok(turn);
    }
    let commit = async move {
        turn.settle().await;
        turn
    };
    tokio::spawn(commit).await.map_err(|error| StoreError::Busy(DbErr::Custom(error.to_string())))
}

impl Member {
    /// Joins a batch, as its first member or a later one.
    ///
    /// # Errors
    /// The batch cannot go on and is abandoned.
    pub async fn join(mut batch: Batch, turn: Turn) -> StoreResult<Self> {
        batch.divide().await?;
        Ok(Self { batch, turn })
    }

    /// Returns the transaction, in which only what this member does is to be done.
    pub fn txn(&self) -> &DatabaseTransaction {
        &self.batch.txn
    }

    /// Leaves the turn to the next, and what was done to the batch. Without this, or the following, the batch is abandoned.
    pub async fn leave(self) -> Pending {
        let Self { batch, mut turn } = self;
        let pending = Pending(batch.outcome.subscribe());
        let is_first = batch.members == 1;
        *turn = Place::Open(batch);
        if is_first {
            queue_commit(OwnedMutexGuard::mutex(&turn)).await;
        }
        pending
    }

    /// Takes back what was done, and leaves. What the work has seen holds only if the batch is committed; `None` where there
    /// was nobody else.
    pub async fn take_back(self) -> Option<Pending> {
        if self.batch.members == 1 {
            let Self { batch: Batch { txn, connection, .. }, mut turn } = self;
            match txn.rollback().await {
                Ok(()) => *turn = Place::Idle(connection),
                Err(error) => tracing::warn!(%error, "rolling back"),
            }
            return None;
        }
        match self.batch.execute(TAKE_BACK).await {
            Ok(()) => Some(self.leave().await),
            Err(error) => {
                tracing::warn!(%error, "rolling back to a savepoint");
                Some(Pending(self.batch.outcome.subscribe()))
            }
        }
    }
}

/// Has the open batch committed after those who are waiting for their turn already, and before those who come. The turn is
/// the caller's.
async fn queue_commit(place: &Arc<Mutex<Place>>) {
    let mut turn = Box::pin(Arc::clone(place).lock_owned());
    // Queues at the first poll.
    let polled = poll!(&mut turn);
    debug_assert!(polled.is_pending(), "the turn is the caller's");
    tokio::spawn(async move {
        turn.await.settle().await;
    });
}

impl Pending {
    /// Waits until the batch is committed.
    pub async fn committed(mut self) -> Result<(), Failure> {
        let is_over = |outcome: &Outcome| matches!(outcome, Outcome::Committed | Outcome::Failed(_));
        let over = self.0.wait_for(is_over).await.map(|outcome| outcome.clone()).ok();
        // Where it is not over, nobody has the batch any more.
        let outcome = over.unwrap_or_else(|| self.0.borrow().clone());
        match outcome {
            Outcome::Committed => Ok(()),
            Outcome::Failed(error) => Err(Failure::Failed(error)),
            Outcome::Open => Err(Failure::Abandoned),
            Outcome::Committing => {
                let error = DbErr::Custom("the process was ending during COMMIT".to_owned());
                Err(Failure::Failed(StoreError::Unconfirmed(error)))
            }
        }
    }
}
