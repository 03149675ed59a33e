//! Owners of agents, threads and runs: until now all were the local owner's, who has the number 1.
//!
//! Messages, steps and what a run has written have no column of their own: they are found through their thread or run.
//! Names of agents stay free to be used twice.

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
            // SQLite keeps the default that a new column of rows that are there needs.
            DbBackend::Sqlite => Ok(()),
            _ => execute(manager, UP_POSTGRES).await,
        }
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        execute(manager, DOWN).await
    }
}

const UP: &str = "
ALTER TABLE agents ADD COLUMN owner_id BIGINT NOT NULL DEFAULT 1;
ALTER TABLE threads ADD COLUMN owner_id BIGINT NOT NULL DEFAULT 1;
ALTER TABLE agent_runs ADD COLUMN owner_id BIGINT NOT NULL DEFAULT 1;
-- An owner's agents, oldest first.
CREATE INDEX agents_by_owner ON agents (owner_id, id);
-- The figures of the last 24 hours, of one owner.
DROP INDEX agent_runs_by_start;
DROP INDEX agent_runs_by_end;
CREATE INDEX agent_runs_by_start ON agent_runs (owner_id, started_at, status);
CREATE INDEX agent_runs_by_end ON agent_runs
    (owner_id, finished_at, status, failure_kind, duration_ms, total_tokens, prompt_tokens, cached_tokens, total_cost);
";

const UP_POSTGRES: &str = "
-- Whoever inserts a row says whose it is.
ALTER TABLE agents ALTER COLUMN owner_id DROP DEFAULT;
ALTER TABLE threads ALTER COLUMN owner_id DROP DEFAULT;
ALTER TABLE agent_runs ALTER COLUMN owner_id DROP DEFAULT;
";

const DOWN: &str = "
DROP INDEX agent_runs_by_end;
DROP INDEX agent_runs_by_start;
CREATE INDEX agent_runs_by_start ON agent_runs (started_at, status);
CREATE INDEX agent_runs_by_end ON agent_runs
    (finished_at, status, failure_kind, duration_ms, total_tokens, prompt_tokens, cached_tokens, total_cost);
DROP INDEX agents_by_owner;
ALTER TABLE agent_runs DROP COLUMN owner_id;
ALTER TABLE threads DROP COLUMN owner_id;
ALTER TABLE agents DROP COLUMN owner_id;
";
