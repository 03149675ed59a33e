//! Indexes of runs that nothing needs any more, and smaller ones in place of others: each is written with every run.
//!
//! The figures of the last 24 hours and of a month come from roll-ups; what holds leases is found by what is queued and
//! running; what is normal for an agent is looked for among its newest runs.

use crate::execute;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        execute(manager, UP).await?;
        match manager.get_database_backend() {
            DbBackend::Sqlite => execute(manager, UP_SQLITE).await,
            _ => Ok(()),
        }
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::Sqlite {
            execute(manager, DOWN_SQLITE).await?;
        }
        execute(manager, DOWN).await
    }
}

const UP: &str = "
DROP INDEX agent_runs_by_start;
DROP INDEX agent_runs_by_end;
DROP INDEX agent_runs_by_month;
DROP INDEX agent_runs_leases;
DROP INDEX agent_runs_successes;
DROP INDEX agent_runs_by_finish;
-- The last run of an agent that ended, and those that ended in an hour. Rows of skipped runs may be many, and are asked for
-- by nobody.
CREATE INDEX agent_runs_by_finish ON agent_runs (agent_id, finished_at DESC)
    WHERE finished_at IS NOT NULL AND status <> 'skipped';
";

const UP_SQLITE: &str = "
-- Entries of one agent are in the order of their ids anyway, and have them.
DROP INDEX agent_runs_by_agent;
CREATE INDEX agent_runs_by_agent ON agent_runs (agent_id);
DROP INDEX threads_by_agent;
CREATE INDEX threads_by_agent ON threads (agent_id);
-- Of two indexes that seem to serve a query alike SQLite takes the newer one: these must be newer than that of all runs,
-- and no wider.
DROP INDEX agent_runs_queue;
CREATE INDEX agent_runs_queue ON agent_runs (agent_id) WHERE status = 'queued';
DROP INDEX agent_runs_running;
CREATE INDEX agent_runs_running ON agent_runs (agent_id) WHERE status = 'running';
";

const DOWN_SQLITE: &str = "
DROP INDEX agent_runs_by_agent;
CREATE INDEX agent_runs_by_agent ON agent_runs (agent_id, id DESC);
DROP INDEX threads_by_agent;
CREATE INDEX threads_by_agent ON threads (agent_id, id DESC);
DROP INDEX agent_runs_queue;
CREATE INDEX agent_runs_queue ON agent_runs (agent_id, id) WHERE status = 'queued';
DROP INDEX agent_runs_running;
CREATE INDEX agent_runs_running ON agent_runs (agent_id) WHERE status = 'running';
";

const DOWN: &str = "
DROP INDEX agent_runs_by_finish;
CREATE INDEX agent_runs_by_finish ON agent_runs (agent_id, finished_at DESC);
CREATE INDEX agent_runs_successes ON agent_runs (agent_id, id DESC) WHERE status = 'success';
CREATE INDEX agent_runs_leases ON agent_runs (lease_owner, lease_until) WHERE status IN ('queued', 'running');
CREATE INDEX agent_runs_by_month ON agent_runs (agent_id, started_at, total_cost, total_tokens);
CREATE INDEX agent_runs_by_end ON agent_runs
    (owner_id, finished_at, status, failure_kind, duration_ms, total_tokens, prompt_tokens, cached_tokens, total_cost);
CREATE INDEX agent_runs_by_start ON agent_runs (owner_id, started_at, status);
";
