//! How many tokens a model may write in one call of an agent; null leaves it to the provider.

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
ALTER TABLE agents ADD COLUMN max_output_tokens BIGINT CHECK (max_output_tokens BETWEEN 1 AND 1000000);
";

const DOWN: &str = "
ALTER TABLE agents DROP COLUMN max_output_tokens;
";
