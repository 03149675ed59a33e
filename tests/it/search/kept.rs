//! Documents go with what they are made of, and those of runs that are there already are made in the background.

use super::{end_run, filter, found, ids, index};
use crate::migrations::since;
use crate::retention::{NONE, World};
use crate::support::database::{TestDatabase, on_both};
use crate::support::subject::Subject;
use runboard::domain::retention::RetentionLimits;
use runboard::domain::run_filter::found::SearchedText;
use runboard::server::store::error::StoreError;

on_both!(
    a_document_goes_with_its_run,
    what_is_left_of_a_run_stays_searchable_when_its_payloads_go,
    runs_of_before_are_searched_once_they_are_read,
    what_changes_while_a_document_is_made_is_not_lost,
    one_run_that_cannot_be_read_holds_up_no_other,
);

async fn a_document_goes_with_its_run(database: TestDatabase) {
    let world = World::on(database, RetentionLimits { days: Some(90), ..NONE }).await;
    end_run(&world.s, world.agent, "Old zebra", "seen").await;
    index(&world.s).await;
    world.pass_days(60);
    let young = end_run(&world.s, world.agent, "Young zebra", "seen").await.0;
    // Not made into a document: the note goes as well.
    world.pass_days(31);
    assert_eq!(world.sweep().await.runs, 1);
    index(&world.s).await;
    assert_eq!(ids(&world.s, "zebra").await, [young]);
    assert_eq!((world.count("run_documents").await, world.count("run_documents_due").await), (1, 0));
    if world.raw.get_database_backend() == sea_orm::DbBackend::Sqlite {
        assert_eq!(world.rows("SELECT COUNT(*) AS value FROM run_words WHERE run_words MATCH 'zebra'").await, [1]);
    }
    world.execute("DELETE FROM threads").await;
    assert_eq!(world.count("run_documents").await, 0);
}

async fn what_is_left_of_a_run_stays_searchable_when_its_payloads_go(database: TestDatabase) {
    let world = World::on(database, RetentionLimits { payload_days: Some(30), ..NONE }).await;
    let run = world.end_one().await;
    world
        .execute(
            "UPDATE run_steps SET kind = 'tool_call', name = 'lookup', output = 'secret result', error = 'broken pipe'",
        )
        .await;
    index(&world.s).await;
    assert_eq!(ids(&world.s, "secret").await, [run.0]);
    world.pass_days(31);
    assert_eq!(world.sweep().await.payloads, 1);
    assert_eq!(ids(&world.s, "secret").await, [] as [i64; 0], "at once");
    assert_eq!(world.count("run_documents").await, 0);
    index(&world.s).await;
    assert_eq!(ids(&world.s, "secret").await, [] as [i64; 0]);
    assert_eq!(ids(&world.s, "broken pipe").await, [run.0]);
    // The conversation stays, and the answer with it.
    let runs = found(&world.s, "done").await;
    assert_eq!(runs[0].found.as_ref().map(|found| found.text), Some(SearchedText::Answer));
}

async fn runs_of_before_are_searched_once_they_are_read(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(50).await;
    let mut expected = Vec::new();
    for nr in 0..60 {
        expected.insert(0, end_run(&s, agent, &format!("Parcel {nr}"), "noted").await.0);
    }
    index(&s).await;
    s.store.migrate_down(Some(since("search_runs"))).await.unwrap();
    s.store.migrate().await.unwrap();
    assert_eq!(ids(&s, "parcel").await, [] as [i64; 0]);
    assert_eq!(s.store.unsearched_by(&s.scope, &filter("parcel")).await.unwrap(), Some(60));
    s.clock.advance(61_000);
    let incomplete = s.store.require_searched(&s.scope, &filter("parcel")).await.unwrap_err();
    assert!(matches!(&incomplete, StoreError::Conflict(text) if text.contains("not complete")), "{incomplete}");
    s.store.require_searched(&s.scope, &filter("#7")).await.unwrap();
    index(&s).await;
    expected.truncate(50);
    assert_eq!(ids(&s, "parcel").await, expected);
    assert_eq!(s.store.unsearched_by(&s.scope, &filter("parcel")).await.unwrap(), Some(0));
    s.store.require_searched(&s.scope, &filter("parcel")).await.unwrap();
}

async fn what_changes_while_a_document_is_made_is_not_lost(database: TestDatabase) {
    let world = World::on(database, RetentionLimits { payload_days: Some(30), ..NONE }).await;
    world.end_one().await;
    world.pass_days(31);
    let revisions = async || world.rows("SELECT revision AS value FROM run_documents_due").await;
    let noted = revisions().await;
    // Still due when what it has changes.
    assert_eq!(world.sweep().await.payloads, 1);
    let now = revisions().await;
    assert!(now.len() == 1 && now != noted, "whoever has read it before has read something else: {noted:?}, {now:?}");
    index(&world.s).await;
    assert_eq!((world.count("run_documents").await, world.count("run_documents_due").await), (1, 0));
}

async fn one_run_that_cannot_be_read_holds_up_no_other(database: TestDatabase) {
    let world = World::on(database, NONE).await;
    for nr in 0..5 {
        end_run(&world.s, world.agent, &format!("Parcel {nr}"), "noted").await;
    }
    world.execute("UPDATE run_inputs SET variables = 'broken' WHERE run_id = 3").await;
    world.s.store.index_due_runs(None).await.unwrap_err();
    assert_eq!(ids(&world.s, "parcel").await, [5, 4, 2, 1]);
    assert_eq!(world.s.store.unsearched_by(&world.s.scope, &filter("x")).await.unwrap(), Some(1));
    world.execute("UPDATE run_inputs SET variables = '{}' WHERE run_id = 3").await;
    index(&world.s).await;
    assert_eq!(ids(&world.s, "parcel").await, [5, 4, 3, 2, 1]);
}
