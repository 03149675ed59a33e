//! An index of the leases of what is queued: each claim counts them, and need not read a long queue for it. It has an entry for as
//! long as a run is claimed and has not begun.

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
CREATE INDEX agent_runs_leased ON agent_runs (agent_id, lease_until)
    WHERE status = 'queued' AND lease_until IS NOT NULL;
";

const DOWN: &str = "DROP INDEX agent_runs_leased;";
