//! Indexes that yield the figures of the last 24 hours by themselves, without a look at each run.

use crate::execute;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        execute(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        execute(manager, DOWN).await
    }
}

const UP: &str = "
DROP INDEX agent_runs_by_start;
CREATE INDEX agent_runs_by_start ON agent_runs (started_at, status);
CREATE INDEX agent_runs_by_end ON agent_runs
    (finished_at, status, failure_kind, duration_ms, total_tokens, prompt_tokens, cached_tokens, total_cost);
";

const DOWN: &str = "
DROP INDEX agent_runs_by_end;
DROP INDEX agent_runs_by_start;
CREATE INDEX agent_runs_by_start ON agent_runs (started_at DESC);
";
