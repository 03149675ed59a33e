//! Requests for one owner's rows are served from the indexes that are there, and read nobody else's.

use super::*;
use crate::domain::id::{OwnerId, RunId, ThreadId};
use crate::server::entity::{agent, run, thread};
use crate::server::store::scope::Owned;
use crate::server::store::{agents, rows, runs, summary};
use migration::{Migrator, MigratorTrait};
use sea_orm::{Database, DatabaseConnection, QueryFilter, QueryOrder, QueryTrait, Select};

/// Returns SQLite's plan for a statement, line by line.
async fn plan(db: &DatabaseConnection, sql: &str) -> String {
    let explain = Statement::from_string(DbBackend::Sqlite, format!("EXPLAIN QUERY PLAN {sql}"));
    let lines = db.query_all_raw(explain).await.unwrap();
    lines.iter().map(|line| line.try_get::<String>("", "detail").unwrap()).collect::<Vec<_>>().join("\n")
}

fn select<E: EntityTrait>(select: Select<E>) -> String {
    select.build(DbBackend::Sqlite).to_string()
}

/// Returns a statement with its parameters spelled out.
fn spelled(sql: &str) -> String {
    let named = [(":owner", "1"), (":only", "NULL"), (":since", "7"), (":agent", "2"), (":run", "3"), (":limit", "20")];
    let numbered = [("$1", "7"), ("$2", "1"), ("$3", "1")];
    named.iter().chain(&numbered).fold(sql.to_owned(), |sql, (name, value)| sql.replace(name, value))
}

#[tokio::test]
async fn an_owner_s_rows_are_read_by_index() {
    let db = Database::connect("sqlite::memory:").await.unwrap();
    Migrator::up(&db, None).await.unwrap();
    let scope = &Scope::of(OwnerId::LOCAL);
    let by_id = "USING INTEGER PRIMARY KEY";
    let hours = summary::HOURS_SQL.replace("$2", "3600000");
    let retries = run::Entity::owned(scope).filter(run::Column::RetryOf.eq(RunId(1))).order_by_desc(run::Column::Id);
    for (sql, found) in [
        (spelled(agents::AGENTS), "agents_by_owner"),
        (spelled(agents::LAST_RUNS), "agents_by_owner"),
        (spelled(agents::CONTENTS), by_id),
        (spelled(rows::HEADS), "agents_by_owner"),
        (spelled(rows::FIGURES), "agents_by_owner"),
        (spelled(runs::NEWEST), "agent_runs_by_agent"),
        (spelled(runs::COUNTS), "SEARCH agent_runs USING INDEX agent_runs_by_month (agent_id=?)"),
        (spelled(runs::STEPS), by_id),
        (spelled(&hours), "COVERING INDEX agent_runs_by_start (owner_id=? AND started_at>?)"),
        (spelled(summary::TOTALS_SQL), "COVERING INDEX agent_runs_by_end (owner_id=? AND finished_at>?)"),
        (spelled(summary::DURATIONS_SQL), "COVERING INDEX agent_runs_by_end (owner_id=? AND finished_at>?)"),
        (select(agent::Entity::owned(scope).filter(agent::Column::Id.eq(AgentId(1)))), by_id),
        (select(thread::Entity::owned(scope).filter(thread::Column::Id.eq(ThreadId(1)))), by_id),
        (select(run::Entity::owned(scope).filter(run::Column::Id.eq(RunId(1)))), by_id),
        (select(retries), "agent_runs_by_retry"),
    ] {
        let plan = plan(&db, &sql).await;
        assert!(plan.contains(found), "{sql}\n{plan}");
        for table in ["agents", "a", "agent_runs", "r", "threads", "run_steps"] {
            let scans = |line: &str| line.ends_with(&format!("SCAN {table}"));
            assert!(!plan.lines().any(scans), "{sql}\n{plan}");
        }
    }
}
