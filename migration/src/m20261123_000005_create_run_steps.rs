//! Steps: the model and tool calls inside a run.

statements!(up: UP, down: "DROP TABLE run_steps");

const UP: &str = "
CREATE TABLE run_steps (
    id {id},
    run_id BIGINT NOT NULL REFERENCES agent_runs (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('model_call', 'tool_call')),
    name TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    duration_ms BIGINT CHECK (duration_ms >= 0),
    prompt_tokens BIGINT CHECK (prompt_tokens >= 0),
    cached_tokens BIGINT CHECK (cached_tokens >= 0),
    completion_tokens BIGINT CHECK (completion_tokens >= 0),
    total_tokens BIGINT CHECK (total_tokens >= 0),
    usage_estimated BOOLEAN NOT NULL DEFAULT FALSE,
    total_cost BIGINT CHECK (total_cost >= 0),
    rates TEXT,
    error TEXT,
    UNIQUE (run_id, position)
);
";
