//! Adds the columns that pages of agents are found by: the text that is searched, and whether the newest finished run failed.

use crate::execute;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, Statement};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        execute(manager, UP).await?;
        write_search_keys(manager).await?;
        match manager.get_database_backend() {
            DbBackend::Sqlite => execute(manager, INDEX_SQLITE).await,
            _ => execute(manager, INDEX_POSTGRES).await,
        }
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        execute(manager, DOWN).await
    }
}

const UP: &str = "
-- Name, description, model and tags in lower case, each on a line of its own.
ALTER TABLE agents ADD COLUMN search_key TEXT NOT NULL DEFAULT '';
-- The newest run, by its id, that is over, skipped ones included, and whether it failed.
ALTER TABLE agents ADD COLUMN last_ended BIGINT;
ALTER TABLE agents ADD COLUMN last_failed BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE agents SET last_ended = (SELECT r.id FROM agent_runs r
                                WHERE r.agent_id = agents.id AND r.status NOT IN ('queued', 'running')
                                ORDER BY r.id DESC LIMIT 1);
UPDATE agents SET last_failed = EXISTS (SELECT 1 FROM agent_runs r WHERE r.id = agents.last_ended AND r.status = 'failed');
";

const INDEX_SQLITE: &str = "
-- All that decides which agents are on a page, so that their rows, which may have long instructions, are not read for it.
CREATE INDEX agents_listed ON agents (owner_id, last_failed, paused, next_due_at, deleting_at, search_key);
";

/// An entry of PostgreSQL's index has no room for the longest texts.
const INDEX_POSTGRES: &str = "
CREATE INDEX agents_listed ON agents (owner_id, last_failed, paused, next_due_at, deleting_at);
";

const DOWN: &str = "
DROP INDEX agents_listed;
ALTER TABLE agents DROP COLUMN last_failed;
ALTER TABLE agents DROP COLUMN last_ended;
ALTER TABLE agents DROP COLUMN search_key;
";

/// Writes the texts of agents that are there. SQLite by itself knows the lower case of ASCII alone.
async fn write_search_keys(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let backend = db.get_database_backend();
    let select = "SELECT id, name, description, model, tags FROM agents";
    for row in db.query_all_raw(Statement::from_string(backend, select)).await? {
        let line = |column| row.try_get::<String>("", column).map(|text| text.replace('\n', " ").to_lowercase());
        let tags: Vec<String> = serde_json::from_str(&line("tags")?).unwrap_or_default();
        let key = [line("name")?, line("description")?, line("model")?, tags.join(" ")].join("\n");
        let values = [row.try_get::<i64>("", "id")?.into(), key.into()];
        let update = "UPDATE agents SET search_key = $2 WHERE id = $1";
        db.execute_raw(Statement::from_sql_and_values(backend, update, values)).await?;
    }
    Ok(())
}
