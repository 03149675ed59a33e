//! The SQLite file gives space back, and does not grow for ever.

use super::{NONE, World};
use crate::support::database::TestDatabase;
use runboard::domain::retention::RetentionLimits;
use runboard::server::clock::ManualClock;
use sea_orm::{ConnectionTrait, Database};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_file_gives_space_back() {
    let world = World::on(TestDatabase::sqlite(), RetentionLimits { days: Some(90), ..NONE }).await;
    insert(&world, 0, 20_000).await;
    let full = world.s.store.space().await.unwrap().unwrap();
    assert!(full.gives_back);
    world.pass_days(91);
    assert_eq!(world.sweep().await.runs, 20_000);
    while world.s.store.give_back_some().await.unwrap() {}
    let after = world.s.store.space().await.unwrap().unwrap();
    assert!(after.bytes < full.bytes / 2 && after.free <= 1_000 * 4_096, "{full:?} {after:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_an_earlier_version_is_written_again_once() {
    let database = TestDatabase::sqlite();
    let earlier = Database::connect(format!("{}?mode=rwc", database.url)).await.unwrap();
    earlier.execute_unprepared("CREATE TABLE x (id INTEGER); DROP TABLE x").await.unwrap();
    earlier.close().await.unwrap();
    let store = database.open_migrated(ManualClock::at(0)).await;
    assert!(!store.space().await.unwrap().unwrap().gives_back);
    assert!(!store.give_back_some().await.unwrap());
    store.write_again().await.unwrap();
    store.close().await;
    let store = database.open_migrated(ManualClock::at(0)).await;
    assert!(store.space().await.unwrap().unwrap().gives_back);
}

/// A measurement; takes minutes. `RUNBOARD_ROUNDS` says how many times fifty thousand runs.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement"]
async fn a_file_stops_growing() {
    let rounds = std::env::var("RUNBOARD_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(20);
    let world = World::on(TestDatabase::sqlite(), RetentionLimits { runs: Some(100_000), ..NONE }).await;
    let mut sizes = Vec::new();
    for round in 0..rounds {
        insert(&world, round * 50_000, 50_000).await;
        let began = std::time::Instant::now();
        let swept = world.sweep().await;
        while world.s.store.give_back_some().await.unwrap() {}
        let space = world.s.store.space().await.unwrap().unwrap();
        println!("{} runs in all: {swept:?} in {:?}, {space:?}", (round + 1) * 50_000, began.elapsed());
        sizes.push(space.bytes);
    }
    let (early, last) = (sizes[3], sizes[sizes.len() - 1]);
    assert!(last < early + early / 10, "{sizes:?}");
}

/// Inserts so many runs that have ended, each with a thread, two messages and a step, as rows.
async fn insert(world: &World, from: i64, count: i64) {
    let (agent, now) = (world.agent, world.s.store.now().ms());
    let numbers = format!(
        "WITH RECURSIVE n (i) AS (SELECT {} UNION ALL SELECT i + 1 FROM n WHERE i < {})",
        from + 1_000_001,
        from + 1_000_000 + count
    );
    for sql in [
        format!("{numbers} INSERT INTO threads (id, agent_id, owner_id, kind, title, created_at, updated_at) SELECT i, {agent}, 1, 'task', 'T', {now}, {now} FROM n"),
        format!(
            "{numbers} INSERT INTO agent_runs (id, owner_id, agent_id, thread_id, status, trigger, chat, queued_at, started_at,
                 finished_at, duration_ms, model, ordered_at)
             SELECT i, 1, {agent}, i, 'success', 'api', FALSE, {now}, {now}, {now}, 5, 'demo/quick', {now} FROM n"
        ),
        format!("{numbers} INSERT INTO thread_messages (thread_id, run_id, role, content, created_at) SELECT i, i, 'assistant', 'An answer of some words, as they are.', {now} FROM n"),
        format!(
            "{numbers} INSERT INTO run_steps (run_id, position, kind, name, started_at, input, output)
             SELECT i, 1, 'model_call', 'demo/quick', {now}, 'user: what it was asked', 'An answer of some words, as they are.' FROM n"
        ),
    ] {
        world.execute(&sql).await;
    }
}
