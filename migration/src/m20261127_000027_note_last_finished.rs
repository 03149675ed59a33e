//! Whether an agent's last run failed, noted again by the run that ended last, skipped ones left out. It was noted by the newest
//! run until now, and skipped ones hid a failure from the list of agents that need attention.

use crate::execute;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        execute(manager, UP).await
    }

    /// The notes are right for older releases too, until the next run ends.
    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Ok(())
    }
}

const UP: &str = "
UPDATE agents SET last_ended = (SELECT r.id FROM agent_runs r
                                WHERE r.agent_id = agents.id AND r.finished_at IS NOT NULL AND r.status <> 'skipped'
                                ORDER BY r.finished_at DESC, r.id DESC LIMIT 1);
UPDATE agents SET last_failed = EXISTS (SELECT 1 FROM agent_runs r WHERE r.id = agents.last_ended AND r.status = 'failed');
";
