//! Adds requests of runs: input, variables, tags, metadata, and limits of their own. Most runs have none, so their rows
//! hold nothing of it; whole inputs stand in a table that no list reads.
//!
//! Double braces in the instructions of agents that are there already mean nothing, and go on to.

statements!(up: UP, down: DOWN);

const UP: &str = "
-- JSON: a list of words.
ALTER TABLE agents ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';
-- Whether names between double braces in the instructions stand for what a run is given.
ALTER TABLE agents ADD COLUMN templates BOOLEAN NOT NULL DEFAULT TRUE;
UPDATE agents SET templates = FALSE WHERE system_instructions LIKE '%{{%' OR task_instructions LIKE '%{{%';
-- The first 200 characters.
ALTER TABLE agent_runs ADD COLUMN input_preview TEXT;
-- JSON: a list of words, and an object.
ALTER TABLE agent_runs ADD COLUMN tags TEXT;
ALTER TABLE agent_runs ADD COLUMN metadata TEXT;
ALTER TABLE agent_runs ADD COLUMN not_before BIGINT;
ALTER TABLE agent_runs ADD COLUMN trigger_note TEXT;
-- Whether its model is its own, and limits in place of its agent's.
ALTER TABLE agent_runs ADD COLUMN model_overridden BOOLEAN;
ALTER TABLE agent_runs ADD COLUMN run_budget_cost BIGINT CHECK (run_budget_cost > 0);
ALTER TABLE agent_runs ADD COLUMN run_budget_tokens BIGINT CHECK (run_budget_tokens > 0);
CREATE TABLE run_inputs (
    run_id BIGINT NOT NULL PRIMARY KEY REFERENCES agent_runs (id) ON DELETE CASCADE,
    input TEXT,
    -- JSON: an object of texts.
    variables TEXT NOT NULL,
    -- The same for the same input and variables.
    digest {bytes} NOT NULL
);
";

const DOWN: &str = "
DROP TABLE run_inputs;
ALTER TABLE agent_runs DROP COLUMN run_budget_tokens;
ALTER TABLE agent_runs DROP COLUMN run_budget_cost;
ALTER TABLE agent_runs DROP COLUMN model_overridden;
ALTER TABLE agent_runs DROP COLUMN trigger_note;
ALTER TABLE agent_runs DROP COLUMN not_before;
ALTER TABLE agent_runs DROP COLUMN metadata;
ALTER TABLE agent_runs DROP COLUMN tags;
ALTER TABLE agent_runs DROP COLUMN input_preview;
ALTER TABLE agents DROP COLUMN templates;
ALTER TABLE agents DROP COLUMN tags;
";
