//! Roll-ups and the figures made of them say what the runs' rows say, whatever has happened.

mod grouped;
mod history;
mod killed;
mod rows;

use crate::support::database::{TestDatabase, on_both};
use crate::support::stage::USAGE;
use crate::support::subject::{Subject, first_step};
use grouped::figures_by_group_and_day_are_those_of_the_rows;
use history::{History, Op};
use migration::{Migrator, MigratorTrait};
use proptest::prelude::*;
use proptest::test_runner::Config;
use runboard::domain::money::NanoDollars;
use runboard::domain::run::Usage;
use runboard::domain::summary::HOUR_MS;
use runboard::server::clock::SystemClock;
use runboard::server::execution::StepEnding;
use runboard::server::store::rollups::Rebuilt;
use runboard::server::store::which::Which;
use sea_orm::{ConnectionTrait, Database};
use std::sync::Arc;

on_both!(
    a_long_history_is_summed_up_as_its_rows_are,
    runs_that_are_deleted_later_stay_on_record,
    yesterday_s_database_is_counted_when_it_is_migrated,
    a_sum_beyond_all_numbers_keeps_no_run_from_ending,
    costs_beyond_all_numbers_keep_no_run_from_being_recovered,
    long_histograms_are_shortened_and_say_the_same,
    figures_by_group_and_day_are_those_of_the_rows,
);

proptest! {
    #![proptest_config(Config { cases: 12, ..Config::default() })]

    #[test]
    fn whatever_happens_the_figures_are_those_of_the_rows(ops in prop::collection::vec(history::op(), 20..60), from in 0..4_usize) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let mut history = History::on(TestDatabase::sqlite(), from).await;
            for ops in ops.chunks(15) {
                history.go(ops).await;
                history.is_summed_up().await;
            }
            history.s.store.rebuild_stats().await.unwrap();
            history.is_summed_up().await;
        });
    }
}

/// One of each, over and over, a little different each time.
fn script(length: u32) -> Vec<Op> {
    (0..length).map(|n| Op { kind: (n * 7 % 20) as u8, arg: n.wrapping_mul(2_654_435_761) >> 8 }).collect()
}

async fn a_long_history_is_summed_up_as_its_rows_are(database: TestDatabase) {
    let mut history = History::on(database, 1).await;
    history.go(&script(190)).await;
    history.is_summed_up().await;
    let before = rows::rolled_up(&history.raw).await;
    history.s.store.rebuild_stats().await.unwrap();
    assert_eq!(rows::rolled_up(&history.raw).await, before);
    history.is_summed_up().await;
    for [outcome, name] in [[0, 1], [2, 3], [5, 6]] {
        let some = |at: usize| before.values().any(|sums| sums[at] > 0);
        assert!(some(outcome) && some(name), "the script has {} and {}", rows::COLUMNS[outcome], rows::COLUMNS[name]);
    }
}

async fn runs_that_are_deleted_later_stay_on_record(database: TestDatabase) {
    let mut history = History::on(database, 0).await;
    history.go(&script(190)).await;
    let before = rows::rolled_up(&history.raw).await;
    let hours: Vec<_> = before.keys().map(|(_, hour, ..)| *hour).collect();
    let (first, last) = (hours.iter().min().unwrap(), hours.iter().max().unwrap());
    assert!(last - first > 3, "{first} to {last}");
    // In the middle of an hour, which is then no longer whole.
    let since = (first + last) / 2 * HOUR_MS + 1_234;
    let raw = &history.raw;
    for sql in [
        format!("DELETE FROM agent_runs WHERE finished_at < {since}"),
        format!("UPDATE agents SET runs_kept_since = {since}"),
        "UPDATE run_hours SET success = success + 100".to_owned(),
    ] {
        raw.execute_unprepared(&sql).await.unwrap();
    }
    let Rebuilt { hours, kept, .. } = history.s.store.rebuild_stats().await.unwrap();
    let after = rows::rolled_up(raw).await;
    let whole = since / HOUR_MS + 1;
    let expected = before.iter().map(|(key, sums)| {
        let mut sums = *sums;
        sums[0] += if key.1 < whole { 100 } else { 0 };
        (key.clone(), sums)
    });
    assert_eq!(after, expected.collect(), "only hours that are whole were counted again");
    assert_eq!(hours, after.len() as u64);
    assert_eq!(kept, after.keys().filter(|(_, hour, ..)| *hour < whole).count() as u64);
}

