//! The index of when runs ended, the earlier first: one that grows at its end keeps its pages full, and takes half the room.

statements!(up: UP, down: DOWN);

const UP: &str = "
DROP INDEX agent_runs_by_finish;
CREATE INDEX agent_runs_by_finish ON agent_runs (agent_id, finished_at)
    WHERE finished_at IS NOT NULL AND status <> 'skipped';
";

const DOWN: &str = "
DROP INDEX agent_runs_by_finish;
CREATE INDEX agent_runs_by_finish ON agent_runs (agent_id, finished_at DESC)
    WHERE finished_at IS NOT NULL AND status <> 'skipped';
";
