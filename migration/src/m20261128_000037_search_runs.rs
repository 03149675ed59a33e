//! The words of runs that are over, for searching: one document a run, and the runs whose document is still to be made. Those that
//! are there already are made by the server in the background, the newest first.

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
        let (documents, key) = match manager.get_database_backend() {
            DbBackend::Sqlite => (UP_SQLITE, "INTEGER PRIMARY KEY"),
            _ => (UP_POSTGRES, "BIGINT PRIMARY KEY"),
        };
        execute(manager, documents).await?;
        execute(manager, &UP.replace("{key}", key)).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::Sqlite {
            execute(manager, "DROP TRIGGER run_documents_removed; DROP TABLE run_words;").await?;
        }
        execute(manager, "DROP TABLE run_documents; DROP TABLE run_documents_due;").await
    }
}

/// The index has the words alone: they are made by the server, with blanks between, so that both databases find the same.
const UP_SQLITE: &str = "
CREATE TABLE run_documents (
    run_id INTEGER PRIMARY KEY REFERENCES agent_runs (id) ON DELETE CASCADE,
    -- The texts, compressed: excerpts are made of them.
    zstd BLOB NOT NULL
);
CREATE VIRTUAL TABLE run_words USING fts5(words, content = '', contentless_delete = 1, tokenize = 'ascii');
CREATE TRIGGER run_documents_removed AFTER DELETE ON run_documents BEGIN
    DELETE FROM run_words WHERE rowid = old.run_id;
END;
";

const UP_POSTGRES: &str = "
CREATE TABLE run_documents (
    run_id BIGINT PRIMARY KEY REFERENCES agent_runs (id) ON DELETE CASCADE,
    -- The texts, compressed: excerpts are made of them.
    zstd BYTEA NOT NULL,
    words TSVECTOR NOT NULL
);
-- Without a list of what is still to be sorted in, which each search would read.
CREATE INDEX run_documents_words ON run_documents USING gin (words) WITH (fastupdate = off);
";

const UP: &str = "
CREATE TABLE run_documents_due (
    run_id {key} REFERENCES agent_runs (id) ON DELETE CASCADE,
    owner_id BIGINT NOT NULL,
    -- Raised when what the run has changes before its document is made.
    revision BIGINT NOT NULL DEFAULT 0
);
INSERT INTO run_documents_due (run_id, owner_id) SELECT id, owner_id FROM agent_runs WHERE finished_at IS NOT NULL;
";