async fn yesterday_s_database_is_counted_when_it_is_migrated(database: TestDatabase) {
    let mut history = History::on(database, 2).await;
    history.go(&script(120)).await;
    let before = rows::rolled_up(&history.raw).await;
    assert!(!before.is_empty());
    let migrations = Migrator::migrations();
    let counted = migrations.iter().position(|migration| migration.name().ends_with("count_run_hours")).unwrap();
    history.s.store.migrate_down(Some((migrations.len() - counted) as u32)).await.unwrap();
    history.s.store.migrate().await.unwrap();
    // Which version a run had is not known any more where its agent was changed later.
    let after = rows::rolled_up(&history.raw).await;
    assert_eq!(rows::of_all_versions(&after), rows::of_all_versions(&before));
    history.is_summed_up().await;
    // Once: whoever starts next finds them counted.
    history.raw.execute_unprepared("UPDATE run_hours SET success = success + 1").await.unwrap();
    let changed = rows::rolled_up(&history.raw).await;
    history.s.database.open_migrated(Arc::new(SystemClock)).await;
    assert_eq!(rows::rolled_up(&history.raw).await, changed);
}

async fn a_sum_beyond_all_numbers_keeps_no_run_from_ending(database: TestDatabase) {
    let mut history = History::on(database, 0).await;
    history.end_one().await;
    let most = format!("UPDATE run_hours SET cost = {}, total_tokens = {}", i64::MAX - 1, i64::MAX);
    history.raw.execute_unprepared(&most).await.unwrap();
    history.end_one().await;
    let hours = rows::rolled_up(&history.raw).await;
    let [sums] = hours.values().collect::<Vec<_>>()[..] else { panic!("{hours:?}") };
    assert_eq!((sums[0], sums[12], sums[13]), (2, i64::MAX, i64::MAX));

    // Nor anybody from reading: two roll-ups, the sum of a month, rows that are counted one by one.
    history.s.clock.advance(HOUR_MS);
    history.end_one().await;
    let most = i64::MAX;
    for sql in [
        format!("UPDATE run_hours SET cost = {most}, total_tokens = {most}, duration_ms = {most}"),
        format!("UPDATE agent_runs SET total_cost = {most}, total_tokens = {most}, duration_ms = {most}"),
    ] {
        history.raw.execute_unprepared(&sql).await.unwrap();
    }
    let (store, scope, agent) = (&history.s.store, &history.s.scope, history.agents[0]);
    let is_read = async || {
        let summary = store.summary(scope).await.unwrap();
        assert_eq!((summary.cost.0, summary.tokens, summary.succeeded), (most, most, 3));
        let day = store.agent_rows(scope, Which::These(&[agent])).await.unwrap().remove(0).pulse.day;
        assert_eq!(day.cost, Some(NanoDollars(most)));
        let spent = store.spent_this_month(agent, None).await.unwrap();
        assert_eq!((spent.cost.0, spent.tokens), (most, most));
    };
    is_read().await;
    store.rebuild_stats().await.unwrap();
    is_read().await;
    assert_eq!(rows::rolled_up(&history.raw).await.len(), 2, "of two runs, and of one");
    // The hour of the first two is now the one in which the 24 begin.
    history.s.clock.advance(23 * HOUR_MS - 1);
    is_read().await;
}

async fn costs_beyond_all_numbers_keep_no_run_from_being_recovered(database: TestDatabase) {
    let s = Subject::on(database).await;
    let agent = s.agent(5).await;
    let most = Usage { total_cost: Some(NanoDollars(i64::MAX)), total_tokens: Some(i64::MAX), ..USAGE };
    for (is_open, cost) in [(false, Some(NanoDollars(i64::MAX))), (true, None)] {
        let run = s.queue(agent).await;
        let claim = s.store.claim_runs("a", 1, &[]).await.unwrap().remove(0);
        s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
        for position in 1..=2 {
            let end = StepEnding { position, usage: most, ..StepEnding::default() };
            s.store.end_step(&claim, &end, &most).await.unwrap().unwrap();
            if is_open || position == 1 {
                s.store.begin_step(&claim, position + 1, &first_step()).await.unwrap().unwrap();
            }
        }
        s.store.spent_this_month(agent, None).await.unwrap();
        s.store.expire_all_leases().await.unwrap();
        let (change, _) = s.store.interrupt_expired(agent, run).await.unwrap().unwrap();
        assert_eq!((change.run.usage.total_cost, change.run.usage.total_tokens), (cost, Some(i64::MAX)));
    }
    let spent = s.store.spent_this_month(agent, None).await.unwrap();
    assert_eq!((spent.cost.0, spent.has_unknown_cost), (i64::MAX, true));
}

async fn long_histograms_are_shortened_and_say_the_same(database: TestDatabase) {
    let s = Subject::on(database).await;
    let raw = Database::connect(&s.database.url).await.unwrap();
    let mut history = History { s, raw, agents: Vec::new(), running: Vec::new() };
    // One pair of bytes each, of a run that took 0 ms.
    for _ in 0..140 {
        history.end_one().await;
    }
    let row = rows::lengths(&history.raw).await;
    assert!(row[0] < 256, "{row:?}");
    let summary = history.s.store.summary(&history.s.scope).await.unwrap();
    assert_eq!((summary.succeeded, summary.duration.unwrap().p95_ms), (140, 0));
}
