//! Searching runs by their words. Each run that is over has a document of its texts, bounded, in a table of its own that no list
//! reads; the databases index its words (`words`), which are made here so that both find the same.
//!
//! `Store::ended` notes in the transaction of each end that the run's document is due, and so does whatever changes what a run has.
//! Documents are made in the background, the newest first, and with each the note goes: so a server that is killed in between goes
//! on with it, and what is not searched yet can be counted.

mod document;
mod excerpt;
mod gather;
pub(super) mod mark;
pub(super) mod query;
mod words;

use self::document::Prepared;
use self::query::Search;
use super::Store;
use super::error::{StoreError, StoreResult};
use super::scope::Scope;
use crate::domain::id::RunId;
use crate::domain::run_filter::RunFilter;
use crate::server::aside;
use crate::server::tasks::Tasks;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, FromQueryResult, Statement};
use std::collections::HashMap;
use std::io;
use std::time::{Duration, Instant};
use tokio::time::sleep;

const EVERY: Duration = Duration::from_millis(500);

/// How long a round goes on. What is left is for the next.
const ROUND: Duration = Duration::from_secs(5);

/// Documents that are made at once.
const RUNS: i64 = 25;

/// Most bytes of words that are stored by one transaction: on SQLite all other writes wait for it.
const STORED_AT_ONCE: usize = 256 * 1024;

/// Returns how many of some documents one transaction stores: one at least.
fn storable_at_once(prepared: &[(RunId, Prepared)]) -> usize {
    let mut bytes = 0;
    let fits = |(_, document): &&(RunId, Prepared)| {
        bytes += document.words.len();
        bytes <= STORED_AT_ONCE
    };
    prepared.iter().take_while(fits).count().max(1)
}

/// A run whose document is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub(super) struct Due {
    pub run_id: RunId,
    pub revision: i64,
}

pub(super) const DUE: &str = "
SELECT run_id, revision FROM run_documents_due WHERE run_id < $1 ORDER BY run_id DESC LIMIT $2";

pub(super) const UNSEARCHED: &str = "SELECT COUNT(*) AS runs FROM run_documents_due WHERE owner_id = :owner";

/// How long ago a run may have ended to be among those that are read in a moment, in milliseconds.
const JUST_ENDED_MS: i64 = 60_000;

/// A run that should have been read long since.
const BACKLOG: &str = "
SELECT d.run_id FROM run_documents_due d JOIN agent_runs r ON r.id = d.run_id
WHERE d.owner_id = :owner AND r.finished_at < :before LIMIT 1";

/// Whether a filter looks for words, not for the number of a run alone.
fn searches_words(filter: &RunFilter) -> bool {
    filter.q.as_deref().is_some_and(|q| !Search::read(q).terms.is_empty())
}

/// Makes the documents of runs that are over, from now on.
pub fn start(store: &Store, tasks: &Tasks) {
    let store = store.clone();
    tasks.now_and_every("search", EVERY, move || {
        let store = store.clone();
        async move { store.index_due_runs(Some(Instant::now() + ROUND)).await }
    });
}

