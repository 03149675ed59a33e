//! Runs go when they have had their time, with all that they have, and nothing else goes.

mod chats;
mod doors;
mod grace;
mod payloads;
mod prune;
mod space;

use crate::support::database::{TestDatabase, on_both};
use crate::support::subject::{Subject, ending, first_step};
use runboard::domain::id::{AgentId, RunId};
use runboard::domain::request::RunRequest;
use runboard::domain::retention::{DAY_MS, RetentionLimits};
use runboard::domain::run::Trigger;
use runboard::server::retention::{Retention, Swept};
use runboard::server::runs::events::{EventBus, EventKind};
use runboard::server::store::endings::Verdict;
use runboard::server::store::scope::Scope;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use serde_json::Value;

on_both!(
    old_runs_go_with_all_they_have,
    of_each_agent_the_newest_are_kept,
    a_run_that_is_kept_or_under_way_stays,
    an_agent_s_own_limits_go_before_the_server_s,
    what_is_changed_before_a_batch_counts_in_it,
    figures_stay_right_after_runs_are_gone,
    removing_nothing_is_no_change_and_removing_some_is_one,
    what_would_go_is_what_goes,
);

/// A database with one agent, and whoever prunes it.
pub struct World {
    pub s: Subject,
    pub retention: Retention,
    pub events: EventBus,
    pub raw: DatabaseConnection,
    pub agent: AgentId,
}

pub const NONE: RetentionLimits = RetentionLimits::NONE;

impl World {
    pub async fn on(database: TestDatabase, limits: RetentionLimits) -> Self {
        let s = Subject::on(database).await;
        let raw = Database::connect(s.database.url.clone()).await.unwrap();
        let (agent, events) = (s.agent(50).await, EventBus::default());
        let retention = Retention::new(s.store.clone(), events.clone(), limits);
        Self { s, retention, events, raw, agent }
    }

    pub fn pass_days(&self, days: i64) {
        self.s.clock.advance(days * DAY_MS);
    }

    pub fn scope(&self) -> &Scope {
        &self.s.scope
    }

    /// Ends whatever is queued, successfully.
    pub async fn end_all(&self) {
        for claim in self.s.store.claim_runs("a", 50, &[]).await.unwrap() {
            self.s.store.mark_running(&claim, &first_step()).await.unwrap().unwrap();
            self.s.store.end_run(&claim, &ending(Verdict::Success)).await.unwrap().unwrap();
        }
    }

    /// Starts a run with an input, and ends it.
    pub async fn end_one(&self) -> RunId {
        let request = RunRequest { input: Some("Look at this.".to_owned()), ..RunRequest::default() };
        let started = self.s.store.create_task_run_with(self.scope(), self.agent, Trigger::Api, &request).await;
        let run = started.unwrap().run.id;
        self.end_all().await;
        run
    }

    pub async fn end_some(&self, count: usize) -> Vec<RunId> {
        let mut runs = Vec::new();
        for _ in 0..count {
            runs.push(self.end_one().await);
        }
        runs
    }

    pub async fn sweep(&self) -> Swept {
        self.retention.sweep(self.s.store.now(), None).await.unwrap()
    }

    /// Returns the runs that are there.
    pub async fn runs(&self) -> Vec<RunId> {
        let rows = self.rows("SELECT id AS value FROM agent_runs ORDER BY id").await;
        rows.into_iter().map(RunId).collect()
    }

    pub async fn rows(&self, sql: &str) -> Vec<i64> {
        let rows = self.raw.query_all_raw(Statement::from_string(self.raw.get_database_backend(), sql)).await.unwrap();
        rows.iter().map(|row| row.try_get("", "value").unwrap()).collect()
    }

    pub async fn count(&self, table: &str) -> i64 {
        self.rows(&format!("SELECT COUNT(*) AS value FROM {table}")).await[0]
    }

    pub async fn execute(&self, sql: &str) {
        self.raw.execute_unprepared(sql).await.unwrap();
    }

    pub async fn seq(&self) -> i64 {
        self.s.store.live_seq(self.scope(), self.agent).await.unwrap()
    }
}

