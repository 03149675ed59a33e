//! Nothing is removed from a database that may be a copy of some time ago, or by a clock that may be wrong.

use super::{NONE, World};
use crate::support::database::{TestDatabase, on_both};
use runboard::domain::retention::{DAY_MS, GraceReason, RetentionLimits};

on_both!(a_database_has_a_week_after_it_was_new_or_not_seen, a_server_writes_its_limits_down);

async fn a_database_has_a_week_after_it_was_new_or_not_seen(database: TestDatabase) {
    let world = World::on(database, RetentionLimits { days: Some(1), ..NONE }).await;
    world.end_one().await;
    for day in 0..7 {
        world.retention.round().await.unwrap();
        let grace = world.retention.grace().await.unwrap().map(|grace| grace.reason);
        assert_eq!((world.runs().await.len(), grace), (1, Some(GraceReason::New)), "day {day}");
        world.pass_days(1);
    }
    world.retention.round().await.unwrap();
    assert!(world.runs().await.is_empty() && world.retention.grace().await.unwrap().is_none());

    world.end_one().await;
    world.s.clock.jump(100 * DAY_MS);
    world.retention.round().await.unwrap();
    let grace = world.retention.grace().await.unwrap().unwrap();
    assert_eq!((world.runs().await.len(), grace.reason), (1, GraceReason::Unseen));
    // Put right, the clock has cost a week of keeping and nothing else.
    world.s.clock.jump(-100 * DAY_MS);
    world.retention.round().await.unwrap();
    assert_eq!(world.runs().await.len(), 1);
    assert!(world.retention.grace().await.unwrap().unwrap().until.ms() <= world.s.store.now().ms() + 7 * DAY_MS);
}

async fn a_server_writes_its_limits_down(database: TestDatabase) {
    let limits = RetentionLimits { days: Some(5), runs: None, payload_days: Some(3) };
    let world = World::on(database, limits).await;
    assert!(world.s.store.retention_record().await.unwrap().is_none());
    world.retention.round().await.unwrap();
    assert_eq!(world.s.store.retention_record().await.unwrap().unwrap().limits, limits);
}
