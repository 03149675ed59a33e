//! Errors of agents' runs that say the same but for numbers, names and the like, counted together. What has failed before is
//! not in them: they begin with the next run that fails.

statements!(up: UP, down: DOWN);

const UP: &str = "
CREATE TABLE error_groups (
    id {id},
    agent_id BIGINT NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    -- Of kind and message.
    fingerprint TEXT NOT NULL,
    failure_kind TEXT NOT NULL CHECK (failure_kind IN ('error', 'timeout', 'interrupted', 'budget')),
    -- What they have in common.
    message TEXT NOT NULL,
    -- The latest of them, as it is.
    sample TEXT NOT NULL,
    runs BIGINT NOT NULL,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    -- It may be gone.
    last_run_id BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'resolved', 'ignored')),
    state_changed_at BIGINT NOT NULL,
    UNIQUE (agent_id, fingerprint)
);
";

const DOWN: &str = "
DROP TABLE error_groups;
";
