//! Messages of threads; what a run wrote carries the run's id.

statements!(up: UP, down: "DROP TABLE thread_messages");

const UP: &str = "
CREATE TABLE thread_messages (
    id {id},
    thread_id BIGINT NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    run_id BIGINT REFERENCES agent_runs (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('system', 'user', 'assistant', 'tool')),
    content TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX thread_messages_by_thread ON thread_messages (thread_id, id);
CREATE INDEX thread_messages_by_run ON thread_messages (run_id) WHERE run_id IS NOT NULL;
";
