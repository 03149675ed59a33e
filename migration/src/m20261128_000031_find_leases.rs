//! The index of what is queued finds the leases in it: a claim counts them, and need not read a long queue for it.

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
            DbBackend::Sqlite => execute(manager, UP).await,
            // There a renewal would have to write every index of a row, were a lease's end in any of them.
            _ => Ok(()),
        }
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        match manager.get_database_backend() {
            DbBackend::Sqlite => execute(manager, DOWN).await,
            _ => Ok(()),
        }
    }
}

const UP: &str = "
DROP INDEX agent_runs_queue;
CREATE INDEX agent_runs_queue ON agent_runs (agent_id, lease_until) WHERE status = 'queued';
";

const DOWN: &str = "
DROP INDEX agent_runs_queue;
CREATE INDEX agent_runs_queue ON agent_runs (agent_id) WHERE status = 'queued';
";
