//! Tests of group commit on SQLite: shared commits, refusals, failures, callers that go away.

use super::*;
use crate::server::clock::ManualClock;
use crate::server::config::database::DatabaseConfig;
use crate::server::store::writer::Bounds;
use futures::future::{join_all, pending};
use futures::join;
use sea_orm::ConnectionTrait;
use std::fs;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;
use tokio::sync::Notify;
use tokio::task::yield_now;

/// The row that these tests write. A claim whose note is not there is found out by COMMIT, and by nothing before it.
const TABLES: &str = "
CREATE TABLE notes (text TEXT PRIMARY KEY);
CREATE TABLE claims (note TEXT NOT NULL REFERENCES notes (text) DEFERRABLE INITIALLY DEFERRED);";

struct Notes {
    store: Store,
    dir: TempDir,
}

impl Notes {
    /// However slow the machine is.
    async fn new() -> Self {
        Self::within(Bounds { longest: Duration::MAX, ..Bounds::default() }).await
    }

    async fn within(bounds: Bounds) -> Self {
        let dir = TempDir::new().unwrap();
        let config = DatabaseConfig::at(&format!("sqlite://{}", dir.path().join("notes.db").display())).unwrap();
        let store = Store::open_with(&config, ManualClock::at(0), bounds).await.unwrap();
        let made = store.write(|txn, _| Box::pin(async move { Ok(txn.execute_unprepared(TABLES).await.map(drop)?) }));
        made.await.unwrap();
        Self { store, dir }
    }

    /// Writes a note.
    async fn note(&self, text: &str) -> StoreResult<()> {
        self.store.write(|txn, _| Box::pin(async move { self.insert(txn, text).await })).await
    }

    /// Whatever was begun at the same time is in the queue by the end of it.
    async fn insert(&self, txn: &DatabaseTransaction, text: &str) -> StoreResult<()> {
        yield_now().await;
        let insert = self.store.statement("INSERT INTO notes (text) VALUES ($1)", [text.into()]);
        Ok(txn.execute_raw(insert).await.map(drop)?)
    }

    /// Writes a note and something that cannot be committed.
    async fn spoil(&self, text: &str) -> StoreResult<()> {
        let spoil = self.store.write(|txn, _| {
            Box::pin(async move {
                self.insert(txn, text).await?;
                let claim = "INSERT INTO claims (note) VALUES ('of nobody')";
                Ok(txn.execute_unprepared(claim).await.map(drop)?)
            })
        });
        spoil.await
    }

    /// Writes a note, and refuses.
    async fn refuse(&self, text: &str) -> StoreResult<()> {
        let refusal = self.store.write(|txn, _| {
            Box::pin(async move {
                self.insert(txn, text).await?;
                Err(StoreError::Conflict("no".to_owned()))
            })
        });
        refusal.await
    }

    /// Returns the notes that readers see.
    async fn read(&self) -> Vec<String> {
        let select = self.store.statement("SELECT text FROM notes ORDER BY text", []);
        let rows = self.store.read.query_all_raw(select).await.unwrap();
        rows.iter().map(|row| row.try_get("", "text").unwrap()).collect()
    }

    /// Returns how many commits the write-ahead log has: its frames that say how large the database is then
    /// (<https://sqlite.org/fileformat2.html#walformat>).
    fn commits(&self) -> usize {
        let log = fs::read(self.dir.path().join("notes.db-wal")).unwrap();
        let number = |at: usize| u32::from_be_bytes(log[at..at + 4].try_into().unwrap()) as usize;
        let frame = 24 + number(8);
        (32..log.len()).step_by(frame).filter(|at| number(at + 4) > 0 && log[16..24] == log[at + 8..at + 16]).count()
    }
}

fn is_conflict(outcome: &StoreResult<()>) -> bool {
    matches!(outcome, Err(StoreError::Conflict(_)))
}

#[tokio::test]
async fn writes_that_come_together_share_a_commit_and_a_lone_one_waits_for_nobody() {
    let notes = &Notes::new().await;
    let before = notes.commits();
    notes.note("alone").await.unwrap();
    assert_eq!(notes.commits() - before, 1);
    let texts: Vec<String> = (10..26).map(|n| n.to_string()).collect();
    for written in join_all(texts.iter().map(|text| notes.note(text))).await {
        written.unwrap();
    }
    assert_eq!(notes.commits() - before, 2);
    assert_eq!(notes.read().await, [texts, vec!["alone".to_owned()]].concat());
}

#[tokio::test]
async fn a_batch_has_its_bounds() {
    for (bounds, expected) in
        [(Bounds { most: 4, longest: Duration::MAX }, 3), (Bounds { most: 4, longest: Duration::ZERO }, 10)]
    {
        let notes = &Notes::within(bounds).await;
        let before = notes.commits();
        let texts: Vec<String> = (10..20).map(|n| n.to_string()).collect();
        for written in join_all(texts.iter().map(|text| notes.note(text))).await {
            written.unwrap();
        }
        assert_eq!(notes.commits() - before, expected, "{bounds:?}");
        assert_eq!(notes.read().await, texts);
    }
}

