//! Roll-ups: what an agent's runs that ended within an hour come to, and since when its runs are all kept.
//!
//! Those of runs that are there already are counted by the server, which knows how durations stand in them.

statements!(up: UP, down: DOWN);

const UP: &str = "
CREATE TABLE run_hours (
    agent_id BIGINT NOT NULL REFERENCES agents (id) ON DELETE CASCADE,
    -- Hours from 1970 (UTC) to the one in which the runs ended.
    hour BIGINT NOT NULL,
    trigger TEXT NOT NULL CHECK (trigger IN ('manual', 'schedule', 'api')),
    model TEXT NOT NULL,
    success BIGINT NOT NULL,
    error BIGINT NOT NULL,
    timeout BIGINT NOT NULL,
    interrupted BIGINT NOT NULL,
    budget BIGINT NOT NULL,
    cancelled BIGINT NOT NULL,
    skipped BIGINT NOT NULL,
    -- Those of all that had begun.
    began BIGINT NOT NULL,
    prompt_tokens BIGINT NOT NULL,
    cached_tokens BIGINT NOT NULL,
    completion_tokens BIGINT NOT NULL,
    reasoning_tokens BIGINT NOT NULL,
    total_tokens BIGINT NOT NULL,
    -- As far as it is known.
    cost BIGINT NOT NULL,
    -- Runs whose cost is known, and those that had begun and whose cost is not.
    priced BIGINT NOT NULL,
    unpriced BIGINT NOT NULL,
    -- How long successes and failures took, in all and as a histogram.
    duration_ms BIGINT NOT NULL,
    durations {bytes} NOT NULL,
    PRIMARY KEY (agent_id, hour, trigger, model)
) {by_key};
-- An agent's runs that ended at this instant or later are all there; null: all that it ever had.
ALTER TABLE agents ADD COLUMN runs_kept_since BIGINT;
";

const DOWN: &str = "
ALTER TABLE agents DROP COLUMN runs_kept_since;
DROP TABLE run_hours;
";
