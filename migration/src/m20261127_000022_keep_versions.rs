//! Versions of agents' settings, and which of them a run is executed with, in its row and in the key of its roll-up.
//!
//! An agent's counter of changes is the number of its present version, so it goes on. The settings themselves are written
//! down by the server, which knows how they stand in a version. A run from before is given its agent's version where the
//! agent has not been changed since, and so are the roll-ups of agents that never were; the others' say 0.

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
        let version = "CASE WHEN a.version = 1 AND a.updated_at = a.created_at THEN 1 ELSE 0 END";
        let copy = format!(
            "INSERT INTO run_hours_new (agent_id, hour, trigger, model, version, {SUMS}, durations)
             SELECT h.agent_id, h.hour, h.trigger, h.model, {version}, {SUMS}, h.durations
             FROM run_hours h JOIN agents a ON a.id = h.agent_id"
        );
        rebuild(manager, "version BIGINT NOT NULL,", "agent_id, hour, trigger, model, version", &copy).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // A sum beyond its type stays at the largest number, as those that are in the table do: it would fail otherwise.
        let sum = |name: &str| {
            format!(
                "CAST(CASE WHEN SUM({name} / 4294967296) + SUM({name} % 4294967296) / 4294967296 >= 2147483648
                           THEN 9223372036854775807
                           ELSE SUM({name} / 4294967296) * 4294967296 + SUM({name} % 4294967296) END AS BIGINT)"
            )
        };
        let sums: Vec<_> = SUMS.split(", ").map(sum).collect();
        let durations = match manager.get_database_backend() {
            DbBackend::Sqlite => "CAST(string_agg(durations, '') AS BLOB)",
            _ => "string_agg(durations, CAST('' AS BYTEA))",
        };
        let copy = format!(
            "INSERT INTO run_hours_new (agent_id, hour, trigger, model, {SUMS}, durations)
             SELECT agent_id, hour, trigger, model, {}, {durations} FROM run_hours
             GROUP BY agent_id, hour, trigger, model",
            sums.join(", ")
        );
        rebuild(manager, "", "agent_id, hour, trigger, model", &copy).await?;
        execute(manager, DOWN).await
    }
}

/// Columns of a roll-up that are added up.
const SUMS: &str = "success, error, timeout, interrupted, budget, cancelled, skipped, began, prompt_tokens, \
    cached_tokens, completion_tokens, reasoning_tokens, total_tokens, cost, priced, unpriced, duration_ms";

const UP: &str = "
CREATE TABLE agent_versions (
    agent_id BIGINT NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    -- The agent's `version` while these were its settings.
    number BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    -- The owner who saved it.
    created_by BIGINT NOT NULL,
    note TEXT,
    -- Its changes, in words.
    changes TEXT NOT NULL,
    -- JSON, as REST has them.
    settings TEXT NOT NULL,
    PRIMARY KEY (agent_id, number)
);
-- Null: it is not known.
ALTER TABLE agent_runs ADD COLUMN agent_version BIGINT;
UPDATE agent_runs SET agent_version = (
    SELECT a.version FROM agents a
    WHERE a.id = agent_runs.agent_id
      AND ((a.version = 1 AND a.updated_at = a.created_at) OR agent_runs.queued_at > a.updated_at));
";

const DOWN: &str = "
ALTER TABLE agent_runs DROP COLUMN agent_version;
DROP TABLE agent_versions;
";

/// Makes the table of roll-ups again with another key: SQLite cannot change one in place.
async fn rebuild(manager: &SchemaManager<'_>, column: &str, key: &str, copy: &str) -> Result<(), DbErr> {
    let sums: Vec<_> = SUMS.split(", ").map(|name| format!("{name} BIGINT NOT NULL")).collect();
    let sql = format!(
        "CREATE TABLE run_hours_new (
             agent_id BIGINT NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
             hour BIGINT NOT NULL,
             trigger TEXT NOT NULL CHECK (trigger IN ('manual', 'schedule', 'api')),
             model TEXT NOT NULL,
             {column}
             {},
             durations {{bytes}} NOT NULL,
             PRIMARY KEY ({key})
         ) {{by_key}};
         {copy};
         DROP TABLE run_hours;
         ALTER TABLE run_hours_new RENAME TO run_hours;",
        sums.join(", ")
    );
    execute(manager, &sql).await
}
