//! The tools that each run's model was offered: every set once, compressed, under a digest that runs name. It is not known of
//! runs from before. And an index of an agent's successes, by which the last good run before another one is found.

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
CREATE TABLE tool_sets (
    digest {bytes} NOT NULL PRIMARY KEY,
    zstd {bytes} NOT NULL
);
ALTER TABLE agent_runs ADD COLUMN tools_digest {bytes};
CREATE INDEX agent_runs_good ON agent_runs (agent_id, chat, id) WHERE status = 'success';
";

const DOWN: &str = "
DROP INDEX agent_runs_good;
ALTER TABLE agent_runs DROP COLUMN tools_digest;
DROP TABLE tool_sets;
";
