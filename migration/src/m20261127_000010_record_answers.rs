//! Columns for how models' answers ended, what they thought and what their providers want back; bills of providers.

statements!(up: UP, down: DOWN);

const UP: &str = "
-- Why the model stopped writing; of a run, why it did so the last time.
ALTER TABLE run_steps ADD COLUMN finish TEXT;
ALTER TABLE run_steps ADD COLUMN reasoning TEXT;
ALTER TABLE run_steps ADD COLUMN reasoning_cut BOOLEAN NOT NULL DEFAULT FALSE;
-- The model that answered, as its provider calls it.
ALTER TABLE run_steps ADD COLUMN served_model TEXT;
-- The model's own id of a tool call.
ALTER TABLE run_steps ADD COLUMN call_id TEXT;
-- Whether the cost is the provider's own bill.
ALTER TABLE run_steps ADD COLUMN cost_billed BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE agent_runs ADD COLUMN finish TEXT;
ALTER TABLE agent_runs ADD COLUMN cost_billed BOOLEAN NOT NULL DEFAULT FALSE;
-- Data that go back to a provider with the calls of an answer: JSON, and longer than what is kept of a step.
CREATE TABLE run_echoes (
    run_id BIGINT NOT NULL REFERENCES agent_runs (id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    echo TEXT NOT NULL,
    PRIMARY KEY (run_id, step)
);
";

const DOWN: &str = "
DROP TABLE run_echoes;
ALTER TABLE agent_runs DROP COLUMN cost_billed;
ALTER TABLE agent_runs DROP COLUMN finish;
ALTER TABLE run_steps DROP COLUMN cost_billed;
ALTER TABLE run_steps DROP COLUMN call_id;
ALTER TABLE run_steps DROP COLUMN served_model;
ALTER TABLE run_steps DROP COLUMN reasoning_cut;
ALTER TABLE run_steps DROP COLUMN reasoning;
ALTER TABLE run_steps DROP COLUMN finish;
";
