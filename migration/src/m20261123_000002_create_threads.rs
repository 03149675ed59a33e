//! Threads: the conversations of an agent.

statements!(up: UP, down: "DROP TABLE threads");

const UP: &str = "
CREATE TABLE threads (
    id {id},
    agent_id BIGINT NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('task', 'chat')),
    title TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX threads_by_agent ON threads (agent_id, id DESC);
";
