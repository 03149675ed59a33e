//! Agents: name, instructions, model, limits, and the counter that orders live updates.

statements!(up: UP, down: "DROP TABLE agents");

const UP: &str = "
CREATE TABLE agents (
    id {id},
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    system_instructions TEXT NOT NULL,
    task_instructions TEXT NOT NULL,
    model TEXT NOT NULL,
    paused BOOLEAN NOT NULL,
    max_concurrent_runs INTEGER NOT NULL CHECK (max_concurrent_runs BETWEEN 1 AND 100),
    timeout_s INTEGER NOT NULL CHECK (timeout_s BETWEEN 1 AND 86400),
    live_seq BIGINT NOT NULL DEFAULT 0,
    deleting_at BIGINT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
";