impl Store {
    /// Makes the documents that are due, until all are made or an instant has come. Rests as long as it has worked: half of the time
    /// is for others.
    ///
    /// # Errors
    /// Those of the database. A run that alone is to blame is left for the next round, and the others go on.
    pub async fn index_due_runs(&self, until: Option<Instant>) -> StoreResult<()> {
        let (mut below, mut failed, mut at_once) = (RunId(i64::MAX), None, RUNS);
        while until.is_none_or(|until| Instant::now() < until) {
            let began = Instant::now();
            let due = self.statement(DUE, [below.into(), at_once.into()]);
            let due = Due::find_by_statement(due).all(&self.read).await?;
            let Some(last) = due.last() else { break };
            let (last, count) = (last.run_id, due.len());
            match self.index_runs(due).await {
                // They are no longer due.
                Ok(()) => {}
                Err(error) if error.is_passing() => return Err(error),
                Err(error) if count == 1 => {
                    tracing::error!(run = %last, %error, "making the document by which a run is found; others go on");
                    (below, failed, at_once) = (last, Some(error), RUNS);
                }
                // One by one, to find the one.
                Err(_) => {
                    at_once = 1;
                    continue;
                }
            }
            if until.is_some() {
                sleep(began.elapsed()).await;
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// Makes the documents of some runs, or of the first of them.
    async fn index_runs(&self, due: Vec<Due>) -> StoreResult<()> {
        let due = self.readable_at_once(due).await?;
        let ids: Vec<RunId> = due.iter().map(|due| due.run_id).collect();
        let documents = self.documents_of(&ids).await?;
        let is_postgres = self.backend() == DbBackend::Postgres;
        let prepared: io::Result<Vec<(RunId, Prepared)>> = aside::run(move || {
            documents.into_iter().map(|(run, document)| Ok((run, document.prepare(is_postgres)?))).collect()
        })
        .await;
        let prepared = &prepared
            .map_err(|error: io::Error| StoreError::Db(DbErr::Custom(format!("compressing a document: {error}"))))?;
        let mut rest = &prepared[..];
        while !rest.is_empty() {
            let (now, later) = rest.split_at(storable_at_once(rest));
            rest = later;
            let due: &Vec<Due> =
                &due.iter().filter(|due| now.iter().any(|(run, _)| *run == due.run_id)).copied().collect();
            self.write_alone(|txn, _| {
                Box::pin(async move {
                    let current = self.take_due(txn, due).await?;
                    for (run, document) in now.iter().filter(|(run, _)| current.contains(run)) {
                        self.series(txn, self.storing(*run, document)).await?;
                    }
                    Ok(())
                })
            })
            .await?;
        }
        Ok(())
    }

    /// Takes off the list those runs that are as they were when they were read.
    async fn take_due(&self, txn: &DatabaseTransaction, due: &[Due]) -> StoreResult<Vec<RunId>> {
        let lock = if self.backend() == DbBackend::Postgres { " ORDER BY run_id FOR UPDATE" } else { "" };
        let ids = self.ids(due.iter().map(|due| &due.run_id));
        let select = format!("SELECT run_id, revision FROM run_documents_due WHERE run_id {}{lock}", self.among("$1"));
        let now = Due::find_by_statement(self.statement(select, [ids])).all(txn).await?;
        let current: Vec<RunId> = now.into_iter().filter(|now| due.contains(now)).map(|now| now.run_id).collect();
        let delete = format!("DELETE FROM run_documents_due WHERE run_id {}", self.among("$1"));
        txn.execute_raw(self.statement(delete, [self.ids(&current)])).await?;
        Ok(current)
    }

    /// Returns the statements that store a document in place of the one before.
    fn storing(&self, run: RunId, Prepared { zstd, words }: &Prepared) -> Vec<Statement> {
        let insert = match self.backend() {
            DbBackend::Postgres => vec![self.statement(
                "INSERT INTO run_documents (run_id, zstd, words) VALUES ($1, $2, CAST(CAST($3 AS TEXT) AS TSVECTOR))",
                [run.into(), zstd.clone().into(), words.clone().into()],
            )],
            _ => vec![
                self.statement(
                    "INSERT INTO run_documents (run_id, zstd) VALUES ($1, $2)",
                    [run.into(), zstd.clone().into()],
                ),
                self.statement(
                    "INSERT INTO run_words (rowid, words) VALUES ($1, $2)",
                    [run.into(), words.clone().into()],
                ),
            ],
        };
        let delete = self.statement("DELETE FROM run_documents WHERE run_id = $1", [run.into()]);
        [delete].into_iter().chain(insert).collect()
    }

    /// Returns the statement by which the documents of runs become due.
    pub(super) fn noting_due<'a>(&self, runs: impl IntoIterator<Item = &'a RunId>) -> Statement {
        let note = format!(
            "INSERT INTO run_documents_due (run_id, owner_id, revision)
             SELECT id, owner_id, CAST($2 AS BIGINT) FROM agent_runs WHERE id {}
             ON CONFLICT (run_id) DO UPDATE SET revision = excluded.revision",
            self.among("$1")
        );
        // No count: it would begin anew with each note, and a server that is late would take a new one for the one it knows.
        let revision = i64::from(rand::random::<u32>()) + 1;
        self.statement(note, [self.ids(runs), revision.into()])
    }

    /// Called in the transaction that removes texts of runs: their documents go with these, and are made again of what is left.
    pub(super) async fn forget_documents(&self, txn: &DatabaseTransaction, runs: &[RunId]) -> StoreResult<()> {
        let delete = format!("DELETE FROM run_documents WHERE run_id {}", self.among("$1"));
        txn.execute_raw(self.statement(delete, [self.ids(runs)])).await?;
        txn.execute_raw(self.noting_due(runs)).await?;
        Ok(())
    }

    /// Returns how many of the owner's runs are over and not searched yet; `None` for a filter that searches for nothing.
    pub async fn unsearched_by(&self, scope: &Scope, filter: &RunFilter) -> StoreResult<Option<i64>> {
        if !searches_words(filter) {
            return Ok(None);
        }
        let count = self.named(UNSEARCHED, [("owner", scope.owner().into())]);
        let row = self.read.query_one_raw(count).await?;
        row.map_or(Ok(None), |row| Ok(Some(row.try_get("", "runs")?)))
    }

    /// Requires that the runs which a filter searches in have been read, but for those that have just ended: for what acts on all of
    /// them, or hands them out as all.
    ///
    /// # Errors
    /// `Conflict` while runs that were there before an upgrade are still being read.
    pub async fn require_searched(&self, scope: &Scope, filter: &RunFilter) -> StoreResult<()> {
        if !searches_words(filter) {
            return Ok(());
        }
        let before = self.now().ms().saturating_sub(JUST_ENDED_MS);
        let select = self.named(BACKLOG, [("owner", scope.owner().into()), ("before", before.into())]);
        match self.read.query_one_raw(select).await? {
            None => Ok(()),
            Some(_) => Err(StoreError::Conflict(
                "The search is not complete yet: earlier runs are still being read in the background, so some would be missing. Do \
                 it when the page \"Runs\" no longer says so, or leave q out."
                    .to_owned(),
            )),
        }
    }

    /// Returns the first of some runs: those whose texts are not too much to be read together.
    async fn readable_at_once(&self, mut due: Vec<Due>) -> StoreResult<Vec<Due>> {
        let count = format!(
            "SELECT run_id, COUNT(*) AS steps FROM run_steps WHERE run_id {} GROUP BY run_id",
            self.among("$1")
        );
        let count = self.statement(count, [self.ids(due.iter().map(|due| &due.run_id))]);
        let mut steps: HashMap<RunId, i64> = HashMap::new();
        for row in self.read.query_all_raw(count).await? {
            steps.insert(row.try_get("", "run_id")?, row.try_get("", "steps")?);
        }
        let mut sum = 0;
        let mut fits = |due: &Due| {
            sum += steps.get(&due.run_id).copied().unwrap_or_default();
            sum <= gather::STEPS
        };
        let fit = due.iter().take_while(|due| fits(due)).count().max(1);
        due.truncate(fit);
        Ok(due)
    }
}
