//! A run's parent, which nothing ever wrote: a column and an index that each run paid for.

statements!(up: UP, down: DOWN);

const UP: &str = "
DROP INDEX agent_runs_by_parent;
ALTER TABLE agent_runs DROP COLUMN parent_run_id;
";

const DOWN: &str = "
ALTER TABLE agent_runs ADD COLUMN parent_run_id BIGINT REFERENCES agent_runs (id) ON DELETE SET NULL;
CREATE INDEX agent_runs_by_parent ON agent_runs (parent_run_id) WHERE parent_run_id IS NOT NULL;
";
