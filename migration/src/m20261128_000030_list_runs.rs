//! Indexes for the list of runs over all agents: an owner's runs in the order of their ids, those accepted in a time, and those that
//! neither succeeded nor are under way.

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
        match manager.get_database_backend() {
            DbBackend::Sqlite => execute(manager, UP_SQLITE).await,
            _ => execute(manager, UP_POSTGRES).await,
        }
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        execute(manager, DOWN).await
    }
}

/// Entries of SQLite's indexes are in the order of their ids anyway, and have them.
const UP_SQLITE: &str = "
CREATE INDEX agent_runs_by_owner ON agent_runs (owner_id);
CREATE INDEX agent_runs_by_time ON agent_runs (owner_id, queued_at);
-- Written when a run fails, is stopped or does not happen: successes, which most runs are, cost nothing.
CREATE INDEX agent_runs_trouble ON agent_runs (owner_id, status, id, queued_at, agent_id)
    WHERE status IN ('failed', 'cancelled', 'skipped');
";

const UP_POSTGRES: &str = "
CREATE INDEX agent_runs_by_owner ON agent_runs (owner_id, id);
CREATE INDEX agent_runs_by_time ON agent_runs (owner_id, queued_at, id);
CREATE INDEX agent_runs_trouble ON agent_runs (owner_id, status, id, queued_at, agent_id)
    WHERE status IN ('failed', 'cancelled', 'skipped');
";

const DOWN: &str = "
DROP INDEX agent_runs_trouble;
DROP INDEX agent_runs_by_time;
DROP INDEX agent_runs_by_owner;
";
