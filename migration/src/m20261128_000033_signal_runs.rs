//! What is out of the ordinary about a run, as bits, and the model that it was served. Of runs that are there already, what their
//! rows say.

statements!(up: UP, down: DOWN);

const UP: &str = "
-- Null where there is nothing. A bit for each: 1 looping, 2 slow, 4 expensive, 8 empty answer, 16 cut, 32 refused, 64 context
-- nearly full, 128 failing tool, 256 other model.
ALTER TABLE agent_runs ADD COLUMN signals INTEGER CHECK (signals BETWEEN 1 AND 32767);
ALTER TABLE agent_runs ADD COLUMN served_model TEXT;
UPDATE agent_runs SET signals = (CASE WHEN looping OR failure_cause = 'loop' THEN 1 ELSE 0 END)
    + (CASE WHEN failure_cause IN ('empty_answer', 'output_limit') THEN 8 ELSE 0 END)
    + (CASE WHEN finish = 'length' OR failure_cause = 'output_limit' THEN 16 ELSE 0 END)
    + (CASE WHEN failure_cause IN ('declined', 'filtered') THEN 32 ELSE 0 END)
    + (CASE WHEN finish = 'context' OR failure_cause = 'context_full' THEN 64 ELSE 0 END)
WHERE looping OR finish IN ('length', 'context')
   OR failure_cause IN ('loop', 'empty_answer', 'output_limit', 'declined', 'filtered', 'context_full');
";

const DOWN: &str = "
ALTER TABLE agent_runs DROP COLUMN served_model;
ALTER TABLE agent_runs DROP COLUMN signals;
";
