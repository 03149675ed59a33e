//! An index of runs that have a signal, which few have, for lists that are narrowed to them.

statements!(up: UP, down: DOWN);

const UP: &str = "
CREATE INDEX agent_runs_signals ON agent_runs (owner_id, id) WHERE signals IS NOT NULL;
";

const DOWN: &str = "
DROP INDEX agent_runs_signals;
";