async fn old_runs_go_with_all_they_have(database: TestDatabase) {
    let world = World::on(database, RetentionLimits { days: Some(90), ..NONE }).await;
    let old = world.end_some(3).await;
    let bytes = if world.raw.get_database_backend() == DbBackend::Postgres { "BYTEA" } else { "BLOB" };
    let payloads = format!(
        "INSERT INTO step_payloads (run_id, step, side, zstd) SELECT id, 1, 'input', CAST('x' AS {bytes}) FROM agent_runs"
    );
    world.execute(&payloads).await;
    world.execute("INSERT INTO run_echoes (run_id, step, echo) SELECT id, 1, '{}' FROM agent_runs").await;
    world.pass_days(89);
    let young = world.end_one().await;
    assert_eq!(world.sweep().await.runs, 0, "not yet old");
    world.pass_days(2);
    assert_eq!(world.sweep().await, Swept { runs: 3, payloads: 0, is_cut: false });
    assert_eq!(world.runs().await, [young]);
    for (table, rows) in [
        ("threads", 1),
        ("run_steps", 1),
        ("run_inputs", 1),
        ("step_payloads", 0),
        ("run_echoes", 0),
        ("run_output", 0),
    ] {
        assert_eq!(world.count(table).await, rows, "{table}");
    }
    let gone = world.s.store.run(world.scope(), old[0]).await.unwrap_err();
    let gone = runboard::error::AppError::from(gone);
    assert!(gone.detail.contains("may have been removed"), "{gone}");
    let never = runboard::error::AppError::from(world.s.store.run(world.scope(), RunId(999)).await.unwrap_err());
    assert!(!never.detail.contains("removed"), "{never}");
}

async fn of_each_agent_the_newest_are_kept(database: TestDatabase) {
    let world = World::on(database, RetentionLimits { runs: Some(2), ..NONE }).await;
    let runs = world.end_some(5).await;
    assert_eq!(world.sweep().await.runs, 3);
    assert_eq!(world.runs().await, runs[3..]);
    // It is known by now how many more there may be.
    assert_eq!(world.sweep().await.runs, 0);
    let more = world.end_some(2).await;
    assert_eq!(world.sweep().await.runs, 2);
    assert_eq!(world.runs().await, more);
}

async fn a_run_that_is_kept_or_under_way_stays(database: TestDatabase) {
    let limits = RetentionLimits { days: Some(1), runs: Some(1), payload_days: Some(1) };
    let world = World::on(database, limits).await;
    let (kept, _) = (world.end_one().await, world.end_one().await);
    let queued = world.s.queue(world.agent).await;
    let change = world.s.store.keep_run(world.scope(), kept, true).await.unwrap().unwrap();
    assert_eq!(change.run.kept_at, Some(world.s.store.now()));
    assert!(world.s.store.keep_run(world.scope(), kept, true).await.unwrap().is_none(), "it is kept already");
    world.pass_days(100);
    assert_eq!(world.sweep().await, Swept { runs: 1, payloads: 0, is_cut: false });
    assert_eq!(world.runs().await, [kept, queued]);
    assert_eq!(world.count("run_inputs WHERE removed_at IS NULL").await, 1, "its payloads stay too");
    world.s.store.keep_run(world.scope(), kept, false).await.unwrap().unwrap();
    assert_eq!(world.sweep().await.runs, 1);
    assert_eq!(world.runs().await, [queued]);
}

async fn an_agent_s_own_limits_go_before_the_server_s(database: TestDatabase) {
    let world = World::on(database, RetentionLimits { days: Some(90), runs: Some(4), payload_days: None }).await;
    let runs = world.end_some(4).await;
    world.pass_days(91);
    world.execute("UPDATE agents SET retention_days = 0").await;
    assert_eq!(world.sweep().await.runs, 0, "for good");
    world.execute("UPDATE agents SET retention_runs = 1").await;
    assert_eq!(world.sweep().await.runs, 3);
    assert_eq!(world.runs().await, runs[3..]);
    world.execute("UPDATE agents SET retention_days = 90").await;
    assert_eq!(world.sweep().await.runs, 1);
}

