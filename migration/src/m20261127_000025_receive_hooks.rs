//! Webhooks of agents, what arrived at them, and which of them a run came through. What arrived stands apart from the list of
//! what came of it.

statements!(up: UP, down: DOWN);

const UP: &str = "
CREATE TABLE hooks (
    id {id},
    agent_id BIGINT NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    name TEXT NOT NULL CHECK (name <> ''),
    -- SHA-256 of the token in its address.
    token_hash {bytes} NOT NULL,
    -- JSON.
    verification TEXT NOT NULL,
    -- As the sender has it: signatures cannot be checked with less.
    secret TEXT,
    -- JSON: a list of conditions, and an object of places.
    filter TEXT NOT NULL,
    map TEXT NOT NULL,
    rate_per_minute BIGINT NOT NULL CHECK (rate_per_minute > 0),
    enabled BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    last_delivery_at BIGINT
);
CREATE UNIQUE INDEX hooks_token ON hooks (token_hash);
CREATE INDEX hooks_of_agent ON hooks (agent_id, id);
CREATE TABLE hook_deliveries (
    id {id},
    hook_id BIGINT NOT NULL REFERENCES hooks (id) ON DELETE CASCADE,
    received_at BIGINT NOT NULL,
    -- The sender's.
    delivery_id TEXT,
    outcome TEXT NOT NULL CHECK (outcome IN ('accepted', 'filtered', 'refused')),
    status INTEGER NOT NULL,
    detail TEXT,
    -- They go together, with their agent.
    run_id BIGINT,
    replay_of BIGINT,
    repeats BIGINT NOT NULL DEFAULT 0,
    -- Length of the body.
    bytes BIGINT NOT NULL,
    CHECK ((outcome = 'accepted') = (run_id IS NOT NULL))
);
CREATE INDEX hook_deliveries_of_hook ON hook_deliveries (hook_id, id);
CREATE INDEX hook_deliveries_age ON hook_deliveries (received_at);
-- One delivery starts one run.
CREATE UNIQUE INDEX hook_deliveries_once ON hook_deliveries (hook_id, delivery_id) WHERE outcome = 'accepted';
CREATE TABLE hook_payloads (
    delivery BIGINT NOT NULL PRIMARY KEY REFERENCES hook_deliveries (id) ON DELETE CASCADE,
    -- JSON: a list of names and values.
    headers TEXT NOT NULL,
    -- The body, compressed.
    zstd {bytes} NOT NULL
);
ALTER TABLE agent_runs ADD COLUMN hook_id BIGINT;
-- The name of then.
ALTER TABLE agent_runs ADD COLUMN hook_name TEXT;
";

const DOWN: &str = "
ALTER TABLE agent_runs DROP COLUMN hook_name;
ALTER TABLE agent_runs DROP COLUMN hook_id;
DROP TABLE hook_payloads;
DROP TABLE hook_deliveries;
DROP TABLE hooks;
";
