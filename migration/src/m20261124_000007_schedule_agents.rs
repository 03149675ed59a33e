//! Schedules of agents, and that a run stands for a due time once only.

statements!(up: UP, down: DOWN);

const UP: &str = "
ALTER TABLE agents ADD COLUMN schedule TEXT CHECK (length(schedule) BETWEEN 1 AND 200);
ALTER TABLE agents ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'UTC' CHECK (length(time_zone) BETWEEN 1 AND 64);
ALTER TABLE agents ADD COLUMN overlap TEXT NOT NULL DEFAULT 'queue' CHECK (overlap IN ('queue', 'skip'));
ALTER TABLE agents ADD COLUMN catch_up BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE agents ADD COLUMN next_due_at BIGINT
    CHECK (next_due_at IS NULL OR (schedule IS NOT NULL AND NOT paused));
-- The next due times.
CREATE INDEX agents_due ON agents (next_due_at) WHERE next_due_at IS NOT NULL;
-- However many servers look at the same due time, one row comes of it.
CREATE UNIQUE INDEX agent_runs_due ON agent_runs (agent_id, scheduled_for) WHERE scheduled_for IS NOT NULL;
";

const DOWN: &str = "
DROP INDEX agent_runs_due;
DROP INDEX agents_due;
ALTER TABLE agents DROP COLUMN next_due_at;
ALTER TABLE agents DROP COLUMN catch_up;
ALTER TABLE agents DROP COLUMN overlap;
ALTER TABLE agents DROP COLUMN time_zone;
ALTER TABLE agents DROP COLUMN schedule;
";
