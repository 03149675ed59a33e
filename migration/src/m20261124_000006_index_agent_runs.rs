//! Indexes that yield the figures of the last 24 hours by themselves, without a look at each run.

statements!(up: UP, down: DOWN);

const UP: &str = "
DROP INDEX agent_runs_by_start;
CREATE INDEX agent_runs_by_start ON agent_runs (started_at, status);
CREATE INDEX agent_runs_by_end ON agent_runs
    (finished_at, status, failure_kind, duration_ms, total_tokens, prompt_tokens, cached_tokens, total_cost);
";

const DOWN: &str = "
DROP INDEX agent_runs_by_end;
DROP INDEX agent_runs_by_start;
CREATE INDEX agent_runs_by_start ON agent_runs (started_at DESC);
";
