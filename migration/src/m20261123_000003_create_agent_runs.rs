//! Runs. This table is the queue as well: a queued row is claimed by leasing it.

statements!(up: UP, down: "DROP TABLE agent_runs");

const UP: &str = "
CREATE TABLE agent_runs (
    id {id},
    agent_id BIGINT NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    thread_id BIGINT NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'success', 'failed', 'cancelled', 'skipped')),
    trigger TEXT NOT NULL CHECK (trigger IN ('manual', 'schedule', 'api')),
    chat BOOLEAN NOT NULL,
    queued_at BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT,
    duration_ms BIGINT CHECK (duration_ms >= 0),
    model TEXT NOT NULL,
    input_message_id BIGINT,
    prompt_tokens BIGINT CHECK (prompt_tokens >= 0),
    cached_tokens BIGINT CHECK (cached_tokens >= 0),
    completion_tokens BIGINT CHECK (completion_tokens >= 0),
    total_tokens BIGINT CHECK (total_tokens >= 0),
    usage_estimated BOOLEAN NOT NULL DEFAULT FALSE,
    total_cost BIGINT CHECK (total_cost >= 0),
    error TEXT,
    failure_kind TEXT CHECK (failure_kind IN ('error', 'timeout', 'interrupted', 'budget')),
    skip_reason TEXT CHECK (skip_reason IN ('missed', 'overlap', 'budget')),
    scheduled_for BIGINT,
    retry_of BIGINT REFERENCES agent_runs (id) ON DELETE SET NULL,
    root_run_id BIGINT REFERENCES agent_runs (id) ON DELETE SET NULL,
    parent_run_id BIGINT REFERENCES agent_runs (id) ON DELETE SET NULL,
    attempt INTEGER NOT NULL DEFAULT 0,
    lease_owner TEXT,
    lease_until BIGINT,
    cancel_requested_at BIGINT,
    CHECK ((status = 'failed') = (failure_kind IS NOT NULL)),
    CHECK ((status = 'skipped') = (skip_reason IS NOT NULL)),
    CHECK ((status IN ('queued', 'running')) = (finished_at IS NULL))
);
-- The newest runs of an agent: ids follow creation, and a queued run has no started_at.
CREATE INDEX agent_runs_by_agent ON agent_runs (agent_id, id DESC);
-- Time ranges across agents.
CREATE INDEX agent_runs_by_start ON agent_runs (started_at DESC);
-- Rates of the last 24 hours.
CREATE INDEX agent_runs_by_finish ON agent_runs (agent_id, finished_at DESC);
-- Claiming: the queue of each agent, oldest first.
CREATE INDEX agent_runs_queue ON agent_runs (agent_id, id) WHERE status = 'queued';
-- Leases: what a process holds, and what has expired.
CREATE INDEX agent_runs_leases ON agent_runs (lease_owner, lease_until) WHERE status IN ('queued', 'running');
CREATE INDEX agent_runs_running ON agent_runs (agent_id) WHERE status = 'running';
-- Foreign keys, so that deleting looks nothing up row by row.
CREATE INDEX agent_runs_by_thread ON agent_runs (thread_id);
CREATE INDEX agent_runs_by_retry ON agent_runs (retry_of) WHERE retry_of IS NOT NULL;
CREATE INDEX agent_runs_by_root ON agent_runs (root_run_id) WHERE root_run_id IS NOT NULL;
CREATE INDEX agent_runs_by_parent ON agent_runs (parent_run_id) WHERE parent_run_id IS NOT NULL;
";