async fn what_is_changed_before_a_batch_counts_in_it(database: TestDatabase) {
    let limits = RetentionLimits { days: Some(90), runs: Some(1), payload_days: Some(30) };
    let world = World::on(database, limits).await;
    let runs = world.end_some(2).await;
    world.pass_days(91);
    let store = &world.s.store;
    let agent = &store.agents_to_prune(AgentId(0), 10).await.unwrap()[0];
    let bounds = &store.retention_bounds(agent, limits, store.now(), false).await.unwrap();
    let found = store.retention_candidates(agent, bounds, (RunId(0), bounds.upto)).await.unwrap();
    assert_eq!(found.threads.len(), 2);
    let remove = async || store.remove_old_threads(agent, limits, bounds, &found.threads).await.unwrap();
    let strip = async || store.remove_old_payloads(agent, limits, bounds, &runs).await.unwrap();

    world.execute("UPDATE agents SET retention_days = 100, retention_payload_days = 0, retention_runs = 7").await;
    assert!(remove().await.is_none() && strip().await.is_none(), "the agent's limits were raised");
    world
        .execute("UPDATE agents SET retention_days = NULL, retention_runs = NULL, retention_payload_days = NULL")
        .await;
    for run in &runs {
        store.keep_run(world.scope(), *run, true).await.unwrap();
    }
    assert!(remove().await.is_none() && strip().await.is_none(), "somebody keeps them");
    store.keep_run(world.scope(), runs[0], false).await.unwrap();
    assert_eq!(remove().await.unwrap().removed.unwrap().runs, 1);
    assert_eq!(world.runs().await, runs[1..]);
}

async fn figures_stay_right_after_runs_are_gone(database: TestDatabase) {
    let world = World::on(database, RetentionLimits { days: Some(90), ..NONE }).await;
    world.end_some(3).await;
    world.pass_days(100);
    world.end_one().await;
    let store = &world.s.store;
    let before = store.run_counts(world.scope(), world.agent).await.unwrap();
    let spent = world.rows("SELECT CAST(SUM(cost) AS BIGINT) AS value FROM run_hours").await;
    assert_eq!(world.sweep().await.runs, 3);
    for _ in 0..2 {
        assert_eq!(store.run_counts(world.scope(), world.agent).await.unwrap(), before);
        assert_eq!(world.rows("SELECT CAST(SUM(cost) AS BIGINT) AS value FROM run_hours").await, spent);
        // Hours whose runs are gone are left as they were.
        store.rebuild_stats().await.unwrap();
    }
}

async fn removing_nothing_is_no_change_and_removing_some_is_one(database: TestDatabase) {
    let world = World::on(database, RetentionLimits { days: Some(90), ..NONE }).await;
    world.end_some(3).await;
    let (before, mut events) = (world.seq().await, world.events.subscribe());
    world.sweep().await;
    assert_eq!(world.seq().await, before);
    assert!(events.try_recv().is_err());
    world.pass_days(91);
    world.sweep().await;
    assert_eq!(world.seq().await, before + 1, "one for all three");
    let event = events.try_recv().unwrap();
    assert_eq!((event.agent, event.seq), (world.agent, before + 1));
    assert!(matches!(event.kind, EventKind::RunsChanged) && events.try_recv().is_err());
}

async fn what_would_go_is_what_goes(database: TestDatabase) {
    let limits = RetentionLimits { days: Some(90), runs: None, payload_days: Some(30) };
    let world = World::on(database, limits).await;
    world.end_some(3).await;
    world.pass_days(50);
    let middle = world.end_some(2).await;
    world.pass_days(45);
    world.end_one().await;
    let kept = world.s.store.keep_run(world.scope(), middle[0], true).await.unwrap();
    assert!(kept.is_some());
    let status = world.retention.status(world.scope()).await.unwrap();
    let said = serde_json::to_value(&status).unwrap();
    assert_eq!((&said["due"]["runs"], &said["due"]["payloads"]), (&Value::from(3), &Value::from(1)), "{said}");
    assert_eq!(said["due"]["agents"][0]["agent_name"], "Test");
    assert_eq!(said["limits"]["days"], 90);
    assert_eq!(world.sweep().await, Swept { runs: 3, payloads: 1, is_cut: false });
    let after = world.retention.status(world.scope()).await.unwrap();
    assert_eq!((after.due.runs, after.due.payloads, after.due.is_more), (0, 0, false));
}