#[tokio::test]
async fn one_that_is_refused_leaves_the_others() {
    let notes = &Notes::new().await;
    let before = notes.commits();
    let nothing = notes.store.write_if(|txn, _| {
        Box::pin(async move {
            notes.insert(txn, "d").await?;
            Ok(None::<()>)
        })
    });
    let (a, b, c, nothing, e) = join!(notes.refuse("a"), notes.note("b"), notes.refuse("c"), nothing, notes.note("e"));
    assert!(is_conflict(&a) && is_conflict(&c));
    assert_eq!(nothing.unwrap(), None);
    b.and(e).unwrap();
    assert_eq!(notes.read().await, ["b", "e"]);
    assert_eq!(notes.commits() - before, 1);
}

#[tokio::test]
async fn one_that_fails_leaves_the_others() {
    let notes = &Notes::new().await;
    let times = AtomicU32::new(0);
    let first = notes.store.write(|txn, _| {
        times.fetch_add(1, Ordering::SeqCst);
        Box::pin(notes.insert(txn, "a"))
    });
    let twice = notes.store.write(|txn, _| {
        Box::pin(async move {
            notes.insert(txn, "b").await?;
            notes.insert(txn, "b").await
        })
    });
    let (first, twice, last) = join!(first, twice, notes.note("c"));
    first.and(last).unwrap();
    assert!(matches!(twice, Err(StoreError::Db(_))), "{twice:?}");
    assert_eq!(notes.read().await, ["a", "c"]);
    assert_eq!(times.into_inner(), 2, "its first work went with the other's");
}

#[tokio::test]
async fn one_whose_caller_goes_away_leaves_the_others() {
    let notes = &Notes::new().await;
    let reached = &Notify::new();
    let stuck = notes.store.write(|txn, _| {
        Box::pin(async move {
            notes.insert(txn, "b").await?;
            reached.notify_one();
            pending::<StoreResult<()>>().await
        })
    });
    let gives_up = async {
        tokio::select! {
            _ = stuck => unreachable!("it is stuck"),
            () = reached.notified() => {}
        }
    };
    let (a, (), c) = join!(notes.note("a"), gives_up, notes.note("c"));
    a.and(c).unwrap();
    assert_eq!(notes.read().await, ["a", "c"]);
}

#[tokio::test]
async fn a_commit_goes_on_when_nobody_of_it_waits() {
    let notes = &Notes::new().await;
    let reached = &Notify::new();
    let first = notes.store.write(|txn, _| {
        Box::pin(async move {
            notes.insert(txn, "a").await?;
            reached.notify_one();
            Ok(())
        })
    });
    tokio::select! {
        biased;
        _ = first => unreachable!("its commit is still to come"),
        () = reached.notified() => {}
    }
    notes.note("b").await.unwrap();
    assert_eq!(notes.read().await, ["a", "b"]);
}

#[tokio::test]
async fn a_commit_that_fails_is_everybody_s_error() {
    let notes = &Notes::new().await;
    let (a, b, c) = join!(notes.note("a"), notes.spoil("b"), notes.note("c"));
    for outcome in [a, b, c] {
        assert!(matches!(outcome, Err(StoreError::Db(_))), "{outcome:?}");
    }
    assert_eq!(notes.read().await, [""; 0]);
    notes.note("d").await.unwrap();
    assert_eq!(notes.read().await, ["d"]);
}

#[tokio::test]
async fn a_refusal_holds_no_earlier_than_what_it_was_made_of() {
    let notes = &Notes::new().await;
    let refused = notes.store.write(|txn, _| {
        Box::pin(async move {
            let look = notes.store.statement("SELECT 1 FROM notes WHERE text = 'a'", []);
            match txn.query_one_raw(look).await? {
                Some(_) => Err(StoreError::Conflict("it is there already".to_owned())),
                None => notes.insert(txn, "a").await,
            }
        })
    });
    let (spoiled, refused) = join!(notes.spoil("a"), refused);
    assert!(spoiled.is_err());
    assert!(matches!(refused, Err(StoreError::Db(_))), "it was not there: {refused:?}");
}

#[tokio::test]
async fn a_long_one_shares_with_nobody() {
    let notes = &Notes::new().await;
    let before = notes.commits();
    let long = notes.store.write_alone(|txn, _| Box::pin(notes.insert(txn, "b")));
    let (a, long, c) = join!(notes.note("a"), long, notes.note("c"));
    a.and(long).and(c).unwrap();
    assert_eq!(notes.commits() - before, 3);
}

#[tokio::test]
async fn whoever_is_abandoned_again_and_again_goes_alone() {
    let notes = &Notes::new().await;
    let times = AtomicU32::new(0);
    let patient = notes.store.write(|txn, _| {
        times.fetch_add(1, Ordering::SeqCst);
        Box::pin(notes.insert(txn, "patient"))
    });
    // Each of them is behind it in the queue, whenever it comes again.
    let failing = || async {
        for _ in 0..8 {
            let failed = notes.store.write(|txn, _| {
                Box::pin(async move { Ok(txn.execute_unprepared("SELECT no_such_function()").await.map(drop)?) })
            });
            assert!(failed.await.is_err());
        }
    };
    let (written, (), ()) = join!(patient, failing(), failing());
    written.unwrap();
    assert!(times.into_inner() <= MAX_ABANDONED + 1);
    assert_eq!(notes.read().await, ["patient"]);
}
