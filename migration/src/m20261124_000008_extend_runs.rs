//! Columns for the loop of model and tool calls: limits and tools of agents, payloads and tries of steps, how a stop
//! went.

statements!(up: UP, down: DOWN);

const UP: &str = "
ALTER TABLE agents ADD COLUMN max_steps INTEGER NOT NULL DEFAULT 25 CHECK (max_steps BETWEEN 1 AND 200);
-- JSON: a list of picks.
ALTER TABLE agents ADD COLUMN tools TEXT NOT NULL DEFAULT '[]';
ALTER TABLE agents ADD COLUMN run_budget_cost BIGINT CHECK (run_budget_cost > 0);
ALTER TABLE agents ADD COLUMN run_budget_tokens BIGINT CHECK (run_budget_tokens > 0);
ALTER TABLE agents ADD COLUMN month_budget_cost BIGINT CHECK (month_budget_cost > 0);
ALTER TABLE agents ADD COLUMN month_budget_tokens BIGINT CHECK (month_budget_tokens > 0);
ALTER TABLE agents ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE agent_runs ADD COLUMN reasoning_tokens BIGINT CHECK (reasoning_tokens >= 0);
ALTER TABLE agent_runs ADD COLUMN cancel_acknowledged_at BIGINT;
ALTER TABLE agent_runs ADD COLUMN cost_after_stop BIGINT CHECK (cost_after_stop >= 0);
ALTER TABLE agent_runs ADD COLUMN looping BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE run_steps ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
ALTER TABLE run_steps ADD COLUMN reasoning_tokens BIGINT CHECK (reasoning_tokens >= 0);
ALTER TABLE run_steps ADD COLUMN input TEXT;
ALTER TABLE run_steps ADD COLUMN input_cut BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE run_steps ADD COLUMN output TEXT;
ALTER TABLE run_steps ADD COLUMN output_cut BOOLEAN NOT NULL DEFAULT FALSE;
-- JSON: a list of what failed and was repeated.
ALTER TABLE run_steps ADD COLUMN tries TEXT NOT NULL DEFAULT '[]';
-- The output of a model call so far, piece by piece; gone once its step is over.
CREATE TABLE run_output (
    run_id BIGINT NOT NULL REFERENCES agent_runs (id) ON DELETE CASCADE,
    step INTEGER NOT NULL,
    -- Bytes of UTF-8 before this piece.
    start BIGINT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (run_id, step, start)
);
-- An agent's usage of a month.
CREATE INDEX agent_runs_by_month ON agent_runs (agent_id, started_at, total_cost, total_tokens);
-- An agent's latest successes.
CREATE INDEX agent_runs_successes ON agent_runs (agent_id, id DESC) WHERE status = 'success';
";

const DOWN: &str = "
DROP INDEX agent_runs_successes;
DROP INDEX agent_runs_by_month;
DROP TABLE run_output;
ALTER TABLE run_steps DROP COLUMN tries;
ALTER TABLE run_steps DROP COLUMN output_cut;
ALTER TABLE run_steps DROP COLUMN output;
ALTER TABLE run_steps DROP COLUMN input_cut;
ALTER TABLE run_steps DROP COLUMN input;
ALTER TABLE run_steps DROP COLUMN reasoning_tokens;
ALTER TABLE run_steps DROP COLUMN revision;
ALTER TABLE agent_runs DROP COLUMN looping;
ALTER TABLE agent_runs DROP COLUMN cost_after_stop;
ALTER TABLE agent_runs DROP COLUMN cancel_acknowledged_at;
ALTER TABLE agent_runs DROP COLUMN reasoning_tokens;
ALTER TABLE agents DROP COLUMN version;
ALTER TABLE agents DROP COLUMN month_budget_tokens;
ALTER TABLE agents DROP COLUMN month_budget_cost;
ALTER TABLE agents DROP COLUMN run_budget_tokens;
ALTER TABLE agents DROP COLUMN run_budget_cost;
ALTER TABLE agents DROP COLUMN tools;
ALTER TABLE agents DROP COLUMN max_steps;
";
