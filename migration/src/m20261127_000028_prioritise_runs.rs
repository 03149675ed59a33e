//! Priorities of runs, and the order in which an agent's queue is claimed by them.

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
            DbBackend::Sqlite => execute(manager, NEWER).await,
            _ => Ok(()),
        }
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        execute(manager, DOWN).await
    }
}

const UP: &str = "
-- Null: normal.
ALTER TABLE agent_runs ADD COLUMN priority TEXT;
-- The time by which it has its place in its agent's queue: when it was queued, sooner or later by its priority. 0 where
-- it was written by a version without priorities: such a run goes first.
ALTER TABLE agent_runs ADD COLUMN ordered_at BIGINT NOT NULL DEFAULT 0;
UPDATE agent_runs SET ordered_at = queued_at WHERE status = 'queued';
-- Claiming: the queue of each agent in its order.
CREATE INDEX agent_runs_order ON agent_runs (agent_id, ordered_at, id) WHERE status = 'queued';
";

const NEWER: &str = "
-- Of two indexes that seem to serve a query alike SQLite takes the newer one; what only counts needs the narrower. Entries of
-- one time are in the order of their ids anyway.
DROP INDEX agent_runs_order;
CREATE INDEX agent_runs_order ON agent_runs (agent_id, ordered_at) WHERE status = 'queued';
DROP INDEX agent_runs_queue;
CREATE INDEX agent_runs_queue ON agent_runs (agent_id) WHERE status = 'queued';
";

const DOWN: &str = "
DROP INDEX agent_runs_order;
ALTER TABLE agent_runs DROP COLUMN ordered_at;
ALTER TABLE agent_runs DROP COLUMN priority;
";
