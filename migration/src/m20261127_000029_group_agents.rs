//! Concurrency groups: agents that share a limit on how many of their runs are executed at once.

statements!(up: UP, down: DOWN);

const UP: &str = "
ALTER TABLE agents ADD COLUMN concurrency_group TEXT;
CREATE INDEX agents_by_group ON agents (owner_id, concurrency_group) WHERE concurrency_group IS NOT NULL;
-- Limits. A group that agents name and that has no row has none.
CREATE TABLE concurrency_groups (
    id {id},
    owner_id BIGINT NOT NULL,
    name TEXT NOT NULL CHECK (name <> ''),
    most INTEGER NOT NULL CHECK (most BETWEEN 1 AND 1000),
    UNIQUE (owner_id, name)
);
";

const DOWN: &str = "
DROP TABLE concurrency_groups;
DROP INDEX agents_by_group;
ALTER TABLE agents DROP COLUMN concurrency_group;
";
