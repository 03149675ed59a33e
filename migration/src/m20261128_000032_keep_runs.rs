//! How long runs are kept: limits of an agent's own, runs that are kept for good, what has been removed, and what a server says of its
//! limits. Before, runs were kept until their agent was deleted.

statements!(up: UP, down: DOWN);

const UP: &str = "
-- Null: as the server has it. 0: for good.
ALTER TABLE agents ADD COLUMN retention_days BIGINT CHECK (retention_days BETWEEN 0 AND 36500);
ALTER TABLE agents ADD COLUMN retention_runs BIGINT CHECK (retention_runs BETWEEN 0 AND 1000000000);
ALTER TABLE agents ADD COLUMN retention_payload_days BIGINT CHECK (retention_payload_days BETWEEN 0 AND 36500);
-- The newest run of it that was removed.
ALTER TABLE agents ADD COLUMN runs_removed_to BIGINT;
-- Since when somebody wants it kept for good.
ALTER TABLE agent_runs ADD COLUMN kept_at BIGINT;
-- Since when what its steps were given and gave is gone.
ALTER TABLE agent_runs ADD COLUMN payloads_removed_at BIGINT;
-- Since when the input and the variables of this row are gone. The row stays: it says that there were some.
ALTER TABLE run_inputs ADD COLUMN removed_at BIGINT;
-- Whether a thread has a run that is kept.
CREATE INDEX agent_runs_kept ON agent_runs (thread_id) WHERE kept_at IS NOT NULL;
-- One row, written by servers.
CREATE TABLE retention (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    -- When a server last looked at the database, on its clock.
    seen_at BIGINT NOT NULL,
    -- Until then nothing is removed, and why.
    grace_until BIGINT,
    grace_reason TEXT CHECK (grace_reason IN ('new', 'unseen')),
    -- The limits of the server that began last. Null: for good.
    days BIGINT,
    runs BIGINT,
    payload_days BIGINT
);
";

const DOWN: &str = "
DROP TABLE retention;
DROP INDEX agent_runs_kept;
ALTER TABLE run_inputs DROP COLUMN removed_at;
ALTER TABLE agent_runs DROP COLUMN payloads_removed_at;
ALTER TABLE agent_runs DROP COLUMN kept_at;
ALTER TABLE agents DROP COLUMN runs_removed_to;
ALTER TABLE agents DROP COLUMN retention_payload_days;
ALTER TABLE agents DROP COLUMN retention_runs;
ALTER TABLE agents DROP COLUMN retention_days;
";
